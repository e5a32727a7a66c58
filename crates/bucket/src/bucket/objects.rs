//! Putting, reading and deleting the objects of a bucket. Everything here may wait for the disk.

use super::{Bucket, parent};
use crate::checksum::{Algorithm, Checksum};
use crate::error::BucketError;
use crate::incoming::{Facts, Filled, Incoming, ObjectBody};
use crate::layout::{self, KEY_BYTES_MAX};
use crate::list::{self, ListQuery, Page};
use crate::note::{self, Note};
use crate::object::{self, Headers, ObjectInfo, Sha256};
use crate::read::Object;
use cairn_model::Timestamp;
use std::path::Path;

/// When a put may take the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Whatever is there is replaced.
    Always,
    /// Only if the key is free. Of racing puts exactly one wins.
    IfAbsent,
    /// Only if the object there has this ETag (without quotes).
    IfMatches(String),
}

/// An object to put.
pub struct PutObject {
    /// The bucket's name.
    pub bucket: String,
    /// 1 to 1,024 bytes.
    pub key: String,
    /// Read to its end before anything becomes visible.
    pub body: ObjectBody,
    /// Served back with the object.
    pub headers: Headers,
    /// When the key may be taken.
    pub condition: Condition,
    /// Until then the object can be neither overwritten nor deleted.
    pub locked_until: Option<Timestamp>,
    /// The object's modification time, and the time at which another's lock is judged.
    pub now: Timestamp,
}

/// What a put made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutOutcome {
    /// As [`ObjectInfo::etag`].
    pub etag: String,
    /// Of the body.
    pub sha256: Sha256,
    /// Bytes of the body.
    pub size: u64,
    /// As [`ObjectInfo::checksum`].
    pub checksum: Option<Checksum>,
}

impl From<ObjectInfo> for PutOutcome {
    fn from(info: ObjectInfo) -> PutOutcome {
        PutOutcome { etag: info.etag, sha256: info.sha256, size: info.size, checksum: info.checksum }
    }
}

impl Bucket {
    /// Begins a body aside, of which a checksum may be wanted.
    pub(crate) fn begin(&self, algorithm: Option<Algorithm>) -> Result<Incoming, BucketError> {
        self.folders.check()?;
        Incoming::create(&self.disk, &self.next_temp(), algorithm)
    }

    /// Ends a body and makes it the object. When this returns well, the object survives power loss; until it
    /// is called nothing is visible, and after an error either nothing is or (a failed sync) the object is
    /// there whole.
    pub(crate) fn publish(
        &self,
        filled: Filled,
        facts: Facts,
        condition: &Condition,
    ) -> Result<PutOutcome, BucketError> {
        let path = layout::object_path(&self.objects, &facts.key);
        let (key, now) = (facts.key.clone(), facts.modified);
        let (temp, info) = filled.finish(facts)?;
        let _turn = self.turn(&path);
        self.admit(&path, &key, condition, now)?;
        let added = self.folders.add(&self.disk, parent(&path), || match condition {
            Condition::IfAbsent => self.disk.link(&temp.path, &path),
            Condition::Always | Condition::IfMatches(_) => self.disk.rename(&temp.path, &path),
        });
        if matches!((&added, condition), (Err(BucketError::Failed), Condition::IfAbsent)) {
            // Nobody was promised it, and after a restart its name must not look durable.
            let _ = self.disk.unlink(&path);
        }
        added?;
        self.remove_note(&path);
        Ok(PutOutcome::from(info))
    }

    /// Whether a put may take the key now; the caller holds its turn.
    fn admit(
        &self,
        path: &Path,
        key: &str,
        condition: &Condition,
        now: Timestamp,
    ) -> Result<(), BucketError> {
        let there = match object::open(path, key) {
            Ok((_, there)) => there,
            Err(BucketError::NoSuchKey) => {
                return match condition {
                    Condition::IfMatches(_) => Err(BucketError::NoSuchKey),
                    Condition::Always | Condition::IfAbsent => Ok(()),
                };
            }
            Err(error) => return Err(error),
        };
        match condition {
            Condition::IfAbsent => {
                // Whoever learns that it exists relies on it, but the process that put it may have died
                // before its sync.
                self.folders.sync(&self.disk, parent(path))?;
                Err(BucketError::Exists { sha256: there.sha256 })
            }
            Condition::IfMatches(etag) if *etag != there.etag => Err(BucketError::PreconditionFailed),
            Condition::Always | Condition::IfMatches(_) => unlocked(path, &there, now),
        }
    }

    /// Opens the object for reading. A note that cannot be read is not worth refusing the object: without it
    /// the object has its first tags, and its lock holds.
    pub(crate) fn read(&self, key: &str) -> Result<Object, BucketError> {
        let path = layout::object_path(&self.objects, key);
        let (file, mut info) = object::open(&path, key)?;
        match Note::read(&path, &info) {
            Ok(note) => note.apply(&mut info),
            Err(error) => tracing::error!("the note on {}: {error}", path.display()),
        }
        Ok(Object::new(info, file, path))
    }

    /// Deletes the object if it is there, and if it has the ETag `etag` where that is given. When this returns
    /// well, it stays gone.
    pub(crate) fn delete(&self, key: &str, etag: Option<&str>, now: Timestamp) -> Result<(), BucketError> {
        let path = layout::object_path(&self.objects, key);
        let _turn = self.turn(&path);
        let is_there = match object::open(&path, key) {
            Ok((_, info)) if etag.is_some_and(|etag| etag != "*" && etag != info.etag) => {
                return Err(BucketError::PreconditionFailed);
            }
            Ok((_, info)) => unlocked(&path, &info, now).map(|()| true)?,
            Err(BucketError::NoSuchKey) if etag.is_some() => return Err(BucketError::NoSuchKey),
            // Still to be synced: the process that deleted it may have died before it did.
            Err(BucketError::NoSuchKey) => false,
            // Whether a damaged object is locked cannot be known, so it stays.
            Err(error) => return Err(error),
        };
        self.folders
            .change(&self.disk, parent(&path), || if is_there { self.disk.unlink(&path) } else { Ok(()) })?;
        self.remove_note(&path);
        self.folders.prune(&self.disk, parent(&path));
        Ok(())
    }

    /// Removes the note on an object that is no more, as is durable by now: before, a crash could bring the
    /// object back without it. Best effort: a note on nothing counts for nothing.
    fn remove_note(&self, object: &Path) {
        let note = note::path(object);
        if note.exists()
            && let Err(error) = self.disk.unlink(&note)
        {
            tracing::warn!("cannot remove {}: {error}", note.display());
        }
    }

    /// Lists objects.
    pub(crate) fn list(&self, query: &ListQuery) -> Result<Page, BucketError> {
        list::list(&self.objects, query)
    }
}

/// Refuses keys that S3 refuses.
pub(crate) fn check_key(key: &str) -> Result<(), BucketError> {
    match key.len() {
        0 => Err(BucketError::EmptyKey),
        1..=KEY_BYTES_MAX => Ok(()),
        _ => Err(BucketError::KeyTooLong),
    }
}

/// Refuses to touch an object that is locked as of `now`, unless its lock was broken.
fn unlocked(path: &Path, info: &ObjectInfo, now: Timestamp) -> Result<(), BucketError> {
    match info.locked_until {
        Some(until) if now < until => match Note::read(path, info)?.broken {
            Some(_) => Ok(()),
            None => Err(BucketError::Locked { until }),
        },
        _ => Ok(()),
    }
}
