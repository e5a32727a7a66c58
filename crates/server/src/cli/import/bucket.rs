//! Buckets as sources: where S3 is, and whose keys are shown to it.

use super::super::Failure;
use super::source::Source;
use crate::clock;
use cairn_aws::{Addressing, Caller, Credentials, Endpoint, S3, S3Options, Transport};
use clap::Args;

/// What the names of buckets begin with.
pub(super) const SCHEME: &str = "s3://";

/// The S3 that files are read from: not Cairn, which AWS's own variables stand for.
#[derive(Args, Clone)]
#[command(next_help_heading = "Buckets")]
pub(in crate::cli) struct BucketArgs {
    /// S3, if it is not AWS's: http://HOST:PORT
    #[arg(long, value_name = "URL", env = "CAIRN_S3_ENDPOINT", hide_env = true)]
    s3_endpoint: Option<String>,
    /// The region of the buckets, if their S3 does not tell it
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    s3_region: String,
    /// The profile of ~/.aws whose keys are used [default: what the AWS CLI would use, the AWS_ variables
    /// first]
    #[arg(long, value_name = "NAME")]
    s3_profile: Option<String>,
    /// Send no signature: the bucket is open to everyone
    #[arg(long, conflicts_with = "s3_profile")]
    s3_anonymous: bool,
}

impl BucketArgs {
    /// Where S3 is, for people.
    pub(super) fn endpoint(&self) -> &str {
        self.s3_endpoint.as_deref().unwrap_or("AWS")
    }

    /// The objects of `bucket/prefix`.
    pub(super) fn source(&self, place: &str) -> Result<Source, Failure> {
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        if bucket.is_empty() {
            return Err(Failure::Usage(format!("{SCHEME}{place} names no bucket")));
        }
        Ok(Source::Bucket { s3: self.s3()?, bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }

    fn s3(&self) -> Result<S3, Failure> {
        let endpoint: Option<Endpoint> = match &self.s3_endpoint {
            None => None,
            Some(url) => {
                let endpoint =
                    url.parse().map_err(|error| Failure::Usage(format!("--s3-endpoint: {url} is {error}")));
                Some(endpoint?)
            }
        };
        let credentials = match &self.s3_profile {
            _ if self.s3_anonymous => Credentials::anonymous(),
            Some(profile) => Credentials::profile(profile, &self.s3_region),
            None => Credentials::ambient(&self.s3_region),
        };
        let options = S3Options { endpoint, region: self.s3_region.clone(), addressing: Addressing::Auto };
        Ok(S3::new(Caller::new(Transport::new(), credentials, clock::system), options))
    }
}
