//! Where files come from: folders and buckets, each walked in the order of its names, a folder or a page of a
//! bucket at a time.

use bytes::Bytes;
use cairn_aws::{AwsError, S3};
use cairn_decide::imports::Layout;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use tokio::sync::mpsc;

/// Chunks of an object that wait to be read.
const CHUNKS_WAITING: usize = 8;

/// One source of files.
#[derive(Clone)]
pub(super) enum Source {
    /// A file, or a folder and all below it.
    Path(PathBuf),
    /// The objects of a bucket whose keys begin with a prefix.
    Bucket { s3: S3, bucket: String, prefix: String },
}

/// A file or an object.
#[derive(Clone)]
pub(super) struct Item {
    /// For people, and to tell it from others: its path, or its URL.
    pub(super) name: String,
    pub(super) bytes: u64,
    /// Changes with the content: when it was changed, or its ETag.
    pub(super) stamp: String,
    /// It was named by itself, not found in a folder.
    pub(super) is_named: bool,
    place: Place,
}

#[derive(Clone)]
enum Place {
    File(PathBuf),
    Object { s3: S3, bucket: String, key: String },
}

/// Why a source could not be listed, or a file not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum SourceError {
    #[error("{path}: {source}")]
    File { path: String, source: io::Error },
    #[error("s3://{bucket}/{prefix}: {source}{}", hint(.source))]
    Bucket { bucket: String, prefix: String, source: Box<AwsError> },
}

/// What to do about keys that S3 does not know.
fn hint(error: &AwsError) -> &'static str {
    match error.code() {
        "InvalidAccessKeyId" | "InvalidToken" | "SignatureDoesNotMatch" => {
            "; the keys in AWS_ variables are those for Cairn: name the bucket's by --s3-profile"
        }
        _ => "",
    }
}

impl Source {
    /// Its files, in the order of their names. What cannot be looked into is an error, and the rest goes on.
    pub(super) fn items(&self) -> BoxStream<'static, Result<Item, SourceError>> {
        match self {
            Source::Path(path) => stream::iter(Walk::new(path.clone())).boxed(),
            Source::Bucket { s3, bucket, prefix } => {
                let (s3, bucket, prefix) = (s3.clone(), bucket.clone(), prefix.clone());
                let objects = s3.list(&bucket, &prefix, None);
                let failed = (bucket.clone(), prefix.clone());
                objects
                    .map_ok(move |object| Item {
                        name: format!("s3://{bucket}/{}", object.key),
                        bytes: object.size,
                        stamp: object.etag,
                        is_named: object.key == prefix,
                        place: Place::Object { s3: s3.clone(), bucket: bucket.clone(), key: object.key },
                    })
                    .map_err(move |source| SourceError::Bucket {
                        bucket: failed.0.clone(),
                        prefix: failed.1.clone(),
                        source: Box::new(source),
                    })
                    // Consoles make empty objects to show folders.
                    .try_filter(|item| std::future::ready(item.bytes > 0 || !item.name.ends_with('/')))
                    .boxed()
            }
        }
    }
}

impl Item {
    /// What its name tells.
    pub(super) fn layout(&self) -> Layout {
        Layout::of(&self.name.replace(std::path::MAIN_SEPARATOR, "/"))
    }

    /// All of it, which the caller has found small enough.
    pub(super) async fn read(&self) -> Result<Bytes, SourceError> {
        match &self.place {
            Place::File(path) => {
                std::fs::read(path).map(Bytes::from).map_err(|source| file_error(path, source))
            }
            Place::Object { s3, bucket, key } => {
                let failed = |source| self.object_error(bucket, key, source);
                let (_, body) = s3.get(bucket, key).await.map_err(failed)?;
                let whole = body.try_fold(Vec::new(), |mut whole, chunk| {
                    whole.extend_from_slice(&chunk);
                    std::future::ready(Ok(whole))
                });
                whole.await.map(Bytes::from).map_err(failed)
            }
        }
    }

    /// Opens it for reading in pieces, by a thread that may block.
    pub(super) async fn open(&self) -> Result<Box<dyn Read + Send>, SourceError> {
        match &self.place {
            Place::File(path) => match std::fs::File::open(path) {
                Ok(file) => Ok(Box::new(BufReader::with_capacity(1 << 18, file))),
                Err(source) => Err(file_error(path, source)),
            },
            Place::Object { s3, bucket, key } => {
                let opened = s3.get(bucket, key).await;
                let (_, mut body) = opened.map_err(|source| self.object_error(bucket, key, source))?;
                let (sender, receiver) = mpsc::channel(CHUNKS_WAITING);
                tokio::spawn(async move {
                    while let Some(chunk) = body.next().await {
                        // Nobody reads on: the file is no good, or the import has ended.
                        if sender.send(chunk).await.is_err() {
                            return;
                        }
                    }
                });
                Ok(Box::new(ObjectReader { receiver, chunk: Bytes::new() }))
            }
        }
    }

    fn object_error(&self, bucket: &str, key: &str, source: AwsError) -> SourceError {
        SourceError::Bucket { bucket: bucket.to_owned(), prefix: key.to_owned(), source: Box::new(source) }
    }
}

fn file_error(path: &Path, source: io::Error) -> SourceError {
    SourceError::File { path: path.display().to_string(), source }
}

/// An object's chunks as something to read from.
struct ObjectReader {
    receiver: mpsc::Receiver<Result<Bytes, AwsError>>,
    chunk: Bytes,
}

impl Read for ObjectReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            match self.receiver.blocking_recv() {
                Some(chunk) => self.chunk = chunk.map_err(io::Error::other)?,
                None => return Ok(0),
            }
        }
        let length = into.len().min(self.chunk.len());
        into[..length].copy_from_slice(&self.chunk.split_to(length));
        Ok(length)
    }
}

/// Walks a folder depth first. Holds the names of the folders on its way, not all.
pub(super) struct Walk {
    /// The next to look at comes last.
    waiting: Vec<PathBuf>,
    is_named: bool,
}

impl Walk {
    pub(super) fn new(path: PathBuf) -> Walk {
        Walk { waiting: vec![path], is_named: true }
    }

    fn look_into(&mut self, folder: &Path) -> io::Result<()> {
        let entries: io::Result<Vec<PathBuf>> =
            std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect();
        let mut entries = entries?;
        entries.sort_unstable_by(|a, b| b.cmp(a));
        self.waiting.append(&mut entries);
        Ok(())
    }

    /// Links to folders are not followed but from the top: they may lead in circles.
    fn visit(&mut self, path: PathBuf, is_named: bool) -> Result<Option<Item>, SourceError> {
        let metadata = std::fs::metadata(&path).map_err(|source| file_error(&path, source))?;
        if metadata.is_dir() {
            if is_named || !path.is_symlink() {
                self.look_into(&path).map_err(|source| file_error(&path, source))?;
            }
            return Ok(None);
        }
        let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Ok(Some(Item {
            name: path.display().to_string(),
            bytes: metadata.len(),
            stamp: changed.map_or_else(String::new, |since| since.as_nanos().to_string()),
            is_named,
            place: Place::File(path),
        }))
    }
}

impl Iterator for Walk {
    type Item = Result<Item, SourceError>;

    fn next(&mut self) -> Option<Result<Item, SourceError>> {
        loop {
            let path = self.waiting.pop()?;
            let is_named = std::mem::take(&mut self.is_named);
            if let Some(found) = self.visit(path, is_named).transpose() {
                return Some(found);
            }
        }
    }
}
