//! The bucket that tables are kept in, where `lake.location` names one.

mod probe;
#[cfg(test)]
mod tests;

use crate::clock;
use crate::config::{Config, LakeLocation};
use crate::setup::HISTORY;
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use cairn_aws::{Addressing, AwsError, Caller, S3, S3Options, Transport};
use cairn_lake::{Remote, RemoteError, RemoteObject, RemoteObjects};
use cairn_model::Timestamp;
use cairn_store::disk::LocalDisk;
use cairn_store::durable_file::write_durably;
use futures::future::BoxFuture;
use futures::{FutureExt, TryStreamExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The file in the data folder that tells that its tables are in a bucket, and in which.
pub(crate) const MARKER: &str = "lake.location";
/// The object that tells whose the tables are: a data folder's incarnation.
const OWNER: &str = "cairn-owner";
/// So often a request is made that can be made again, and how long the first wait between is; each later one is double.
const TRIES: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// Why tables cannot be kept in the bucket.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LocationError {
    #[error(
        "lake.location is set, but [aws] gives no credentials to sign with: set aws.access_key_id and \
         aws.secret_access_key, or aws.profile"
    )]
    NoCredentials,
    #[error("lake.location {location}: {error}")]
    Bucket { location: String, error: RemoteError },
    #[error(
        "lake.location {0}: its server does not heed `If-None-Match: *`, so that a late write could replace a commit. \
         Tables cannot be kept there; take another server, or leave lake.location out"
    )]
    Unconditional(String),
    #[error(
        "lake.location {0} has tables of another Cairn, or of a data folder that this one was restored from. Name another \
         prefix"
    )]
    Others(String),
    #[error(
        "lake.location is set, but the data folder has tables of its own in {0}. They are not moved: leave lake.location \
         out, or begin with a new data folder"
    )]
    InFolder(String),
    #[error(
        "the tables of this data folder are in {0}: set lake.location so. Event history and event data stores are there, \
         and are not moved"
    )]
    Left(String),
    #[error("the file {MARKER} of the data folder: {0}")]
    Marker(#[from] std::io::Error),
}

/// Where tables are: in the data folder, or in a bucket.
#[derive(Clone)]
pub(crate) struct Location {
    bucket: Option<TableBucket>,
}

/// The bucket, and what may be kept here of it.
#[derive(Clone)]
struct TableBucket {
    objects: Arc<BucketObjects>,
    prefix: String,
    copies_bytes: u64,
}

/// The objects of one bucket.
pub(crate) struct BucketObjects {
    s3: S3,
    bucket: String,
}

impl Location {
    /// Where the settings say. A bucket must heed conditions, and have no tables but those of this `incarnation`.
    pub(crate) async fn open(config: &Config, incarnation: &str) -> Result<Location, LocationError> {
        let data = &config.data;
        let known = marked(data)?;
        let Some(named) = &config.lake.location else {
            return known.map_or(Ok(Location { bucket: None }), |known| Err(LocationError::Left(known)));
        };
        match known {
            Some(known) if known != named.to_string() => return Err(LocationError::Left(known)),
            None if data.join(HISTORY).join("_delta_log").exists() => {
                return Err(LocationError::InFolder(data.join(HISTORY).display().to_string()));
            }
            _ => {}
        }
        let bucket = TableBucket::of(config, named)?;
        bucket.check(named, incarnation).await?;
        // Before the first table is: from now on what is in its folder is copies.
        write_durably(&LocalDisk, &data.join(MARKER), named.to_string().as_bytes())?;
        tracing::info!(location = %named, "tables are kept in a bucket");
        Ok(Location { bucket: Some(bucket) })
    }

    /// Tables are in the data folder.
    #[cfg(test)]
    pub(crate) fn folder() -> Location {
        Location { bucket: None }
    }

    pub(crate) fn is_bucket(&self) -> bool {
        self.bucket.is_some()
    }

    /// Where the table is that has the folder `name` in a data folder, as readers name it.
    pub(crate) fn shown(&self, data: &Path, name: &str) -> String {
        match &self.bucket {
            Some(bucket) => format!("s3://{}/{}{name}", bucket.objects.bucket, bucket.prefix),
            None => {
                std::path::absolute(data.join(name)).unwrap_or_else(|_| data.join(name)).display().to_string()
            }
        }
    }

    /// The place in the bucket of the table that has the folder `name` in the data folder, which then has copies of
    /// what is read.
    pub(crate) fn remote(&self, name: &str) -> Option<Remote> {
        let bucket = self.bucket.as_ref()?;
        Some(Remote {
            objects: bucket.objects.clone(),
            prefix: format!("{}{name}/", bucket.prefix),
            copies_bytes: bucket.copies_bytes,
        })
    }

