//! A table whose files are objects of a bucket: they are the truth, and its folder keeps copies of what is read.
//!
//! Whoever puts an entry of the table's log does so on the condition that there is none of its number, so a put that was
//! given up on and takes effect late can replace nothing.

mod copies;
mod store;

pub(crate) use store::RemoteStore;

use crate::durable_store::{DurableStore, create_folder};
use crate::error::LakeError;
use async_trait::async_trait;
use bytes::Bytes;
use cairn_model::Timestamp;
use copies::Copies;
use object_store::path::Path as ObjectPath;
use object_store::{Error, ObjectStore, PutOptions, PutPayload};
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

/// So many objects are fetched at once: each is in memory while it is.
const FETCHED_AT_ONCE: usize = 2;
/// So often a file is fetched that others push out before it is open.
const TRIES_MAX: usize = 4;
const LOG_FOLDER: &str = "_delta_log/";
/// The one file of a table's log that changes.
const LAST_CHECKPOINT: &str = "_delta_log/_last_checkpoint";

/// The objects of a bucket.
#[async_trait]
pub trait RemoteObjects: Send + Sync {
    /// Puts an object, in place of the one that has the key.
    async fn put(&self, key: &str, bytes: Bytes) -> Result<(), RemoteError>;

    /// Puts an object unless one has the key; of several that try, one does it. After an error other than
    /// [`RemoteError::Exists`] it may be done, now or later.
    async fn create(&self, key: &str, bytes: Bytes) -> Result<(), RemoteError>;

    /// The bytes of an object.
    async fn get(&self, key: &str) -> Result<Bytes, RemoteError>;

    /// The objects whose keys start with `prefix` and come behind `after`, in the order of their keys.
    async fn list(&self, prefix: &str, after: Option<&str>) -> Result<Vec<RemoteObject>, RemoteError>;

    /// Deletes an object. That there is none is no error.
    async fn delete(&self, key: &str) -> Result<(), RemoteError>;
}

/// An object as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteObject {
    /// Its whole key.
    pub key: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was put.
    pub modified: Timestamp,
}

/// Why an object was not put, read or deleted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// Another object has the key.
    #[error("an object has the key already")]
    Exists,
    /// There is no such object.
    #[error("there is no such object")]
    NotFound,
    /// The bucket's server refused, or did not answer: what was asked may have been done.
    #[error("{0}")]
    Failed(Arc<str>),
}

/// Where in a bucket a table is.
#[derive(Clone)]
pub struct Remote {
    /// The bucket.
    pub objects: Arc<dyn RemoteObjects>,
    /// What its keys start with, such as `lake/history/`.
    pub prefix: String,
    /// How many bytes of data files are kept in the table's folder. What a statement or a join has open may come on
    /// top of it.
    pub copies_bytes: u64,
}

impl fmt::Debug for Remote {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Remote").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// One table in a bucket, and the folder with copies of its files.
pub(crate) struct RemoteTable {
    remote: Remote,
    dir: PathBuf,
    local: DurableStore,
    copies: Copies,
    fetching: Semaphore,
    /// Where requests are sent from: engines have threads of their own that send none.
    runtime: Handle,
}

impl fmt::Debug for RemoteTable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("RemoteTable").field("remote", &self.remote).finish_non_exhaustive()
    }
}

