//! An import, and its row.

use super::ImportsError;
use cairn_model::{AccountId, EventDataStoreArn, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

/// What an import was started with. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Definition {
    /// Whose it is.
    pub account: AccountId,
    /// Where it was started.
    pub region: String,
    /// The store that it fills.
    pub destination: EventDataStoreArn,
    /// `s3://bucket/prefix`.
    pub location: String,
    /// The bucket's region, as the caller says.
    pub bucket_region: String,
    /// The role that AWS would read the bucket by.
    pub role: String,
    /// Only events then or later.
    pub since: Option<Timestamp>,
    /// Only events then or before.
    pub until: Option<Timestamp>,
}

/// An import as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// A UUID.
    pub id: String,
    /// What it was started with.
    pub definition: Definition,
    /// How it stands.
    pub status: ImportStatus,
    /// When it was started.
    pub created: Timestamp,
    /// When something of it last changed.
    pub updated: Timestamp,
    /// What it has done.
    pub statistics: Statistics,
    /// The key in its present prefix up to which all files are done; empty if none is.
    pub last_key: String,
}

/// What an import has done. Everything in it counts once, whatever crashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Folders that hold files.
    pub prefixes_found: u64,
    /// Of these, the ones whose files are all done.
    pub prefixes_completed: u64,
    /// Files that are in.
    pub files_completed: u64,
    /// Events that were taken of files.
    pub events_completed: u64,
    /// Files, and folders, that could not be imported.
    pub failed_entries: u64,
}

/// How an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportStatus {
    /// It looks for folders.
    Initializing,
    /// It reads files.
    InProgress,
    /// It has come to its end, and not all could be read.
    Failed,
    /// It was stopped.
    Stopped,
    /// Everything is in.
    Completed,
}

impl ImportStatus {
    /// All of them.
    pub const ALL: [ImportStatus; 5] = [
        ImportStatus::Initializing,
        ImportStatus::InProgress,
        ImportStatus::Failed,
        ImportStatus::Stopped,
        ImportStatus::Completed,
    ];

    /// AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            ImportStatus::Initializing => "INITIALIZING",
            ImportStatus::InProgress => "IN_PROGRESS",
            ImportStatus::Failed => "FAILED",
            ImportStatus::Stopped => "STOPPED",
            ImportStatus::Completed => "COMPLETED",
        }
    }

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<ImportStatus> {
        ImportStatus::ALL.into_iter().find(|known| known.name() == name)
    }

    /// Whether it has not come to an end.
    pub fn is_ongoing(self) -> bool {
        matches!(self, ImportStatus::Initializing | ImportStatus::InProgress)
    }
}

/// Selects imports as [`read`] takes them, under the name `i`.
pub(super) const SELECT: &str = "SELECT i.id, i.definition, i.status, i.created, i.updated, i.prefixes_found,
    i.prefixes_completed, i.files_completed, i.events_completed, i.last_key,
    (SELECT count(*) FROM failures f WHERE f.import = i.id AND f.status <> 'SUCCEEDED') AS failed
    FROM imports i";

pub(super) fn read(row: &SqliteRow) -> Result<Import, ImportsError> {
    let id: String = row.get("id");
    let damaged = || ImportsError::Damaged(id.clone());
    let count = |name: &str| row.get::<i64, _>(name).cast_unsigned();
    Ok(Import {
        definition: serde_json::from_str(row.get("definition")).map_err(|_| damaged())?,
        status: ImportStatus::from_name(row.get("status")).ok_or_else(damaged)?,
        created: Timestamp::from_micros(row.get("created")),
        updated: Timestamp::from_micros(row.get("updated")),
        statistics: Statistics {
            prefixes_found: count("prefixes_found"),
            prefixes_completed: count("prefixes_completed"),
            files_completed: count("files_completed"),
            events_completed: count("events_completed"),
            failed_entries: count("failed"),
        },
        last_key: row.get("last_key"),
        id,
    })
}

pub(super) async fn insert(
    transaction: &mut Transaction<'_, Sqlite>,
    id: &str,
    definition: &Definition,
    now: Timestamp,
) -> Result<(), ImportsError> {
    let json = serde_json::to_string(definition).expect("a definition has string keys only");
    sqlx::query("INSERT INTO imports VALUES (?, ?, ?, ?, ?, 'INITIALIZING', 0, ?, ?, 0, 0, 0, 0, '')")
        .bind(id)
        .bind(definition.account.as_str().to_owned())
        .bind(&definition.region)
        .bind(definition.destination.to_string())
        .bind(json)
        .bind(now.as_micros())
        .bind(now.as_micros())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Keeps the newest `keep` imports of the account and region, and all that are ongoing.
pub(super) async fn forget_oldest(
    transaction: &mut Transaction<'_, Sqlite>,
    of: &Definition,
    keep: i64,
) -> Result<(), ImportsError> {
    sqlx::query(
        "DELETE FROM imports WHERE id IN (SELECT id FROM imports WHERE account = ? AND region = ?
         ORDER BY created DESC, id DESC LIMIT -1 OFFSET ?)
         AND status NOT IN ('INITIALIZING', 'IN_PROGRESS')",
    )
    .bind(of.account.as_str().to_owned())
    .bind(&of.region)
    .bind(keep)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
