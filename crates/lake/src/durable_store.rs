//! A local folder as an object store whose writes survive power loss.
//!
//! `object_store`'s own local store never syncs: a table's log could name files that are not on the
//! disk after power loss. Reading, listing and deleting are left to it.

use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyMode, CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, ObjectStoreExt, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
    UploadPart,
};
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

/// Object paths are absolute file paths without their leading slash.
#[derive(Clone, Debug)]
pub(crate) struct DurableStore {
    inner: Arc<LocalFileSystem>,
}

impl DurableStore {
    pub(crate) fn new() -> DurableStore {
        DurableStore { inner: Arc::new(LocalFileSystem::new()) }
    }

    /// When this returns, the object is whole and survives power loss. A crash inside leaves the
    /// object as it was or whole, and at most a file with `#` in its name, which listings leave out.
    async fn put_durably(&self, location: &Path, payload: PutPayload, create: bool) -> Result<PutResult> {
        let target = self.inner.path_to_filesystem(location)?;
        let location = location.to_string();
        let write = move || write_durably(&target, &payload, create);
        match tokio::task::spawn_blocking(write).await? {
            Ok(()) => Ok(PutResult { e_tag: None, version: None }),
            Err(error) if create && error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Error::AlreadyExists { path: location, source: error.into() })
            }
            Err(error) => Err(generic(error)),
        }
    }
}

fn generic(error: io::Error) -> Error {
    Error::Generic { store: "DurableStore", source: error.into() }
}

fn write_durably(target: &FilePath, payload: &PutPayload, create: bool) -> io::Result<()> {
    let folder = target.parent().ok_or(io::ErrorKind::InvalidInput)?;
    create_folder(folder)?;
    let aside = aside(target);
    let written = write_aside(&aside, payload).and_then(|()| match create {
        // Unlike a rename, a link fails if the target exists.
        true => fs::hard_link(&aside, target),
        false => fs::rename(&aside, target),
    });
    // After a rename there is nothing to remove; a file that stays after a failure does no harm.
    let _ = fs::remove_file(&aside);
    written?;
    sync_folder(folder)
}

fn write_aside(aside: &FilePath, payload: &PutPayload) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(aside)?;
    for part in payload.iter() {
        file.write_all(part)?;
    }
    file.sync_all()
}

fn aside(target: &FilePath) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    // The suffix by which `LocalFileSystem` tells files that are being written: '#' and digits.
    name.push(format!("#{}", Uuid::new_v4().as_u128()));
    PathBuf::from(name)
}

/// Makes a folder and its parents so that they survive power loss.
pub(crate) fn create_folder(folder: &FilePath) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().ok_or(io::ErrorKind::InvalidInput)?;
    create_folder(parent)?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    sync_folder(parent)
}

fn sync_folder(folder: &FilePath) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

impl fmt::Display for DurableStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DurableStore")
    }
}

#[async_trait]
impl ObjectStore for DurableStore {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        match options.mode {
            PutMode::Overwrite => self.put_durably(location, payload, false).await,
            PutMode::Create => self.put_durably(location, payload, true).await,
            PutMode::Update(_) => Err(Error::NotImplemented {
                operation: String::from("put with PutMode::Update"),
                implementer: self.to_string(),
            }),
        }
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        _options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Ok(Box::new(Upload::new(Arc::new(self.clone()), location.clone())))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        let bytes = self.get(from).await?.bytes().await?;
        let create = matches!(options.mode, CopyMode::Create);
        self.put_durably(to, bytes.into(), create).await.map(drop)
    }
}

/// A large object, kept in memory until it is complete: what the table writes in parts are its
/// checkpoints, a few megabytes.
#[derive(Debug)]
pub(crate) struct Upload {
    store: Arc<dyn ObjectStore>,
    location: Path,
    parts: Vec<PutPayload>,
}

impl Upload {
    pub(crate) fn new(store: Arc<dyn ObjectStore>, location: Path) -> Upload {
        Upload { store, location, parts: Vec::new() }
    }
}

#[async_trait]
impl MultipartUpload for Upload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        self.parts.push(data);
        Box::pin(std::future::ready(Ok(())))
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let parts = std::mem::take(&mut self.parts);
        let payload = parts.iter().flat_map(|part| part.iter().cloned()).collect();
        self.store.put_opts(&self.location, payload, PutOptions::default()).await
    }

    async fn abort(&mut self) -> Result<()> {
        self.parts.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
