//! S3, at AWS and elsewhere.

mod address;
mod body;
mod bucket;
mod list;
mod plain;
mod put;
mod read;
mod regions;

pub use address::Addressing;
pub use list::{FolderPage, NextPage, ObjectEntry, ObjectStream};
pub use put::{PutError, PutObject, PutOutcome, ServerSideEncryption};
pub use read::{ObjectBody, ObjectHead};

use crate::caller::{Ask, Caller};
use crate::endpoint::Endpoint;
use crate::error::AwsError;
use crate::sign::Scope;
use bytes::Bytes;
use http::{HeaderName, Method, Response};
use hyper::body::Incoming;
use regions::Regions;
use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::time::Duration;

/// How long until the head of an answer has come.
const ANSWER: Duration = Duration::from_secs(20);

/// Where buckets are.
#[derive(Clone, Debug)]
pub struct S3Options {
    /// Where S3 is; `None` is AWS.
    pub endpoint: Option<Endpoint>,
    /// The region of buckets whose region is not known yet. AWS tells it for each.
    pub region: String,
    /// How buckets are named in URLs.
    pub addressing: Addressing,
}

/// S3. Clones share what they know of regions.
#[derive(Clone)]
pub struct S3(Arc<Inner>);

struct Inner {
    caller: Caller,
    options: S3Options,
    regions: Regions,
    /// Which headers of a put the endpoint does not have: a [`put::Dialect`].
    dialect: AtomicU8,
}

/// A request to a bucket.
struct BucketAsk<'a> {
    method: Method,
    bucket: &'a str,
    key: Option<&'a str>,
    query: &'a str,
    headers: &'a [(HeaderName, String)],
    body: Bytes,
    sha256: Option<&'a str>,
    within: Duration,
}

impl<'a> BucketAsk<'a> {
    fn new(method: Method, bucket: &'a str) -> BucketAsk<'a> {
        BucketAsk {
            method,
            bucket,
            key: None,
            query: "",
            headers: &[],
            body: Bytes::new(),
            sha256: None,
            within: ANSWER,
        }
    }
}

impl S3 {
    /// Asks nothing yet.
    pub fn new(caller: Caller, options: S3Options) -> S3 {
        let regions = Regions::new(options.region.clone());
        S3(Arc::new(Inner { caller, options, regions, dialect: AtomicU8::new(0) }))
    }

    /// Sends to the bucket's region, which the answer tells if it was not known.
    async fn send(&self, ask: &BucketAsk<'_>) -> Result<Response<Incoming>, AwsError> {
        let region = self.0.regions.of(ask.bucket);
        match self.send_to(&region, ask).await {
            Err(AwsError::Refused(refusal)) => match &refusal.region {
                Some(right) if *right != region && matches!(refusal.status, 301 | 307 | 400 | 403) => {
                    self.0.regions.learn(ask.bucket, right);
                    self.send_to(&self.0.regions.of(ask.bucket), ask).await
                }
                _ => Err(AwsError::Refused(refusal)),
            },
            other => other,
        }
    }

    async fn send_to(&self, region: &str, ask: &BucketAsk<'_>) -> Result<Response<Incoming>, AwsError> {
        let url = address::url(&self.0.options, region, ask.bucket, ask.key, ask.query);
        let ask = Ask {
            method: ask.method.clone(),
            url,
            headers: ask.headers,
            body: ask.body.clone(),
            sha256: ask.sha256,
            scope: Scope { service: "s3", region },
            within: ask.within,
        };
        self.0.caller.send(&ask).await
    }

    fn authority(&self, bucket: &str) -> String {
        let region = self.0.regions.of(bucket);
        crate::caller::authority_of(&address::url(&self.0.options, &region, bucket, None, ""))
    }
}
