//! What can go wrong, by what the caller does next.

use crate::BodyError;
use cairn_model::Position;
use cairn_model::record::NotARecord;
use datafusion::arrow::error::ArrowError;
use datafusion::parquet::errors::ParquetError;
use deltalake::DeltaTableError;
use std::io;

/// The hot tail holds as much as it may: nothing was taken. Append again after a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the hot tail is full")]
pub struct TailFull;

/// Why history could not be opened, committed or maintained. The table is as it was, or as it
/// should be; which of them the next call finds out by itself. So: log it and try again later.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The table's folder could not be made, read or written.
    #[error("the folder of the history table: {0}")]
    Io(#[from] io::Error),
    /// The table's log could not be read or written.
    #[error("the history table: {0}")]
    Table(#[from] Box<DeltaTableError>),
    /// A data file could not be read or written.
    #[error("a data file of the history table: {0}")]
    File(#[from] ParquetError),
    /// Rows of a data file are not what this Cairn writes.
    #[error("rows of the history table: {0}")]
    Rows(#[from] ArrowError),
    /// A file of the table lacks what every file has that Cairn writes.
    #[error("{path} of the history table has no {what}")]
    Foreign {
        /// The file, relative to the table's folder.
        path: String,
        /// What it lacks.
        what: &'static str,
    },
    /// The table was made by a newer Cairn.
    #[error(
        "the history table has format {found}, and this Cairn knows {known}: it was made by a newer Cairn; start that \
         one, or restore a backup of before"
    )]
    Newer {
        /// The table's format.
        found: u32,
        /// The newest format that this Cairn knows.
        known: u32,
    },
    /// The table was made by a Cairn so old that this one no longer reads it.
    #[error(
        "the history table has format {found}, and this Cairn reads {known}: it was made by an older Cairn; start that \
         one, or move the folder away and import the log files again"
    )]
    Older {
        /// The table's format.
        found: u32,
        /// The format that this Cairn reads.
        known: u32,
    },
    /// A record could not be read from the log.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// A record of the log is none that this Cairn knows.
    #[error("record at position {at}: {why}")]
    Record {
        /// Where it stands.
        at: Position,
        /// What is wrong with it.
        why: NotARecord,
    },
    /// The runtime is shutting down.
    #[error("stopped: the runtime is shutting down")]
    Stopped,
}

/// Why a look-up has no answer.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// The token is of a look-up with other parameters.
    #[error("the token belongs to other parameters")]
    InvalidToken,
    /// The text to search for has no letter or digit.
    #[error("the text to search for has no word")]
    NoWords,
    /// The text to search for has more words than 64.
    #[error("the text to search for has more than 64 words")]
    TooManyWords,
    /// History could not be read.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

impl From<DeltaTableError> for LakeError {
    fn from(error: DeltaTableError) -> LakeError {
        LakeError::Table(Box::new(error))
    }
}

impl From<tokio::task::JoinError> for LakeError {
    /// A task that panicked goes on panicking here.
    fn from(error: tokio::task::JoinError) -> LakeError {
        if error.is_panic() {
            std::panic::resume_unwind(error.into_panic());
        }
        LakeError::Stopped
    }
}
