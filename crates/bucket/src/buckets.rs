//! All buckets of a folder.

use crate::bucket::{self, Bucket, BucketInfo, Condition, PutObject, PutOutcome};
use crate::disk::Disk;
use crate::error::BucketError;
use crate::incoming::{Facts, ObjectBody, blocking};
use crate::list::{ListQuery, Page};
use crate::name::is_bucket_name;
use crate::object::{Headers, ObjectInfo};
use crate::read::Object;
use crate::upload::{Assembly, NamedPart};
use cairn_model::{AccountId, Timestamp};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The buckets below one folder, which belongs to this process alone. Clones share them.
#[derive(Clone)]
pub struct Buckets {
    inner: Arc<Inner>,
}

struct Inner {
    dir: PathBuf,
    disk: Disk,
    /// Creations and deletions take turns.
    changing: Mutex<()>,
    buckets: RwLock<BTreeMap<String, Arc<Bucket>>>,
}

impl Buckets {
    /// Opens the buckets in `dir`, which is made if it is missing. Removes what a crash left unfinished;
    /// leaves alone what is not ours.
    ///
    /// Errors: [`BucketError::Damaged`] names a `bucket.json` that cannot be read.
    pub async fn open(dir: PathBuf) -> Result<Buckets, BucketError> {
        blocking(move || Buckets::open_on(&dir, Disk::default())).await
    }

    pub(crate) fn open_on(dir: &Path, disk: Disk) -> Result<Buckets, BucketError> {
        std::fs::create_dir_all(dir)?;
        let mut buckets = BTreeMap::new();
        for entry in std::fs::read_dir(dir)? {
            let name = entry?.file_name();
            let Some(name) = name.to_str().filter(|name| is_bucket_name(name)) else { continue };
            if let Some(bucket) = Bucket::open(dir, name, &disk)? {
                buckets.insert(name.to_owned(), Arc::new(bucket));
            }
        }
        let inner =
            Inner { dir: dir.to_owned(), disk, changing: Mutex::new(()), buckets: RwLock::new(buckets) };
        Ok(Buckets { inner: Arc::new(inner) })
    }

    /// Makes a bucket. When this returns well, it survives power loss.
    ///
    /// Errors: [`BucketError::InvalidBucketName`], [`BucketError::AlreadyOwned`],
    /// [`BucketError::AlreadyExists`], the disk's.
    pub async fn create_bucket(
        &self,
        name: &str,
        region: &str,
        owner: AccountId,
        now: Timestamp,
    ) -> Result<(), BucketError> {
        if !is_bucket_name(name) {
            return Err(BucketError::InvalidBucketName);
        }
        let info = BucketInfo { name: name.to_owned(), region: region.to_owned(), owner, created: now };
        let inner = Arc::clone(&self.inner);
        blocking(move || inner.create(info)).await
    }

    /// The bucket, if it exists.
    pub async fn bucket(&self, name: &str) -> Option<BucketInfo> {
        self.inner.find(name).ok().map(|bucket| bucket.info.clone())
    }

    /// The account's buckets in ascending order of their names.
    pub async fn list_buckets(&self, owner: AccountId) -> Vec<BucketInfo> {
        let buckets = self.inner.buckets.read().unwrap_or_else(PoisonError::into_inner);
        buckets
            .values()
            .filter(|bucket| bucket.info.owner == owner)
            .map(|bucket| bucket.info.clone())
            .collect()
    }

    /// Deletes an empty bucket. When this returns well, it stays gone.
    ///
    /// Errors: [`BucketError::NoSuchBucket`], [`BucketError::NotEmpty`], the disk's.
    pub async fn delete_bucket(&self, name: &str) -> Result<(), BucketError> {
        let (inner, name) = (Arc::clone(&self.inner), name.to_owned());
        blocking(move || inner.delete(&name)).await
    }

    /// Puts an object. When this returns well, it survives power loss.
    ///
    /// Errors: those of the name, [`BucketError::Exists`], [`BucketError::PreconditionFailed`],
    /// [`BucketError::NoSuchKey`] (nothing there to match), [`BucketError::Locked`], [`BucketError::Body`],
    /// the disk's. After any of them the key holds what it held before, except that after
    /// [`BucketError::Failed`] it may hold the new object, whole.
    pub async fn put(&self, put: PutObject) -> Result<PutOutcome, BucketError> {
        self.put_with_etag(put, None).await
    }

    async fn put_with_etag(&self, put: PutObject, etag: Option<String>) -> Result<PutOutcome, BucketError> {
        bucket::check_key(&put.key)?;
        let bucket = self.inner.find(&put.bucket)?;
        let begun = Arc::clone(&bucket);
        let incoming = blocking(move || begun.begin()).await?.fill(put.body).await?;
        let facts = Facts {
            key: put.key,
            headers: put.headers,
            modified: put.now,
            locked_until: put.locked_until,
            etag,
        };
        let condition = put.condition;
        blocking(move || bucket.publish(incoming, facts, &condition)).await
    }

    /// Opens an object for reading.
    ///
    /// Errors: [`BucketError::NoSuchBucket`], [`BucketError::NoSuchKey`], [`BucketError::Damaged`], the
    /// disk's.
    pub async fn get(&self, bucket: &str, key: &str) -> Result<Object, BucketError> {
        let (bucket, key) = (self.inner.find(bucket)?, key.to_owned());
        bucket::check_key(&key)?;
        blocking(move || bucket.read(&key)).await
    }

