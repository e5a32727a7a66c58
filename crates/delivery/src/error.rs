//! Why delivery stopped.

use cairn_model::Position;
use cairn_model::record::NotARecord;
use std::io;
use std::path::{Path, PathBuf};

/// Why a call of [`crate::Delivery`] failed.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The log holds a record that this Cairn does not know; going on would deliver by the wrong rules.
    #[error("log record at position {at}: {source}")]
    Record {
        /// Where the record starts.
        at: Position,
        /// What is wrong with it.
        source: NotARecord,
    },
    /// A record does not follow the one before it: the caller reads the log from a wrong position.
    #[error("log record at position {at}, but the next to apply is at {expected}")]
    OutOfOrder {
        /// The position that came.
        at: Position,
        /// The position that should have come.
        expected: Position,
    },
    /// An earlier write failed, so what is in memory may not be what is on disk: call
    /// [`crate::Delivery::reload`] and read the log again from the position that it returns.
    #[error("an earlier write of the outbox failed; it must be reloaded")]
    MustReload,
    /// The outbox folder could not be read or written.
    #[error("outbox folder, {path}: {source}")]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The outbox database could not be read or written.
    #[error("outbox database: {0}")]
    Database(#[from] sqlx::Error),
    /// The outbox database was written by a newer Cairn.
    #[error(
        "the outbox database has schema {found}, this Cairn knows {known}: start the Cairn that wrote it, or a newer one"
    )]
    NewerSchema {
        /// The schema on disk.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// A row of the outbox database does not hold what it should.
    #[error("the outbox database holds {what} that cannot be read: restore it from a backup")]
    Malformed {
        /// What the row should hold.
        what: &'static str,
    },
}

impl DeliveryError {
    pub(crate) fn folder(path: &Path) -> impl FnOnce(io::Error) -> DeliveryError {
        let path = path.to_owned();
        move |source| DeliveryError::Folder { path, source }
    }
}
