//! The catalog that several processes share, in PostgreSQL (FORMAT.md, "Shared catalog").
//!
//! Whoever wants to change something takes a [`Turn`], of which there is one at a time in all processes, learns what others
//! changed since, and writes on top of that. Every turn that writes makes a new version.

mod link;
mod schema;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod turn;

pub use turn::{Everything, Turn};

use crate::catalog::table::Table;
use cairn_model::{AccessKey, Change, Position};
use link::{Link, Place, read};
use sqlx::Row;

/// Why PostgreSQL was of no use. Trying again may help, but for the last two.
#[derive(Debug, thiserror::Error)]
pub enum SharedError {
    /// It cannot be reached, lets nobody in, or went away.
    #[error("PostgreSQL: {0}")]
    Unreachable(sqlx::Error),
    /// It answers, and refuses what it was asked for: the turn is not free, say.
    #[error("PostgreSQL refuses: {0}")]
    Refused(sqlx::Error),
    /// It does not answer.
    #[error("PostgreSQL has not answered for {} s", link::ANSWER_TIMEOUT.as_secs())]
    Slow,
    /// Its format is of a newer Cairn.
    #[error(
        "the catalog on PostgreSQL is of format version {found}, this Cairn knows up to {known}: start the newer Cairn"
    )]
    Newer {
        /// The version found.
        found: i64,
        /// The version that this Cairn writes.
        known: i64,
    },
    /// What it holds does not read back as what was written, or a newer Cairn wrote it.
    #[error("the catalog on PostgreSQL: {table} holds what this Cairn cannot read: {source}")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// What the JSON parser said.
        source: serde_json::Error,
    },
}

impl SharedError {
    /// Whether nothing else that is asked now is answered either.
    pub fn is_unreachable(&self) -> bool {
        match self {
            SharedError::Unreachable(_) | SharedError::Slow => true,
            SharedError::Refused(_) | SharedError::Newer { .. } | SharedError::Unreadable { .. } => false,
        }
    }
}

/// The URL names no PostgreSQL database. It is not shown: it may hold a password.
#[derive(Debug, thiserror::Error)]
#[error("not a URL like postgres://user@host/database")]
pub struct NotAUrl;

/// Checks a URL without connecting.
pub fn check_url(url: &str) -> Result<(), NotAUrl> {
    Place::of(url).map(drop)
}

/// A catalog on PostgreSQL, as one process uses it.
#[derive(Debug)]
pub struct Shared {
    link: Link,
    identity: String,
    process: String,
}

impl Shared {
    /// Connects, and makes what is missing of the tables. `process` is this process' name, which nobody else may have.
    pub async fn open(url: &str, process: &str) -> Result<Shared, OpenError> {
        let place = Place::of(url).map_err(|NotAUrl| OpenError::Url(NotAUrl))?;
        let shown = place.to_string();
        let failed = |source| OpenError::Unusable { place: shown, source };
        let link = Link::new(place);
        match schema::prepare(&link).await {
            Ok(identity) => Ok(Shared { link, identity, process: process.to_owned() }),
            Err(source) => Err(failed(source)),
        }
    }

    /// Tells this catalog from every other.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// How often it has been changed.
    pub async fn version(&self) -> Result<u64, SharedError> {
        let mut connection = self.link.connection().await?;
        let row = read(sqlx::query("SELECT version FROM catalog").fetch_one(&mut connection)).await?;
        self.link.give_back(connection);
        Ok(row.get::<i64, _>(0).cast_unsigned())
    }

    /// Every change that this process' log holds below has come to the catalog. `None`: it has never brought one.
    pub async fn position(&self) -> Result<Option<Position>, SharedError> {
        let mut connection = self.link.connection().await?;
        let position = turn::position(&mut connection, &self.process).await?;
        self.link.give_back(connection);
        Ok(position)
    }

    /// The operator's key, once a process has made one.
    pub async fn operator(&self) -> Result<Option<AccessKey>, SharedError> {
        let mut connection = self.link.connection().await?;
        let keys = turn::rows(&mut connection, Table::Keys).await?;
        self.link.give_back(connection);
        Ok(keys.into_iter().find_map(|change| match change {
            Change::PutKey(key) if key.operator => Some(key),
            _ => None,
        }))
    }

    /// Waits for this process' turn.
    pub async fn turn(&self) -> Result<Turn, SharedError> {
        Turn::take(&self.link, &self.process).await
    }
}

/// Why the catalog on PostgreSQL cannot be used from the start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is none.
    #[error("catalog.url is {0}")]
    Url(NotAUrl),
    /// It is not there, refuses, or holds something else.
    #[error("the catalog at {place}: {source}")]
    Unusable {
        /// Host and database, without a password.
        place: String,
        /// What is wrong.
        source: SharedError,
    },
}

#[cfg(test)]
mod tests;