    /// What is known of an object; errors as of [`Buckets::get`].
    pub async fn head(&self, bucket: &str, key: &str) -> Result<ObjectInfo, BucketError> {
        Ok(self.get(bucket, key).await?.info)
    }

    /// Lists objects in ascending byte order of their keys.
    ///
    /// Errors: [`BucketError::NoSuchBucket`], the disk's.
    pub async fn list(&self, bucket: &str, query: ListQuery) -> Result<Page, BucketError> {
        let bucket = self.inner.find(bucket)?;
        blocking(move || bucket.list(&query)).await
    }

    /// Deletes an object; one that is not there is fine. When this returns well, it stays gone.
    ///
    /// Errors: [`BucketError::NoSuchBucket`], [`BucketError::Locked`] as of `now`, [`BucketError::Damaged`]
    /// (its lock cannot be known), the disk's.
    pub async fn delete(&self, bucket: &str, key: &str, now: Timestamp) -> Result<(), BucketError> {
        let (bucket, key) = (self.inner.find(bucket)?, key.to_owned());
        bucket::check_key(&key)?;
        blocking(move || bucket.delete(&key, now)).await
    }

    /// Begins a multipart upload and gives its id.
    pub(crate) async fn create_upload(
        &self,
        bucket: &str,
        key: &str,
        headers: Headers,
        now: Timestamp,
    ) -> Result<String, BucketError> {
        let (bucket, key) = (self.inner.find(bucket)?, key.to_owned());
        bucket::check_key(&key)?;
        let mut random = [0; 16];
        aws_lc_rs::rand::fill(&mut random).map_err(|error| BucketError::Io(std::io::Error::other(error)))?;
        let id = hex::encode(random);
        blocking(move || bucket.begin_upload(&id, &key, headers, now).map(|()| id)).await
    }

    /// Takes in one part.
    pub(crate) async fn put_part(
        &self,
        at: UploadAt,
        number: u16,
        body: ObjectBody,
        now: Timestamp,
    ) -> Result<PutOutcome, BucketError> {
        let bucket = self.inner.find(&at.bucket)?;
        let begun = Arc::clone(&bucket);
        let incoming = blocking(move || begun.begin()).await?.fill(body).await?;
        blocking(move || bucket.publish_part(&at.id, &at.key, number, incoming, now)).await
    }

    /// Puts the named parts together into the object `put`, whose headers are the upload's and whose body
    /// passes through `check`.
    pub(crate) async fn complete_upload(
        &self,
        at: UploadAt,
        parts: Vec<NamedPart>,
        completion: Completion,
    ) -> Result<PutOutcome, BucketError> {
        let bucket = self.inner.find(&at.bucket)?;
        let (assembling, id, key) = (Arc::clone(&bucket), at.id.clone(), at.key.clone());
        let mut assembly = blocking(move || assembling.assemble(&id, &key, &parts)).await?;
        let (headers, etag) = (std::mem::take(&mut assembly.headers), assembly.etag.clone());
        let put = PutObject {
            bucket: at.bucket,
            key: at.key.clone(),
            body: (completion.check)(assembly),
            headers,
            condition: completion.condition,
            locked_until: None,
            now: completion.now,
        };
        let outcome = self.put_with_etag(put, Some(etag)).await?;
        // The object is there; parts that stay behind cost space, nothing else.
        let ended = blocking(move || bucket.end_upload(&at.id, &at.key)).await;
        if let Err(error) = ended {
            tracing::warn!("cannot remove the parts of a completed upload: {error}");
        }
        Ok(outcome)
    }

    /// Forgets an upload and its parts.
    pub(crate) async fn abort_upload(&self, at: UploadAt) -> Result<(), BucketError> {
        let bucket = self.inner.find(&at.bucket)?;
        blocking(move || bucket.end_upload(&at.id, &at.key)).await
    }
}

/// Which multipart upload.
pub(crate) struct UploadAt {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) id: String,
}

/// How a multipart upload is to become an object.
pub(crate) struct Completion {
    pub(crate) condition: Condition,
    pub(crate) now: Timestamp,
    /// Makes the body of the parts, and checks what the caller said of it.
    pub(crate) check: Box<dyn FnOnce(Assembly) -> ObjectBody + Send>,
}

impl Inner {
    fn find(&self, name: &str) -> Result<Arc<Bucket>, BucketError> {
        let buckets = self.buckets.read().unwrap_or_else(PoisonError::into_inner);
        buckets.get(name).cloned().ok_or(BucketError::NoSuchBucket)
    }

    fn create(&self, info: BucketInfo) -> Result<(), BucketError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(bucket) = self.find(&info.name) {
            return Err(match bucket.info.owner == info.owner {
                true => BucketError::AlreadyOwned,
                false => BucketError::AlreadyExists,
            });
        }
        let name = info.name.clone();
        let bucket = Arc::new(Bucket::create(&self.dir, info, &self.disk)?);
        self.buckets.write().unwrap_or_else(PoisonError::into_inner).insert(name, bucket);
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), BucketError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.find(name)?.delete_bucket(&self.dir)?;
        self.buckets.write().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
