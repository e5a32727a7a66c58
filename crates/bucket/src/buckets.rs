//! All buckets of a folder.

mod settings;
mod uploads;

pub(crate) use uploads::{Completion, UploadAt};

use crate::bucket::{self, Bucket, BucketInfo, PutObject, PutOutcome};
use crate::checksum::{Algorithm, Checksum};
use crate::disk::Disk;
use crate::error::{BoxError, BucketError};
use crate::files::{self, BucketFile};
use crate::incoming::{Digests, Facts, blocking};
use crate::list::{ListQuery, Page};
use crate::name::is_bucket_name;
use crate::object::ObjectInfo;
use crate::read::Object;
use crate::tags::Tags;
use cairn_decide::policy::{Context, Principal, Request, Verdict};
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
    /// Errors: [`BucketError::Damaged`] names a file that cannot be read, [`BucketError::TooNew`] one that a
    /// newer Cairn wrote.
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
        self.put_with(put, Extra::default()).await
    }

    /// Puts an object for the trail `trail_arn`, as the service `cloudtrail.amazonaws.com`.
    ///
    /// Errors: [`BucketError::Denied`] if the bucket's policy forbids that, or if the bucket is another
    /// account's and its policy does not allow it; else as of [`Buckets::put`].
    pub async fn deliver(&self, put: PutObject, trail_arn: &str) -> Result<PutOutcome, BucketError> {
        let bucket = self.inner.find(&put.bucket)?;
        if !may_deliver(&bucket, &put, trail_arn) {
            return Err(BucketError::Denied);
        }
        put_into(bucket, put, Extra::default()).await
    }

    pub(crate) async fn put_with(&self, put: PutObject, extra: Extra) -> Result<PutOutcome, BucketError> {
        put_into(self.inner.find(&put.bucket)?, put, extra).await
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
        self.delete_if(bucket, key, None, now).await
    }

    /// Deletes an object of this ETag (`*`: of any), if one is given.
    ///
    /// Errors: [`BucketError::PreconditionFailed`], [`BucketError::NoSuchKey`] (nothing there to match); else
    /// as of [`Buckets::delete`].
    pub(crate) async fn delete_if(
        &self,
        bucket: &str,
        key: &str,
        etag: Option<String>,
        now: Timestamp,
    ) -> Result<(), BucketError> {
        let (bucket, key) = (self.inner.find(bucket)?, key.to_owned());
        bucket::check_key(&key)?;
        blocking(move || bucket.delete(&key, etag.as_deref(), now)).await
    }

    /// Ends the lock of an object as of `now`, so that it can be deleted and overwritten. `reason` is kept
    /// with the object. When this returns well, it survives power loss.
    ///
    /// Errors: [`BucketError::NoSuchBucket`], [`BucketError::NoSuchKey`], [`BucketError::NotLocked`], the
    /// disk's.
    pub async fn break_lock(
        &self,
        bucket: &str,
        key: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), BucketError> {
        let (bucket, key, reason) = (self.inner.find(bucket)?, key.to_owned(), reason.to_owned());
        bucket::check_key(&key)?;
        blocking(move || bucket.break_lock(&key, &reason, now)).await
    }

    /// The files of all buckets as of now, but for bodies on their way in.
    pub async fn files(&self) -> Result<Vec<BucketFile>, BucketError> {
        let inner = Arc::clone(&self.inner);
        blocking(move || {
            let mut found = Vec::new();
            inner.all().iter().try_for_each(|bucket| files::add(bucket, &mut found))?;
            Ok(found)
        })
        .await
    }
}

/// What the putting of an object may need besides [`PutObject`].
#[derive(Default)]
pub(crate) struct Extra {
    pub(crate) tags: Tags,
    /// Which checksum of the body to compute and keep.
    pub(crate) algorithm: Option<Algorithm>,
    /// Looks at what was computed of the body before anything becomes visible.
    pub(crate) check: Option<Check>,
    /// Instead of the body's MD5.
    pub(crate) etag: Option<String>,
    /// Instead of the body's.
    pub(crate) checksum: Option<Checksum>,
    /// As [`ObjectInfo::parts`].
    pub(crate) parts: Vec<(u32, u64)>,
}

/// Refuses a body that is not what its sender said.
pub(crate) type Check = Box<dyn FnOnce(&Digests) -> Result<(), BoxError> + Send>;

/// Puts an object into this very bucket, and into no later one of its name.
async fn put_into(bucket: Arc<Bucket>, put: PutObject, extra: Extra) -> Result<PutOutcome, BucketError> {
    bucket::check_key(&put.key)?;
    let (begun, algorithm) = (Arc::clone(&bucket), extra.algorithm);
    let mut filled = blocking(move || begun.begin(algorithm)).await?.fill(put.body).await?;
    filled.digests.checksum = extra.checksum.or(filled.digests.checksum);
    extra.check.map_or(Ok(()), |check| check(&filled.digests)).map_err(BucketError::Body)?;
    let facts = Facts {
        key: put.key,
        headers: put.headers,
        tags: extra.tags,
        modified: put.now,
        locked_until: put.locked_until,
        etag: extra.etag,
        parts: extra.parts,
    };
    let condition = put.condition;
    blocking(move || bucket.publish(filled, facts, &condition)).await
}

/// Whether a trail may put an object there. Into a bucket of its own account it may unless a policy forbids it. Into
/// another's it may only if a policy allows it: else who makes a bucket of the right name first would get the log
/// files of others.
fn may_deliver(bucket: &Bucket, put: &PutObject, trail_arn: &str) -> bool {
    let is_own = account_of(trail_arn) == bucket.info.owner.to_string();
    let Some(policy) = &bucket.settings().policy else { return is_own };
    let context = delivery_context(trail_arn, bucket.info.owner);
    let verdict = policy.read().judge(&Request {
        principal: Principal::Service("cloudtrail.amazonaws.com"),
        action: "s3:PutObject",
        resource: &format!("arn:aws:s3:::{}/{}", put.bucket, put.key),
        context: &context,
    });
    match verdict {
        Verdict::Allowed { .. } => true,
        Verdict::Denied { .. } => false,
        Verdict::Silent => is_own,
    }
}

/// The account in a trail's ARN.
fn account_of(trail_arn: &str) -> &str {
    trail_arn.split(':').nth(4).unwrap_or_default()
}

/// What conditions of a policy see when a trail delivers. That happens within this process, so that no address
/// is known and nobody can listen.
fn delivery_context(trail_arn: &str, owner: AccountId) -> Context {
    Context::from([
        ("aws:sourcearn", trail_arn),
        ("aws:sourceaccount", account_of(trail_arn)),
        ("aws:principalisawsservice", "true"),
        ("aws:principalservicename", "cloudtrail.amazonaws.com"),
        ("aws:securetransport", "true"),
        ("s3:x-amz-acl", "bucket-owner-full-control"),
        ("s3:resourceaccount", owner.as_str()),
        ("aws:resourceaccount", owner.as_str()),
    ])
}

impl Inner {
    fn all(&self) -> Vec<Arc<Bucket>> {
        self.buckets.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

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
