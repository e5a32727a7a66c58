//! Commits whose writes fail, in both ways.

use crate::durable_store::DurableStore;
use crate::testing::{MemoryLog, event, everything, options};
use crate::{History, LakeError};
use async_trait::async_trait;
use cairn_model::Position;
use deltalake::ObjectStore;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, PutMultipartOptions,
    PutOptions, PutPayload, PutResult, Result,
};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

/// A store whose next writes of certain objects fail.
#[derive(Debug)]
struct FaultyStore {
    inner: DurableStore,
    fault: Mutex<Option<Fault>>,
    reads_fail: AtomicBool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// Nothing was written.
    NotDone(&'static str),
    /// It was written, but reported failed.
    DoneAllTheSame(&'static str),
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
        let fault = *self.fault.lock().unwrap();
        match fault {
            Some(Fault::NotDone(part)) if location.as_ref().contains(part) => Err(failed()),
            Some(Fault::DoneAllTheSame(part)) if location.as_ref().contains(part) => {
                self.inner.put_opts(location, payload, options).await?;
                Err(failed())
            }
            _ => self.inner.put_opts(location, payload, options).await,
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
        match self.reads_fail.load(Relaxed) {
            true => Err(failed()),
            false => self.inner.get_opts(location, options).await,
        }
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
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

struct FaultyRig {
    _folder: tempfile::TempDir,
    log: Arc<MemoryLog>,
    store: Arc<FaultyStore>,
    history: History,
}

async fn rig() -> FaultyRig {
    let folder = tempfile::tempdir().unwrap();
    let log = Arc::new(MemoryLog::default());
    let store = Arc::new(FaultyStore {
        inner: DurableStore::new(),
        fault: Mutex::default(),
        reads_fail: AtomicBool::default(),
    });
    let history = History::open_in(options(folder.path()), log.clone(), store.clone());
    let history = history.await.unwrap();
    FaultyRig { _folder: folder, log, store, history }
}

impl FaultyRig {
    fn add(&self, second: u32) {
        self.log.add(&crate::testing::admit(&event(second, "A", "")));
        self.log.feed(&self.history);
    }

    fn set(&self, fault: Option<Fault>) {
        *self.store.fault.lock().unwrap() = fault;
    }

    async fn check(&self, events: usize) {
        let page = self.history.lookup(everything()).await.unwrap();
        assert_eq!(page.events.len(), events);
    }
}

#[tokio::test]
async fn a_commit_that_failed_is_made_again_and_no_event_is_lost() {
    let rig = rig().await;
    rig.add(1);
    for part in [".parquet", "_delta_log"] {
        rig.set(Some(Fault::NotDone(part)));
        assert!(matches!(rig.history.commit().await, Err(LakeError::Table(_))));
        assert_eq!(rig.history.committed(), Position::ZERO);
        rig.check(1).await;
    }
    rig.add(2);
    rig.set(None);
    assert_eq!(rig.history.commit().await.unwrap(), rig.log.end());
    rig.check(2).await;
    assert_eq!(rig.history.stats().table_rows, 2);
}

#[tokio::test]
async fn a_commit_that_was_made_but_reported_failed_counts_as_made() {
    let rig = rig().await;
    rig.add(1);
    rig.set(Some(Fault::DoneAllTheSame("_delta_log")));
    assert_eq!(rig.history.commit().await.unwrap(), rig.log.end());
    rig.set(None);
    rig.add(2);
    assert_eq!(rig.history.commit().await.unwrap(), rig.log.end());
    rig.check(2).await;
    assert_eq!(rig.history.stats().table_rows, 2);
}

#[tokio::test]
async fn an_unknown_commit_is_found_out_about_before_the_next_one() {
    for fault in [Fault::DoneAllTheSame("_delta_log"), Fault::NotDone("_delta_log")] {
        let rig = rig().await;
        rig.add(1);
        rig.set(Some(fault));
        rig.store.reads_fail.store(true, Relaxed);
        assert!(rig.history.commit().await.is_err());
        rig.check(1).await;
        rig.add(2);
        assert!(rig.history.commit().await.is_err());
        rig.check(2).await;
        rig.store.reads_fail.store(false, Relaxed);
        rig.set(None);
        assert_eq!(rig.history.commit().await.unwrap(), rig.log.end());
        rig.check(2).await;
        let stats = rig.history.stats();
        assert_eq!((stats.table_rows, stats.tail_rows, stats.duplicates), (2, 0, 0));
    }
}