impl RemoteTable {
    /// Copies of data files that are in `dir` are used again; those of the table's log are not.
    pub(crate) fn open(remote: Remote, dir: &Path) -> Result<RemoteTable, LakeError> {
        create_folder(&std::path::absolute(dir)?)?;
        let dir = std::fs::canonicalize(dir)?;
        match std::fs::remove_dir_all(dir.join(LOG_FOLDER)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let copies = Copies::found(&dir, remote.copies_bytes)?;
        let fetching = Semaphore::new(FETCHED_AT_ONCE);
        Ok(RemoteTable {
            remote,
            dir,
            local: DurableStore::new(),
            copies,
            fetching,
            runtime: Handle::current(),
        })
    }

    /// A data file's copy, which is fetched if there is none. Blocks; not to be called where requests are sent from.
    pub(crate) fn file(self: &Arc<Self>, path: &str) -> io::Result<File> {
        for _ in 0..TRIES_MAX {
            match File::open(self.dir.join(path)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => self.fetch_blocking(path)?,
                opened => {
                    self.copies.used(path);
                    return opened;
                }
            }
        }
        Err(io::ErrorKind::NotFound.into())
    }

    fn fetch_blocking(self: &Arc<Self>, path: &str) -> io::Result<()> {
        let (sender, fetched) = mpsc::sync_channel(1);
        let (table, path) = (Arc::clone(self), path.to_owned());
        self.runtime.spawn(async move {
            // Who asked waits for it, unless the runtime is shutting down.
            let _ = sender.send(table.fetch(&path).await);
        });
        let fetched =
            fetched.recv().map_err(|_| io::Error::other("stopped: the runtime is shutting down"))?;
        fetched.map_err(|error| match error {
            RemoteError::NotFound => io::Error::new(io::ErrorKind::NotFound, error),
            error => io::Error::other(error),
        })
    }

    /// Copies these files of the table, so that they can be read from its folder while what is returned is held.
    pub(crate) async fn keep_all(&self, paths: &[String]) -> Result<Arc<()>, LakeError> {
        let kept = self.copies.keep();
        for path in paths {
            self.ensure(path).await.map_err(io::Error::other)?;
        }
        Ok(kept)
    }

    /// Copies the table's log.
    pub(crate) async fn keep_log(&self) -> Result<(), LakeError> {
        let prefix = self.key(LOG_FOLDER);
        let entries = self.remote.objects.list(&prefix, None).await.map_err(io::Error::other)?;
        for entry in entries {
            let path = entry.key.strip_prefix(&self.remote.prefix).unwrap_or_default();
            self.ensure(path).await.map_err(io::Error::other)?;
        }
        Ok(())
    }

    fn key(&self, path: &str) -> String {
        format!("{}{path}", self.remote.prefix)
    }

    /// There is a copy when this returns. Files of a table do not change once they are made, but for one.
    async fn ensure(&self, path: &str) -> Result<(), RemoteError> {
        match path != LAST_CHECKPOINT && self.dir.join(path).is_file() {
            true => {
                self.copies.used(path);
                Ok(())
            }
            false => self.fetch(path).await,
        }
    }

    async fn fetch(&self, path: &str) -> Result<(), RemoteError> {
        let _permit = self.fetching.acquire().await.expect("nobody closes the semaphore");
        let bytes = self.remote.objects.get(&self.key(path)).await?;
        self.copy(path, bytes).await.map_err(|error| RemoteError::Failed(error.to_string().into()))
    }

    async fn copy(&self, path: &str, bytes: Bytes) -> Result<(), Error> {
        let length = bytes.len() as u64;
        let at = self.local_path(path)?;
        self.local.put_opts(&at, PutPayload::from_bytes(bytes), PutOptions::default()).await?;
        if !path.starts_with(LOG_FOLDER) {
            self.copies.add(path, length);
        }
        Ok(())
    }

    fn local_path(&self, path: &str) -> Result<ObjectPath, Error> {
        Ok(ObjectPath::from_absolute_path(self.dir.join(path))?)
    }

    /// Makes the copy of what was just put. A bucket without its copy is as it should be.
    async fn copy_put(&self, path: &str, bytes: Bytes) {
        if let Err(error) = self.copy(path, bytes).await {
            tracing::warn!(%error, path, "an object of a table was put, but its copy could not be written");
            self.forget(path);
        }
    }

    fn forget(&self, path: &str) {
        self.copies.removed(path);
        // One that stays is found by the next start, and pushed out in time.
        let _ = std::fs::remove_file(self.dir.join(path));
    }
}

#[cfg(test)]
mod tests;
