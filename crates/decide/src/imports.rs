//! Imports of log files: which names tell what, what is read of a bucket, and which events are taken.

mod layout;
mod plan;
mod selection;

pub use layout::{Kind, Layout, Wanted};
pub use plan::{Folder, Plan};
pub use selection::Selection;

use crate::names::check_bucket_name;
use cairn_model::EventDataStoreArn;

/// Where an import reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The bucket.
    pub bucket: String,
    /// What the keys of its files begin with; perhaps nothing.
    pub prefix: String,
}

/// `InvalidImportSourceException`: nothing can be imported from there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// No location.
    #[error("S3LocationUri {0} is not of the form s3://BUCKET or s3://BUCKET/PREFIX.")]
    Form(String),
    /// There is no bucket of the name.
    #[error("Bucket {0} does not exist, or is not one of this account's.")]
    NoBucket(String),
}

/// Why an import does not start or is not found; each variant is one of AWS's exceptions. The texts are for the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// `ImportNotFoundException`.
    #[error("Import {0} was not found.")]
    NotFound(String),
    /// `AccountHasOngoingImportException`.
    #[error("Import {0} of this account is still running; wait for its end or stop it.")]
    Ongoing(String),
    /// `InvalidParameterException`: neither a new import nor another try.
    #[error("Specify either ImportId, or Destinations and ImportSource.")]
    Ambiguous,
    /// `InvalidParameterException`.
    #[error("StartEventTime must not be after EndEventTime.")]
    Times,
    /// `InvalidParameterException`: nothing is left to be tried.
    #[error("Import {0} is completed; there is nothing to retry.")]
    Completed(String),
    /// `InvalidImportSourceException`.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// `EventDataStoreHasOngoingImportException`.
    #[error("Event data store {0} has an import that is still running; wait for its end or stop it.")]
    StoreIsFilled(EventDataStoreArn),
}

/// Reads the `S3LocationUri` of an import's source.
pub fn location(uri: &str) -> Result<Location, SourceError> {
    let refused = || SourceError::Form(uri.to_owned());
    let rest = uri.strip_prefix("s3://").ok_or_else(refused)?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    check_bucket_name(bucket).map_err(|_| refused())?;
    Ok(Location { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
}

#[cfg(test)]
mod tests;
