//! A body on its way into the store: written aside, hashed as it comes.

use crate::checksum::{Algorithm, Checksum, Hasher};
use crate::disk::Disk;
use crate::error::{BoxError, BucketError};
use crate::object::{Headers, ObjectInfo, Sha256, trailer};
use crate::tags::Tags;
use aws_lc_rs::digest;
use bytes::{Bytes, BytesMut};
use cairn_model::Timestamp;
use futures::StreamExt;
use futures::stream::BoxStream;
use md5::{Digest, Md5};
use std::fs::File;
use std::path::{Path, PathBuf};
use tokio::task::JoinHandle;

/// Bytes gathered before they go to the disk. Two such blocks are held: one that comes in while the other is
/// hashed and written.
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
    checksum: Option<Hasher>,
    size: u64,
}

/// A body that is written aside whole, not yet durable.
pub(crate) struct Filled {
    file: File,
    temp: TempFile,
    pub(crate) digests: Digests,
}

/// What was computed of a body.
pub(crate) struct Digests {
    pub(crate) size: u64,
    pub(crate) md5: [u8; 16],
    pub(crate) sha256: Sha256,
    /// If it was asked for; of a multipart upload perhaps that of the parts' checksums.
    pub(crate) checksum: Option<Checksum>,
}

/// What the trailer takes from elsewhere than the body.
pub(crate) struct Facts {
    pub(crate) key: String,
    pub(crate) headers: Headers,
    pub(crate) tags: Tags,
    pub(crate) modified: Timestamp,
    pub(crate) locked_until: Option<Timestamp>,
    /// Instead of the body's MD5.
    pub(crate) etag: Option<String>,
    /// As [`ObjectInfo::parts`].
    pub(crate) parts: Vec<(u32, u64)>,
}

impl Incoming {
    /// Begins a file at `path`, which nothing else may use.
    pub(crate) fn create(
        disk: &Disk,
        path: &Path,
        algorithm: Option<Algorithm>,
    ) -> Result<Incoming, BucketError> {
        Ok(Incoming {
            file: disk.create(path)?,
            temp: TempFile::new(path.to_owned(), disk),
            md5: Md5::new(),
            sha256: digest::Context::new(&digest::SHA256),
            checksum: algorithm.map(Hasher::new),
            size: 0,
        })
    }

    /// Takes the whole body in.
    pub(crate) async fn fill(self, body: ObjectBody) -> Result<Filled, BucketError> {
        let mut stream = match body {
            ObjectBody::Bytes(bytes) => return Ok(ended(self.take(bytes)).await?.end()),
            ObjectBody::Stream(stream) => stream,
        };
        let mut writing = self.take(Bytes::new());
        let mut block = BytesMut::new();
        while let Some(piece) = stream.next().await {
            match piece {
                Ok(piece) => block.extend_from_slice(&piece),
                Err(error) => {
                    // Its file is gone before anyone hears of the failure.
                    drop(ended(writing).await);
                    return Err(BucketError::Body(error));
                }
            }
            if block.len() >= BLOCK_BYTES {
                let incoming = ended(writing).await?;
                writing = incoming.take(block.split().freeze());
            }
        }
        let incoming = ended(writing).await?;
        Ok(ended(incoming.take(block.freeze())).await?.end())
    }

    /// Begins to write `block`, where waiting for the disk is allowed.
    fn take(mut self, block: Bytes) -> JoinHandle<Result<Incoming, BucketError>> {
        tokio::task::spawn_blocking(move || {
            self.write(&block)?;
            Ok(self)
        })
    }

    fn write(&mut self, block: &[u8]) -> Result<(), BucketError> {
        if block.is_empty() {
            return Ok(());
        }
        self.temp.disk.write(&mut self.file, &self.temp.path, block)?;
        self.md5.update(block);
        self.sha256.update(block);
        if let Some(checksum) = &mut self.checksum {
            checksum.update(block);
        }
        self.size += block.len() as u64;
        Ok(())
    }

    fn end(self) -> Filled {
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(self.sha256.finish().as_ref());
        let digests = Digests {
            size: self.size,
            md5: self.md5.finalize().into(),
            sha256: Sha256(sha256),
            checksum: self.checksum.map(Hasher::finish),
        };
        Filled { file: self.file, temp: self.temp, digests }
    }
}

impl Filled {
    /// Adds the trailer. When this returns, the file is whole and its bytes survive power loss, but it has
    /// no name yet.
    pub(crate) fn finish(mut self, facts: Facts) -> Result<(TempFile, ObjectInfo), BucketError> {
        let info = ObjectInfo {
            key: facts.key,
            size: self.digests.size,
            etag: facts.etag.unwrap_or_else(|| hex::encode(self.digests.md5)),
            sha256: self.digests.sha256,
            modified: facts.modified,
            locked_until: facts.locked_until,
            headers: facts.headers,
            tags: facts.tags,
            checksum: self.digests.checksum,
            parts: facts.parts,
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
    ended(tokio::task::spawn_blocking(work)).await
}

async fn ended<T>(work: JoinHandle<Result<T, BucketError>>) -> Result<T, BucketError> {
    match work.await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(error) => Err(BucketError::Io(std::io::Error::other(error))),
    }
}
