//! What can be said of an import before it runs.

use crate::names::check_bucket_name;

/// `InvalidImportSourceException`: nothing can be imported from there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("S3LocationUri {0} is not of the form s3://BUCKET or s3://BUCKET/PREFIX.")]
pub struct SourceError(String);

/// Checks the `S3LocationUri` of an import's source.
pub fn check_source(location: &str) -> Result<(), SourceError> {
    let bucket = location.strip_prefix("s3://").and_then(|rest| rest.split('/').next());
    match bucket.is_some_and(|bucket| check_bucket_name(bucket).is_ok()) {
        true => Ok(()),
        false => Err(SourceError(location.to_owned())),
    }
}

#[cfg(test)]
mod tests;
