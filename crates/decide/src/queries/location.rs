//! Where results are delivered to.
//!
//! Source: AWS CloudTrail User Guide, "Find your CloudTrail Lake saved query results".

use crate::names::{BucketNameError, PrefixError, check_bucket_name, check_prefix};
use cairn_model::{AccountId, Timestamp};

/// A place in S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The bucket.
    pub bucket: String,
    /// What keys begin with; not empty, and without a slash at its end.
    pub prefix: Option<String>,
}

/// Why nothing can be delivered to a place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// `InvalidS3BucketNameException`.
    #[error(transparent)]
    Bucket(#[from] BucketNameError),
    /// `InvalidS3PrefixException`.
    #[error(transparent)]
    Prefix(#[from] PrefixError),
}

impl Location {
    /// Reads a `DeliveryS3Uri`: `s3://bucket`, `s3://bucket/prefix`, with or without a slash at its end.
    pub fn parse(uri: &str) -> Result<Location, LocationError> {
        let rest = uri.strip_prefix("s3://").unwrap_or(uri);
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        check_bucket_name(bucket)?;
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        check_prefix(prefix)?;
        let prefix = Some(prefix).filter(|prefix| !prefix.is_empty()).map(str::to_owned);
        Ok(Location { bucket: bucket.to_owned(), prefix })
    }

    /// What the keys of a query's objects begin with, a slash at its end.
    pub fn folder(&self, account: AccountId, created: Timestamp, query: &str) -> String {
        let prefix = self.prefix.as_ref().map(|prefix| format!("{prefix}/")).unwrap_or_default();
        let (year, month, day, ..) = created.civil();
        format!("{prefix}AWSLogs/{account}/CloudTrail-Lake/Query/{year:04}/{month:02}/{day:02}/{query}/")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

    use super::*;

    #[test]
    fn keys_follow_from_the_place_the_account_the_day_and_the_query() {
        let (account, created) =
            ("111122223333".parse().unwrap(), Timestamp::parse("2026-01-05T13:51:00Z").unwrap());
        let folder = "AWSLogs/111122223333/CloudTrail-Lake/Query/2026/01/05/one/";
        for (uri, prefix) in [
            ("s3://acme-results", ""),
            ("s3://acme-results/", ""),
            ("s3://acme-results/lake/of mine", "lake/of mine/"),
            ("s3://acme-results/lake/", "lake/"),
        ] {
            let location = Location::parse(uri).unwrap();
            assert_eq!(location.bucket, "acme-results");
            assert_eq!(location.folder(account, created, "one"), format!("{prefix}{folder}"));
        }
    }

    #[test]
    fn what_is_no_place_is_refused() {
        let refused = |uri| Location::parse(uri).unwrap_err();
        assert!(matches!(refused("s3://UPPER"), LocationError::Bucket(_)));
        assert!(matches!(refused("s3://a..b/x"), LocationError::Bucket(_)));
        assert!(matches!(refused("s3://acme-results//x"), LocationError::Prefix(_)));
        assert!(matches!(
            refused(&format!("s3://acme-results/{}", "x".repeat(201))),
            LocationError::Prefix(_)
        ));
    }
}