    /// Deletes the objects of a table that nobody opens again. Nothing to do for one in the data folder.
    pub(crate) async fn delete(&self, name: &str) -> Result<(), RemoteError> {
        let Some(bucket) = &self.bucket else { return Ok(()) };
        for object in bucket.objects.list(&format!("{}{name}/", bucket.prefix), None).await? {
            bucket.objects.delete(&object.key).await?;
        }
        Ok(())
    }
}

/// The bucket that the tables of a data folder are in.
fn marked(data: &Path) -> std::io::Result<Option<String>> {
    match std::fs::read_to_string(data.join(MARKER)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl TableBucket {
    fn of(config: &Config, named: &LakeLocation) -> Result<TableBucket, LocationError> {
        let settings = &config.targets;
        let credentials = settings.credentials.clone().ok_or(LocationError::NoCredentials)?;
        let caller = Caller::new(Transport::new(), credentials, clock::system);
        let (endpoint, region) = (settings.s3.clone(), settings.region.clone());
        let s3 = S3::new(caller, S3Options { endpoint, region, addressing: Addressing::Auto });
        Ok(TableBucket {
            objects: Arc::new(BucketObjects { s3, bucket: named.bucket.clone() }),
            prefix: named.prefix.clone(),
            copies_bytes: config.lake.copies_bytes,
        })
    }

    async fn check(&self, named: &LakeLocation, incarnation: &str) -> Result<(), LocationError> {
        let failed = |error| LocationError::Bucket { location: named.to_string(), error };
        let probed = probe::heeds_conditions(self.objects.clone(), &self.prefix).await;
        if !probed.map_err(failed)? {
            return Err(LocationError::Unconditional(named.to_string()));
        }
        match self.owner(incarnation).await.map_err(failed)? {
            owner if owner == incarnation.as_bytes() => Ok(()),
            _ => Err(LocationError::Others(named.to_string())),
        }
    }

    /// Whose the tables are; ours, if they were nobody's.
    async fn owner(&self, incarnation: &str) -> Result<Bytes, RemoteError> {
        let key = format!("{}{OWNER}", self.prefix);
        match self.objects.create(&key, Bytes::copy_from_slice(incarnation.as_bytes())).await {
            Ok(()) | Err(RemoteError::Exists) => self.objects.get(&key).await,
            Err(error) => Err(error),
        }
    }
}

impl BucketObjects {
    async fn read(&self, key: &str) -> Result<Bytes, AwsError> {
        let (head, mut body) = self.s3.get(&self.bucket, key).await?;
        let mut whole = BytesMut::with_capacity(head.size.unwrap_or(0) as usize);
        while let Some(part) = body.try_next().await? {
            whole.extend_from_slice(&part);
        }
        Ok(whole.freeze())
    }
}

#[async_trait]
impl RemoteObjects for BucketObjects {
    async fn put(&self, key: &str, bytes: Bytes) -> Result<(), RemoteError> {
        again(|| self.s3.put_plain(&self.bucket, key, bytes.clone(), false).boxed()).await
    }

    /// Asked once: who asks finds out what became of it.
    async fn create(&self, key: &str, bytes: Bytes) -> Result<(), RemoteError> {
        match self.s3.put_plain(&self.bucket, key, bytes, true).await {
            Err(error) if error.status() == Some(412) => Err(RemoteError::Exists),
            answered => answered.map_err(failed),
        }
    }

    async fn get(&self, key: &str) -> Result<Bytes, RemoteError> {
        again(|| self.read(key).boxed()).await
    }

    async fn list(&self, prefix: &str, after: Option<&str>) -> Result<Vec<RemoteObject>, RemoteError> {
        let found = again(|| self.s3.list(&self.bucket, prefix, after).try_collect::<Vec<_>>().boxed());
        let found = found.await?.into_iter().map(|entry| RemoteObject {
            modified: Timestamp::parse(&entry.last_modified).unwrap_or_else(clock::now),
            bytes: entry.size,
            key: entry.key,
        });
        Ok(found.collect())
    }

    async fn delete(&self, key: &str) -> Result<(), RemoteError> {
        again(|| self.s3.delete(&self.bucket, key).boxed()).await
    }
}

/// Asks again for a while if that may help.
async fn again<'a, T>(ask: impl Fn() -> BoxFuture<'a, Result<T, AwsError>>) -> Result<T, RemoteError> {
    let mut wait = FIRST_WAIT;
    for _ in 1..TRIES {
        match ask().await {
            Err(error) if error.may_pass() => tracing::debug!(%error, "the bucket of tables is asked again"),
            answered => return answered.map_err(failed),
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
    ask().await.map_err(failed)
}

fn failed(error: AwsError) -> RemoteError {
    match error.is_not_found() && error.code() != "NoSuchBucket" {
        true => RemoteError::NotFound,
        false => RemoteError::Failed(error.to_string().into()),
    }
}
