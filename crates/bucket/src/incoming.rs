//! A body on its way into the store: written aside, hashed as it comes.

use crate::disk::Disk;
use crate::error::{BoxError, BucketError};
use crate::object::{Headers, ObjectInfo, Sha256, trailer};
use aws_lc_rs::digest;
use bytes::{Bytes, BytesMut};
use cairn_model::Timestamp;
use futures::StreamExt;
use futures::stream::BoxStream;
use md5::{Digest, Md5};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Bytes gathered before they go to the disk.
const BLOCK_BYTES: usize = 256 * 1024;

/// The body of an object to put.
pub enum ObjectBody {
    /// All of it.
    Bytes(Bytes),
    /// Piece by piece, in constant memory. An error ends the put and leaves nothing.
    Stream(BoxStream<'static, Result<Bytes, BoxError>>),
}

impl ObjectBody {
    /// A body that `stream` delivers.
    pub fn stream(
        stream: impl futures::Stream<Item = Result<Bytes, BoxError>> + Send + 'static,
    ) -> ObjectBody {
        ObjectBody::Stream(stream.boxed())
    }
}

/// A file that goes when this value does: under the name it is given by then, it stays.
pub(crate) struct TempFile {
    pub(crate) path: PathBuf,
    disk: Disk,
}

impl TempFile {
    pub(crate) fn new(path: PathBuf, disk: &Disk) -> TempFile {
        TempFile { path, disk: disk.clone() }
    }
}

impl Drop for TempFile {
    /// After a rename there is nothing to remove; what stays after a crash goes at the next opening.
    fn drop(&mut self) {
        let _ = self.disk.unlink(&self.path);
    }
}

/// A body being written aside.
pub(crate) struct Incoming {
    file: File,
    temp: TempFile,
    md5: Md5,
    sha256: digest::Context,
    size: u64,
}

/// What the trailer takes from elsewhere than the body.
pub(crate) struct Facts {
    pub(crate) key: String,
    pub(crate) headers: Headers,
    pub(crate) modified: Timestamp,
    pub(crate) locked_until: Option<Timestamp>,
    /// Instead of the body's MD5.
    pub(crate) etag: Option<String>,
}

impl Incoming {
    /// Begins a file at `path`, which nothing else may use.
    pub(crate) fn create(disk: &Disk, path: &Path) -> Result<Incoming, BucketError> {
        Ok(Incoming {
            file: disk.create(path)?,
            temp: TempFile::new(path.to_owned(), disk),
            md5: Md5::new(),
            sha256: digest::Context::new(&digest::SHA256),
            size: 0,
        })
    }

    /// Takes the whole body in.
    pub(crate) async fn fill(self, body: ObjectBody) -> Result<Incoming, BucketError> {
        let mut stream = match body {
            ObjectBody::Bytes(bytes) => return self.take(bytes).await,
            ObjectBody::Stream(stream) => stream,
        };
        let mut incoming = self;
        let mut block = BytesMut::new();
        while let Some(piece) = stream.next().await {
            block.extend_from_slice(&piece.map_err(BucketError::Body)?);
            if block.len() >= BLOCK_BYTES {
                incoming = incoming.take(block.split().freeze()).await?;
            }
        }
        incoming.take(block.freeze()).await
    }

    async fn take(mut self, block: Bytes) -> Result<Incoming, BucketError> {
        if block.is_empty() {
            return Ok(self);
        }
        blocking(move || {
            self.write(&block)?;
            Ok(self)
        })
        .await
    }

    fn write(&mut self, block: &[u8]) -> Result<(), BucketError> {
        self.temp.disk.write(&mut self.file, &self.temp.path, block)?;
        self.md5.update(block);
        self.sha256.update(block);
        self.size += block.len() as u64;
        Ok(())
    }

    /// Adds the trailer. When this returns, the file is whole and its bytes survive power loss, but it has
    /// no name yet.
    pub(crate) fn finish(mut self, facts: Facts) -> Result<(TempFile, ObjectInfo), BucketError> {
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(self.sha256.finish().as_ref());
        let info = ObjectInfo {
            key: facts.key,
            size: self.size,
            etag: facts.etag.unwrap_or_else(|| hex::encode(self.md5.finalize())),
            sha256: Sha256(sha256),
            modified: facts.modified,
            locked_until: facts.locked_until,
            headers: facts.headers,
        };
        let disk = &self.temp.disk;
        disk.write(&mut self.file, &self.temp.path, &trailer(&info))?;
        disk.sync_file(&self.file, &self.temp.path)?;
        Ok((self.temp, info))
    }
}

/// Runs `work` where it may wait for the disk. It runs to its end even if the caller goes away.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BucketError> + Send + 'static,
) -> Result<T, BucketError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(error) => Err(BucketError::Io(std::io::Error::other(error))),
    }
}
