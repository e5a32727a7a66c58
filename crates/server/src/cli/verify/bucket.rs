//! A bucket, at AWS or elsewhere, as something to verify.

use crate::cli::Failure;
use crate::clock;
use bytes::{Buf, Bytes};
use cairn_aws::{Addressing, AwsError, Caller, Credentials, Endpoint, ObjectBody, S3, S3Options, Transport};
use cairn_verify::{Metadata, Opened, Place, Source, SourceError};
use clap::Args;
use futures::StreamExt;
use std::io::{self, Read};
use tokio::runtime::{Handle, Runtime};

/// How a bucket is reached.
#[derive(Args)]
#[command(next_help_heading = "S3")]
pub(super) struct S3Flags {
    /// Where S3 is, if not at AWS [env: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL]
    #[arg(long, value_name = "URL")]
    s3_endpoint: Option<String>,
    /// The region of the bucket; at AWS it is found out [env: AWS_REGION]
    #[arg(long, value_name = "REGION")]
    s3_region: Option<String>,
    /// The profile whose credentials are used (default: as the AWS CLI finds them)
    #[arg(long, value_name = "NAME")]
    s3_profile: Option<String>,
}

/// Everything below a prefix of a bucket.
pub(super) struct Bucket {
    /// Drives the calls; the threads that verify wait for it.
    runtime: Runtime,
    s3: S3,
    bucket: String,
    prefix: String,
}

/// The bytes of an object, for a thread that may wait.
struct Body {
    handle: Handle,
    stream: ObjectBody,
    chunk: Bytes,
}

impl Bucket {
    /// `place` is `s3://bucket` or `s3://bucket/prefix`.
    pub(super) fn open(place: &str, flags: &S3Flags) -> Result<Bucket, Failure> {
        let name = place.trim_start_matches("s3://");
        let (bucket, prefix) = name.split_once('/').unwrap_or((name, ""));
        if bucket.is_empty() {
            return Err(Failure::Usage(format!("{place} names no bucket; give s3://bucket/prefix")));
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(Failure::failed)?;
        let region = flags.region();
        let credentials = match &flags.s3_profile {
            Some(profile) => Credentials::profile(profile, &region),
            None => Credentials::ambient(&region),
        };
        let options = S3Options { endpoint: flags.endpoint()?, region, addressing: Addressing::Auto };
        let caller = Caller::new(Transport::new(), credentials, clock::system);
        let s3 = S3::new(caller, options);
        Ok(Bucket { runtime, s3, bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

impl S3Flags {
    fn region(&self) -> String {
        let given = self.s3_region.clone().or_else(|| variable("AWS_REGION"));
        given.or_else(|| variable("AWS_DEFAULT_REGION")).unwrap_or_else(|| "us-east-1".to_owned())
    }

    fn endpoint(&self) -> Result<Option<Endpoint>, Failure> {
        let given = self.s3_endpoint.clone().or_else(|| variable("AWS_ENDPOINT_URL_S3"));
        let Some(url) = given.or_else(|| variable("AWS_ENDPOINT_URL")) else { return Ok(None) };
        let endpoint = url.parse().map_err(|error| Failure::Usage(format!("{url}: {error}")))?;
        Ok(Some(endpoint))
    }
}

/// A variable that is set to nothing counts as not set.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Source for Bucket {
    fn list(&self, visit: &mut dyn FnMut(Place)) -> Result<(), SourceError> {
        let mut entries = self.s3.list(&self.bucket, &self.prefix, None);
        while let Some(entry) = self.runtime.block_on(entries.next()) {
            // A bucket that is not there holds no proof of anything.
            let entry = entry.map_err(|error| SourceError::Io(io::Error::other(error)))?;
            visit(Place { bucket: Some(self.bucket.clone()), path: entry.key });
        }
        Ok(())
    }

    fn places(&self, bucket: &str, key: &str) -> Vec<Place> {
        vec![Place { bucket: Some(bucket.to_owned()), path: key.to_owned() }]
    }

    fn open(&self, place: &Place) -> Result<Opened, SourceError> {
        let bucket = place.bucket.as_deref().unwrap_or(&self.bucket);
        let (head, stream) = self.runtime.block_on(self.s3.get(bucket, &place.path)).map_err(unreadable)?;
        let mut user = head.metadata;
        let metadata =
            Metadata { signature: user.remove("signature"), algorithm: user.remove("signature-algorithm") };
        let body = Body { handle: self.runtime.handle().clone(), stream, chunk: Bytes::new() };
        Ok(Opened { metadata: Some(metadata), body: Box::new(body) })
    }

    fn covers(&self, bucket: &str, key: &str) -> Option<bool> {
        Some(bucket == self.bucket && key.starts_with(&self.prefix))
    }
}

fn unreadable(error: AwsError) -> SourceError {
    if error.is_not_found() { SourceError::NotFound } else { SourceError::Io(io::Error::other(error)) }
}

impl Read for Body {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            match self.handle.block_on(self.stream.next()) {
                None => return Ok(0),
                Some(chunk) => self.chunk = chunk.map_err(io::Error::other)?,
            }
        }
        let length = into.len().min(self.chunk.len());
        self.chunk.copy_to_slice(&mut into[..length]);
        Ok(length)
    }
}
