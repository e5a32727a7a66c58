//! A history whose files are written through a store that fails when it is told to.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::objects::MemoryObjects;
use super::{MemoryLog, admit, event, options};
use crate::durable_store::DurableStore;
use crate::{Bodies, History, HistoryOptions, Lookup, Remote, RemoteError, RemoteObject, RemoteObjects};
use async_trait::async_trait;
use bytes::Bytes;
use deltalake::ObjectStore;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, PutMultipartOptions,
    PutOptions, PutPayload, PutResult, Result as StoreResult,
};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

/// Where a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Folder,
    Bucket,
}

pub(crate) const PLACES: [Place; 2] = [Place::Folder, Place::Bucket];

/// Has the next operations fail, as [`Faults`] say.
#[derive(Debug, Default)]
pub(crate) struct Saboteur {
    faults: Mutex<Faults>,
}

/// A folder that fails.
#[derive(Debug)]
struct FaultyStore {
    inner: DurableStore,
    saboteur: Arc<Saboteur>,
}

/// A bucket that fails.
struct FaultyObjects {
    inner: Arc<MemoryObjects>,
    saboteur: Arc<Saboteur>,
}

/// What fails.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    /// Every write of certain objects.
    pub(crate) writes: Option<Fault>,
    /// Every read.
    pub(crate) reads: bool,
    /// The operation after so many others, and no other.
    pub(crate) once: Option<(usize, Way)>,
}

/// A failing write of objects with this in their path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fault(pub(crate) Way, pub(crate) &'static str);

/// How a write fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    /// Nothing was done.
    NotDone,
    /// It was done, but reported failed.
    DoneAllTheSame,
}

impl Saboteur {
    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap()
    }

    /// Counts an operation; how it is to fail, if it is.
    fn count(&self) -> Option<Way> {
        let mut faults = self.faults();
        let (left, way) = faults.once?;
        faults.once = left.checked_sub(1).map(|left| (left, way));
        (left == 0).then_some(way)
    }

    fn fault_of_write(&self, path: &str) -> Option<Way> {
        let writes = self.faults().writes;
        let write = writes.filter(|Fault(_, part)| path.contains(part));
        write.map(|Fault(way, _)| way).or_else(|| self.count())
    }

    fn fails_read(&self) -> bool {
        self.faults().reads || self.count().is_some()
    }
}

impl fmt::Display for FaultyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FaultyStore")
    }
}

fn failed() -> Error {
    Error::Generic { store: "FaultyStore", source: "injected".into() }
}

#[async_trait]
impl ObjectStore for FaultyStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> StoreResult<PutResult> {
        match self.saboteur.fault_of_write(location.as_ref()) {
            None => self.inner.put_opts(location, payload, options).await,
            Some(Way::NotDone) => Err(failed()),
            Some(Way::DoneAllTheSame) => {
                self.inner.put_opts(location, payload, options).await?;
                Err(failed())
            }
        }
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> StoreResult<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> StoreResult<GetResult> {
        if self.saboteur.fails_read() {
            return Err(failed());
        }
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, StoreResult<Path>>,
    ) -> BoxStream<'static, StoreResult<Path>> {
        match self.saboteur.count() {
            None => self.inner.delete_stream(locations),
            Some(_) => Box::pin(futures::stream::iter([Err(failed())])),
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, StoreResult<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> StoreResult<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> StoreResult<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

#[async_trait]
impl RemoteObjects for FaultyObjects {
    async fn put(&self, key: &str, bytes: Bytes) -> Result<(), RemoteError> {
        self.write(key, self.inner.put(key, bytes)).await
    }

    async fn create(&self, key: &str, bytes: Bytes) -> Result<(), RemoteError> {
        self.write(key, self.inner.create(key, bytes)).await
    }

    async fn get(&self, key: &str) -> Result<Bytes, RemoteError> {
        match self.saboteur.fails_read() {
            true => Err(RemoteError::Failed("injected".into())),
            false => self.inner.get(key).await,
        }
    }

    async fn list(&self, prefix: &str, after: Option<&str>) -> Result<Vec<RemoteObject>, RemoteError> {
        self.inner.list(prefix, after).await
    }

    async fn delete(&self, key: &str) -> Result<(), RemoteError> {
        match self.saboteur.count() {
            None => self.inner.delete(key).await,
            Some(Way::NotDone) => Err(RemoteError::Failed("injected".into())),
            Some(Way::DoneAllTheSame) => {
                self.inner.delete(key).await?;
                Err(RemoteError::Failed("injected".into()))
            }
        }
    }
}

impl FaultyObjects {
    async fn write(
        &self,
        key: &str,
        write: impl Future<Output = Result<(), RemoteError>>,
    ) -> Result<(), RemoteError> {
        match self.saboteur.fault_of_write(key) {
            None => write.await,
            Some(Way::NotDone) => Err(RemoteError::Failed("injected".into())),
            Some(Way::DoneAllTheSame) => {
                write.await?;
                Err(RemoteError::Failed("injected".into()))
            }
        }
    }
}

/// A history whose files a [`Saboteur`] has its hands on.
pub(crate) struct FaultyRig {
    folder: tempfile::TempDir,
    place: Place,
    bucket: Arc<MemoryObjects>,
    pub(crate) log: Arc<MemoryLog>,
    pub(crate) store: Arc<Saboteur>,
    pub(crate) history: History,
}

impl FaultyRig {
    pub(crate) async fn new(place: Place) -> FaultyRig {
        let folder = tempfile::tempdir().unwrap();
        FaultyRig::open(folder, place, Arc::default(), Arc::default()).await
    }

    async fn open(
        folder: tempfile::TempDir,
        place: Place,
        bucket: Arc<MemoryObjects>,
        log: Arc<MemoryLog>,
    ) -> FaultyRig {
        let store = Arc::new(Saboteur::default());
        // Steps of a few rows, so that there are many.
        let options = HistoryOptions { step_rows: 4, ..options(folder.path()) };
        let bodies: Arc<dyn Bodies> = log.clone();
        let history = match place {
            Place::Folder => {
                let store = FaultyStore { inner: DurableStore::new(), saboteur: store.clone() };
                History::open_in(options, bodies, Arc::new(store)).await
            }
            Place::Bucket => {
                let objects = FaultyObjects { inner: bucket.clone(), saboteur: store.clone() };
                // Next to nothing is kept, so that files are fetched.
                let remote =
                    Remote { objects: Arc::new(objects), prefix: "lake/history/".into(), copies_bytes: 1 };
                History::open(HistoryOptions { remote: Some(remote), ..options }, bodies).await
            }
        };
        FaultyRig { folder, place, bucket, log, store, history: history.unwrap() }
    }

    /// As after a crash: what is in memory is lost, and nothing fails any more.
    pub(crate) async fn crash(self) -> FaultyRig {
        let FaultyRig { folder, place, bucket, log, history, .. } = self;
        drop(history);
        let rig = FaultyRig::open(folder, place, bucket, log).await;
        rig.log.feed(&rig.history);
        rig
    }

    pub(crate) fn add(&self, second: u32) {
        self.log.add(&admit(&event(second, "A", "")));
        self.log.feed(&self.history);
    }

    /// That look-ups find so many events, each once.
    pub(crate) async fn check(&self, events: usize) {
        let lookup = Lookup { limit: 1_000, ..super::everything() };
        let page = self.history.lookup(lookup).await.unwrap();
        let mut positions: Vec<_> = page.events.iter().map(|found| found.position).collect();
        positions.sort_unstable();
        positions.dedup();
        assert_eq!((page.events.len(), positions.len()), (events, events));
    }
}
