//! A history whose files are written through a store that fails when it is told to.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::{MemoryLog, admit, event, options};
use crate::durable_store::DurableStore;
use crate::{Bodies, History, HistoryOptions, Lookup};
use async_trait::async_trait;
use deltalake::ObjectStore;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, PutMultipartOptions,
    PutOptions, PutPayload, PutResult, Result,
};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

/// A store whose next operations fail, as [`Faults`] say.
#[derive(Debug)]
pub(crate) struct FaultyStore {
    inner: DurableStore,
    faults: Mutex<Faults>,
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

impl FaultyStore {
    fn new() -> FaultyStore {
        FaultyStore { inner: DurableStore::new(), faults: Mutex::default() }
    }

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

    fn fault_of_write(&self, location: &Path) -> Option<Way> {
        let writes = self.faults().writes;
        let write = writes.filter(|Fault(_, part)| location.as_ref().contains(part));
        write.map(|Fault(way, _)| way).or_else(|| self.count())
    }

    fn fault_of_read(&self) -> Result<()> {
        match self.faults().reads || self.count().is_some() {
            true => Err(failed()),
            false => Ok(()),
        }
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
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        match self.fault_of_write(location) {
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
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.fault_of_read()?;
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        match self.count() {
            None => self.inner.delete_stream(locations),
            Some(_) => Box::pin(futures::stream::iter([Err(failed())])),
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

/// A history over a [`FaultyStore`].
pub(crate) struct FaultyRig {
    folder: tempfile::TempDir,
    pub(crate) log: Arc<MemoryLog>,
    pub(crate) store: Arc<FaultyStore>,
    pub(crate) history: History,
}

impl FaultyRig {
    pub(crate) async fn new() -> FaultyRig {
        let folder = tempfile::tempdir().unwrap();
        FaultyRig::open(folder, Arc::default()).await
    }

    async fn open(folder: tempfile::TempDir, log: Arc<MemoryLog>) -> FaultyRig {
        let store = Arc::new(FaultyStore::new());
        // Steps of a few rows, so that there are many.
        let options = HistoryOptions { step_rows: 4, ..options(folder.path()) };
        let bodies: Arc<dyn Bodies> = log.clone();
        let history = History::open_in(options, bodies, store.clone()).await.unwrap();
        FaultyRig { folder, log, store, history }
    }

    /// As after a crash: what is in memory is lost, and nothing fails any more.
    pub(crate) async fn crash(self) -> FaultyRig {
        let FaultyRig { folder, log, history, .. } = self;
        drop(history);
        let rig = FaultyRig::open(folder, log).await;
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
