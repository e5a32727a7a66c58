//! The outbox: a folder of finished files, and the database that says what each is and how far the reader
//! has come.
//!
//! A file is durable before a row names it, and a row is gone before its file is. So a row always has its
//! file, and a file without a row is one that no position and no digest knows of: it goes at the next start.

mod completion;
mod cuts;
mod digests;
mod folder;
mod gaps;
mod log_groups;
mod notifications;
mod objects;
mod schema;
mod snapshot;
mod verified;
mod view;

pub(crate) use completion::Tried;
pub(crate) use digests::{Chain, Link, NewDigest};
pub(crate) use folder::Folder;
pub(crate) use log_groups::{LogGroupFile, NewLogGroupFile};
pub(crate) use notifications::WaitingMessage;
pub(crate) use objects::{Lane, NewObject, ObjectKind, Pending, Source};

pub(crate) use verified::Tip;

pub use gaps::GapId;

use crate::error::DeliveryError;
use crate::options::DeliveryOptions;
use crate::steps::{Step, Steps};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, Transaction};

/// The database's file name.
const DATABASE: &str = "outbox.db";
/// The name of the folder that holds finished files.
const FOLDER: &str = "outbox";

/// See the module's text.
pub(crate) struct Outbox {
    pool: SqlitePool,
    pub(crate) folder: Folder,
    steps: Steps,
}

impl Outbox {
    /// Opens or makes it. Files without a row stay until [`Outbox::remove_orphans`].
    pub(crate) async fn open(options: &DeliveryOptions, steps: Steps) -> Result<Outbox, DeliveryError> {
        let folder = Folder::open(options.dir.join(FOLDER), steps.clone())?;
        let connect = SqliteConnectOptions::new()
            .filename(options.dir.join(DATABASE))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        // One connection: transactions come one after the other and never meet a lock.
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(connect).await?;
        schema::prepare(&pool).await?;
        folder.sync_parents()?;
        Ok(Outbox { pool, folder, steps })
    }

    async fn commit(&self, transaction: Transaction<'_, Sqlite>) -> Result<(), DeliveryError> {
        self.step(Step::BeforeCommit)?;
        transaction.commit().await?;
        self.step(Step::AfterCommit)
    }

    pub(crate) fn step(&self, step: Step) -> Result<(), DeliveryError> {
        let passed = self.steps.pass(step);
        passed.map_err(|error| sqlx::Error::Io(error).into())
    }

    #[cfg(test)]
    pub(crate) fn pool(&self) -> &SqlitePool {
        &self.pool
    }
}
