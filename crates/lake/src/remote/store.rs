//! A table in a bucket as an object store, by the paths that its files have in its folder.

use super::{RemoteError, RemoteObject, RemoteTable};
use crate::durable_store::Upload;
use async_trait::async_trait;
use bytes::Bytes;
use datafusion::arrow::array::temporal_conversions::date64_to_datetime;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyMode, CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, ObjectStoreExt, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// The store of one table's files, whose root is that of the file system.
#[derive(Clone, Debug)]
pub(crate) struct RemoteStore {
    table: Arc<RemoteTable>,
    /// The table's folder.
    root: Path,
}

impl RemoteStore {
    pub(crate) fn new(table: Arc<RemoteTable>) -> Result<RemoteStore> {
        let root = Path::from_absolute_path(&table.dir)?;
        Ok(RemoteStore { table, root })
    }

    /// A file's path in the table.
    fn path<'p>(&self, location: &'p Path) -> Result<&'p str> {
        let inside = location.as_ref().strip_prefix(self.root.as_ref());
        match inside.and_then(|path| path.strip_prefix('/')) {
            Some(path) => Ok(path),
            None => Err(not_found(location, RemoteError::NotFound)),
        }
    }

    fn described(&self, object: &RemoteObject) -> Option<ObjectMeta> {
        let path = object.key.strip_prefix(&self.table.remote.prefix)?;
        let modified = date64_to_datetime(object.modified.as_micros() / 1000)?;
        Some(ObjectMeta {
            location: Path::from(format!("{}/{path}", self.root)),
            last_modified: modified.and_utc(),
            size: object.bytes,
            e_tag: None,
            version: None,
        })
    }

    /// What is in the folder `prefix` and behind `offset`.
    async fn listed(&self, prefix: Option<Path>, offset: Option<Path>) -> Result<Vec<ObjectMeta>> {
        let folder = match prefix {
            Some(prefix) if prefix != self.root => format!("{}/", self.path(&prefix)?),
            _ => String::new(),
        };
        let after = match &offset {
            Some(offset) => Some(self.table.key(self.path(offset)?)),
            None => None,
        };
        let objects = self.table.remote.objects.list(&self.table.key(&folder), after.as_deref()).await;
        let objects = objects.map_err(failed)?;
        Ok(objects.iter().filter_map(|object| self.described(object)).collect())
    }

    fn list_lazily(
        &self,
        prefix: Option<Path>,
        offset: Option<Path>,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        let store = self.clone();
        let listed =
            async move { store.listed(prefix, offset).await.map(|found| stream::iter(found).map(Ok)) };
        stream::once(listed).try_flatten().boxed()
    }

    async fn delete_one(&self, location: Path) -> Result<Path> {
        let path = self.path(&location)?;
        self.table.remote.objects.delete(&self.table.key(path)).await.map_err(failed)?;
        self.table.forget(path);
        Ok(location)
    }
}

fn failed(error: RemoteError) -> Error {
    Error::Generic { store: "RemoteStore", source: error.into() }
}

fn not_found(location: &Path, error: RemoteError) -> Error {
    Error::NotFound { path: location.to_string(), source: error.into() }
}

impl fmt::Display for RemoteStore {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("RemoteStore")
    }
}

#[async_trait]
impl ObjectStore for RemoteStore {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let (path, bytes) = (self.path(location)?, Bytes::from(payload));
        let (objects, key) = (&self.table.remote.objects, self.table.key(path));
        let put = match options.mode {
            PutMode::Overwrite => objects.put(&key, bytes.clone()).await,
            PutMode::Create => objects.create(&key, bytes.clone()).await,
            PutMode::Update(_) => {
                let (operation, implementer) = (String::from("put with PutMode::Update"), self.to_string());
                return Err(Error::NotImplemented { operation, implementer });
            }
        };
        match put {
            Ok(()) => self.table.copy_put(path, bytes).await,
            Err(error @ RemoteError::Exists) => {
                return Err(Error::AlreadyExists { path: location.to_string(), source: error.into() });
            }
            Err(error) => return Err(failed(error)),
        }
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        _options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Ok(Box::new(Upload::new(Arc::new(self.clone()), location.clone())))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let path = self.path(location)?;
        match self.table.ensure(path).await {
            Ok(()) => self.table.local.get_opts(location, options).await,
            Err(error @ RemoteError::NotFound) => Err(not_found(location, error)),
            Err(error) => Err(failed(error)),
        }
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let store = self.clone();
        let delete = move |location| {
            let store = store.clone();
            async move { store.delete_one(location).await }
        };
        locations.and_then(delete).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.list_lazily(prefix.cloned(), None)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.list_lazily(prefix.cloned(), Some(offset.clone()))
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let folder = prefix.unwrap_or(&self.root);
        let (mut objects, mut folders) = (Vec::new(), BTreeSet::new());
        for object in self.listed(prefix.cloned(), None).await? {
            let Some(mut parts) = object.location.prefix_match(folder) else { continue };
            match (parts.next(), parts.next()) {
                (Some(first), Some(_)) => drop(folders.insert(folder.clone().join(first))),
                _ => {
                    drop(parts);
                    objects.push(object);
                }
            }
        }
        Ok(ListResult { common_prefixes: folders.into_iter().collect(), objects })
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        let bytes = self.get(from).await?.bytes().await?;
        let mode = match options.mode {
            CopyMode::Create => PutMode::Create,
            CopyMode::Overwrite => PutMode::Overwrite,
        };
        self.put_opts(to, bytes.into(), PutOptions::from(mode)).await.map(drop)
    }
}
