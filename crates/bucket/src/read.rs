//! An object's body on its way out.

use crate::error::{BoxError, BucketError};
use crate::object::ObjectInfo;
use aws_lc_rs::digest;
use bytes::Bytes;
use futures::Stream;
use futures::stream::{self, BoxStream, StreamExt};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;

/// Bytes read at once.
const BLOCK_BYTES: u64 = 256 * 1024;

/// An object opened for reading. It stays readable, unchanged, when it is overwritten or deleted meanwhile.
pub struct Object {
    /// All that is known of it.
    pub info: ObjectInfo,
    file: Arc<File>,
    path: PathBuf,
}

impl Object {
    pub(crate) fn new(info: ObjectInfo, file: File, path: PathBuf) -> Object {
        Object { info, file: Arc::new(file), path }
    }

    /// The whole body, checked against its SHA-256: the last block of a damaged one is withheld and an error
    /// comes instead, so that nobody takes it for whole.
    pub fn body(self) -> BoxStream<'static, Result<Bytes, BoxError>> {
        self.checked_body().boxed()
    }

    /// The whole body in memory; for bodies known to be small.
    pub async fn bytes(self) -> Result<Bytes, BucketError> {
        use futures::TryStreamExt;
        let whole = self.body().try_fold(Vec::new(), |mut whole, block| async move {
            whole.extend_from_slice(&block);
            Ok(whole)
        });
        Ok(Bytes::from(whole.await.map_err(BucketError::Body)?))
    }

    pub(crate) fn checked_body(self) -> impl Stream<Item = Result<Bytes, BoxError>> + Send + Sync + 'static {
        let check = Some((digest::Context::new(&digest::SHA256), self.info.sha256.0));
        let range = 0..self.info.size;
        self.blocks(range, check)
    }

    /// The bytes of `range`, which must lie within the body. A part cannot be checked.
    pub(crate) fn range(
        self,
        range: Range<u64>,
    ) -> impl Stream<Item = Result<Bytes, BoxError>> + Send + Sync + 'static {
        self.blocks(range, None)
    }

    fn blocks(
        self,
        range: Range<u64>,
        check: Option<(digest::Context, [u8; 32])>,
    ) -> impl Stream<Item = Result<Bytes, BoxError>> + Send + Sync + 'static {
        let rest = Rest { file: self.file, path: self.path, range, check };
        stream::try_unfold(rest, |rest| async move {
            if rest.range.is_empty() {
                return Ok(None);
            }
            let read = tokio::task::spawn_blocking(move || rest.next_block()).await;
            read.map_err(|error| Box::new(error) as BoxError)?
                .map(Some)
                .map_err(|error| Box::new(error) as BoxError)
        })
    }
}

/// What is still to be read.
struct Rest {
    file: Arc<File>,
    path: PathBuf,
    range: Range<u64>,
    check: Option<(digest::Context, [u8; 32])>,
}

impl Rest {
    fn next_block(mut self) -> Result<(Bytes, Rest), BucketError> {
        let length = BLOCK_BYTES.min(self.range.end - self.range.start);
        let mut block = vec![0; usize::try_from(length).expect("a block is small")];
        self.file.read_exact_at(&mut block, self.range.start).map_err(|error| self.read_error(error))?;
        self.range.start += length;
        if let Some((mut hash, expected)) = self.check.take() {
            hash.update(&block);
            if !self.range.is_empty() {
                self.check = Some((hash, expected));
            } else if hash.finish().as_ref() != expected {
                return Err(self.damaged());
            }
        }
        Ok((Bytes::from(block), self))
    }

    fn read_error(&self, error: io::Error) -> BucketError {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => self.damaged(),
            _ => BucketError::from(error),
        }
    }

    fn damaged(&self) -> BucketError {
        tracing::error!("damaged object: {}", self.path.display());
        BucketError::Damaged(self.path.clone())
    }
}
