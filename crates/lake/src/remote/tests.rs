#![allow(clippy::unwrap_used, reason = "tests")]
use super::{Remote, RemoteError, RemoteObject, RemoteObjects};
use crate::testing::objects::MemoryObjects;
use crate::testing::{MemoryLog, admit, event, everything, options};
use crate::{Bodies, History, HistoryOptions, Lookup};
use async_trait::async_trait;
use bytes::Bytes;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

const PREFIX: &str = "lake/history/";

async fn open(
    folder: &Path,
    objects: Arc<dyn RemoteObjects>,
    log: &Arc<MemoryLog>,
    copies_bytes: u64,
) -> History {
    let remote = Remote { objects, prefix: PREFIX.to_owned(), copies_bytes };
    let options = HistoryOptions { remote: Some(remote), ..options(folder) };
    let bodies: Arc<dyn Bodies> = log.clone();
    let history = History::open(options, bodies).await.unwrap();
    log.feed(&history);
    history
}

async fn commit(history: &History, log: &MemoryLog, seconds: std::ops::Range<u32>) {
    for second in seconds {
        log.add(&admit(&event(second, "A", "")));
    }
    log.feed(history);
    history.commit().await.unwrap();
}

async fn found(history: &History) -> usize {
    let lookup = Lookup { limit: 1_000, ..everything() };
    history.lookup(lookup).await.unwrap().events.len()
}

/// The data files that a folder has.
fn copies(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for day in folder.join("lake/history").read_dir().unwrap().map(Result::unwrap) {
        let is_day = day.file_name().to_string_lossy().starts_with("kept_day=");
        if is_day {
            found.extend(day.path().read_dir().unwrap().map(|file| file.unwrap().file_name()));
        }
    }
    found.into_iter().map(|name| name.to_string_lossy().into_owned()).collect()
}

#[tokio::test]
async fn a_table_in_a_bucket_is_whole_without_its_folder() {
    let (log, objects) = (Arc::<MemoryLog>::default(), Arc::<MemoryObjects>::default());
    let folder = tempfile::tempdir().unwrap();
    let history = open(folder.path(), objects.clone(), &log, 1 << 20).await;
    commit(&history, &log, 0..3).await;
    commit(&history, &log, 3..5).await;
    drop(history);
    assert!(objects.keys().iter().all(|key| key.starts_with(PREFIX)));

    let elsewhere = tempfile::tempdir().unwrap();
    let history = open(elsewhere.path(), objects, &log, 1 << 20).await;
    assert_eq!(history.committed(), log.end());
    assert_eq!(history.stats().table_rows, 5);
    assert!(copies(elsewhere.path()).is_empty(), "nothing is fetched before it is read");
    assert_eq!(found(&history).await, 5);
    assert_eq!(copies(elsewhere.path()).len(), 2);
}

#[tokio::test]
async fn a_folder_keeps_no_more_copies_than_it_may_and_reads_all_the_same() {
    let (log, objects) = (Arc::<MemoryLog>::default(), Arc::<MemoryObjects>::default());
    let folder = tempfile::tempdir().unwrap();
    let history = open(folder.path(), objects.clone(), &log, 1).await;
    for number in 0..4 {
        commit(&history, &log, number..number + 1).await;
    }
    assert_eq!(found(&history).await, 4);
    assert_eq!(copies(folder.path()).len(), 1);

    let frozen = history.freeze().await.unwrap();
    assert_eq!(found(&history).await, 4);
    assert!(frozen.files().iter().all(|file| frozen.dir().join(file).is_file()), "a backup finds all");
    drop(frozen);
    commit(&history, &log, 4..5).await;
    assert_eq!(copies(folder.path()).len(), 1);
    drop(history);

    std::fs::write(folder.path().join("lake/history/kept_day=2026-03-01/x.parquet#1"), "half").unwrap();
    let history = open(folder.path(), objects, &log, 1 << 20).await;
    assert_eq!(copies(folder.path()).len(), 1, "what a crash left of a copy is gone");
    assert_eq!(found(&history).await, 5);
    assert_eq!(copies(folder.path()).len(), 5);
}

#[tokio::test]
async fn what_was_joined_leaves_the_bucket_and_the_folder() {
    let (log, objects) = (Arc::<MemoryLog>::default(), Arc::<MemoryObjects>::default());
    let folder = tempfile::tempdir().unwrap();
    let history = open(folder.path(), objects.clone(), &log, 1 << 20).await;
    for number in 0..8 {
        commit(&history, &log, number..number + 1).await;
    }
    let now = everything().now;
    while history.maintain(now).await.unwrap().has_more {}
    history.maintain(now.plus(crate::maintain::DELETED_AFTER)).await.unwrap();
    let data =
        objects.keys().into_iter().filter(|key| key.ends_with(".parquet") && !key.contains("_delta_log"));
    assert_eq!(data.count(), 1);
    assert_eq!(copies(folder.path()).len(), 1);
    assert_eq!(found(&history).await, 8);
}

/// A bucket whose server answers nothing to one put, and carries it out later.
#[derive(Default)]
struct LateObjects {
    inner: MemoryObjects,
    is_late: AtomicBool,
    late: Mutex<Option<(String, Bytes)>>,
}

impl LateObjects {
    async fn carry_out(&self) -> Result<(), RemoteError> {
        let late = self.late.lock().unwrap().take();
        let (key, bytes) = late.unwrap();
        self.inner.create(&key, bytes).await
    }
}

#[async_trait]
impl RemoteObjects for LateObjects {
    async fn put(&self, key: &str, bytes: Bytes) -> Result<(), RemoteError> {
        self.inner.put(key, bytes).await
    }

    async fn create(&self, key: &str, bytes: Bytes) -> Result<(), RemoteError> {
        if self.is_late.swap(false, SeqCst) {
            *self.late.lock().unwrap() = Some((key.to_owned(), bytes));
            return Err(RemoteError::Failed("no answer".into()));
        }
        self.inner.create(key, bytes).await
    }

    async fn get(&self, key: &str) -> Result<Bytes, RemoteError> {
        self.inner.get(key).await
    }

    async fn list(&self, prefix: &str, after: Option<&str>) -> Result<Vec<RemoteObject>, RemoteError> {
        self.inner.list(prefix, after).await
    }

    async fn delete(&self, key: &str) -> Result<(), RemoteError> {
        self.inner.delete(key).await
    }
}

#[tokio::test]
async fn a_commit_that_takes_effect_after_it_was_given_up_is_in_the_table_once() {
    for comes_before_the_next in [true, false] {
        let (log, objects) = (Arc::<MemoryLog>::default(), Arc::<LateObjects>::default());
        let folder = tempfile::tempdir().unwrap();
        let history = open(folder.path(), objects.clone(), &log, 1 << 20).await;
        log.add(&admit(&event(1, "A", "")));
        log.feed(&history);
        objects.is_late.store(true, SeqCst);
        assert!(history.commit().await.is_err());
        log.add(&admit(&event(2, "A", "")));
        log.feed(&history);
        if comes_before_the_next {
            objects.carry_out().await.unwrap();
            // It finds its number taken, and then what has it.
            let _ = history.commit().await;
        }
        assert_eq!(history.commit().await.unwrap(), log.end());
        if !comes_before_the_next {
            assert_eq!(objects.carry_out().await, Err(RemoteError::Exists));
        }
        assert_eq!((found(&history).await, history.stats().table_rows), (2, 2));
        drop(history);
        let history = open(folder.path(), objects.clone(), &log, 1 << 20).await;
        assert_eq!((found(&history).await, history.stats().table_rows), (2, 2));
    }
}
