#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Intents, Owed};
use crate::journal::{Journal, JournalError, replay};
use cairn_model::{AccountId, Field, Record};
use cairn_store::catalog::Catalog;
use cairn_store::disk::{Disk, DiskFile, LocalDisk};
use cairn_store::log::{AppendError, Log, LogOptions};
use std::io::{self, IoSlice};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

async fn start(folder: &Path) -> (Journal, Intents) {
    start_with(folder, LogOptions::new(folder.join("log"))).await
}

async fn start_with(folder: &Path, options: LogOptions) -> (Journal, Intents) {
    let disk = Arc::new(LocalDisk);
    let (log, _) = Log::open(disk.clone(), options).unwrap();
    let catalog = Catalog::open(&folder.join("catalog.db")).await.unwrap();
    replay(&log, &catalog, None).await.unwrap();
    let journal = Journal::new(log, catalog, CancellationToken::new());
    let intents = Intents::open(disk, folder.join("intents"), &journal).await.unwrap();
    (journal, intents)
}

fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

fn event(id: Uuid, code: &str) -> Vec<u8> {
    let text = serde_json::json!({
        "eventTime": "2026-03-01T08:04:11Z", "eventSource": "s", "eventName": "n", "eventID": id, "errorCode": code,
    });
    text.to_string().into_bytes()
}

/// Event ids and error codes of the log.
fn recorded(journal: &Journal) -> Vec<(Uuid, String)> {
    let mut reader = journal.log().reader(journal.log().first()).unwrap();
    let mut found = Vec::new();
    while let Some(chunk) = reader.next(1 << 20).unwrap() {
        for (_, payload) in chunk.iter() {
            let event = Record::decode(payload).unwrap().event();
            let text = |field| event.string(field).unwrap_or_default().into_owned();
            found.push((text(Field::EventId).parse().unwrap(), text(Field::ErrorCode)));
        }
    }
    found
}

#[tokio::test]
async fn an_intent_without_an_outcome_becomes_one_event_however_often_cairn_starts() {
    let folder = tempfile::tempdir().unwrap();
    let id = Uuid::from_u128(7);
    {
        let (journal, intents) = start(folder.path()).await;
        intents.begin(id, account(), &event(id, "OutcomeUnknown"), &journal).await.unwrap();
        assert_eq!(intents.floor(), Some(journal.log().committed()));
    }
    for _ in 0..3 {
        let (journal, _) = start(folder.path()).await;
        assert_eq!(recorded(&journal), [(id, "OutcomeUnknown".to_owned())]);
    }
}

#[tokio::test]
async fn an_intent_whose_outcome_is_on_the_record_becomes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (closed, unclosed) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let expected = [(closed, "Done".to_owned()), (unclosed, "Done".to_owned())];
    {
        let (journal, intents) = start(folder.path()).await;
        for id in [closed, unclosed] {
            intents.begin(id, account(), &event(id, "OutcomeUnknown"), &journal).await.unwrap();
            journal.record(account(), &event(id, "Done")).await.unwrap();
        }
        // A crash comes before the other one is closed.
        intents.end(closed);
    }
    for _ in 0..2 {
        let (journal, _) = start(folder.path()).await;
        assert_eq!(recorded(&journal), expected);
    }
}

#[tokio::test]
async fn an_intent_that_the_door_refuses_stops_no_start_and_is_told_of_once() {
    let folder = tempfile::tempdir().unwrap();
    let ids = [Uuid::from_u128(1), Uuid::from_u128(2)];
    {
        let (journal, intents) = start(folder.path()).await;
        let nameless =
            format!(r#"{{"eventTime":"2026-03-01T08:04:11Z","errorCode":"X","eventID":"{}"}}"#, ids[0]);
        intents.begin(ids[0], account(), nameless.as_bytes(), &journal).await.unwrap();
        intents.begin(ids[1], account(), b"no event", &journal).await.unwrap();
    }
    for _ in 0..3 {
        let (journal, intents) = start(folder.path()).await;
        let mut found: Vec<_> = recorded(&journal).into_iter().map(|(id, _)| id).collect();
        found.sort();
        assert_eq!(found, ids);
        intents.log.clone().close().unwrap();
        assert_eq!(intents.floor(), None);
    }
}

#[tokio::test]
async fn a_log_that_takes_nothing_stops_no_start_and_gets_the_event_later() {
    let folder = tempfile::tempdir().unwrap();
    let id = Uuid::from_u128(7);
    {
        let (journal, intents) = start(folder.path()).await;
        intents.begin(id, account(), &event(id, "OutcomeUnknown"), &journal).await.unwrap();
    }
    {
        let too_small = LogOptions { queue_bytes: 64, ..LogOptions::new(folder.path().join("log")) };
        let (journal, intents) = start_with(folder.path(), too_small).await;
        assert_eq!(recorded(&journal), []);
        assert!(intents.floor().is_some());
    }
    let (journal, _) = start(folder.path()).await;
    assert_eq!(recorded(&journal), [(id, "OutcomeUnknown".to_owned())]);
}

#[tokio::test]
async fn an_outcome_that_could_not_be_recorded_is_tried_again_until_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let id = Uuid::from_u128(7);
    let (journal, intents) = start(folder.path()).await;
    intents.begin(id, account(), &event(id, "OutcomeUnknown"), &journal).await.unwrap();
    let owed = Owed { account: account(), event: event(id, "Done"), changes: Vec::new() };
    intents.owe(id, owed, &JournalError::Append(AppendError::Busy));
    for _ in 0..3 {
        intents.tidy(&journal).await;
    }
    assert_eq!(recorded(&journal), [(id, "Done".to_owned())]);
    intents.log.clone().close().unwrap();
    assert_eq!(intents.floor(), None);
}

/// A disk on which syncs fail once that is asked for.
#[derive(Clone, Default)]
struct Failing(Arc<AtomicBool>);

struct FailingFile(Arc<dyn DiskFile>, Failing);

impl Disk for Failing {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(FailingFile(LocalDisk.create(path)?, self.clone())))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(FailingFile(LocalDisk.open(path)?, self.clone())))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        LocalDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        LocalDisk.remove(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        LocalDisk.create_folder(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        LocalDisk.list(folder)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        LocalDisk.sync_folder(folder)
    }

    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        LocalDisk.free_bytes(folder)
    }

    fn is_private(&self, path: &Path) -> io::Result<bool> {
        LocalDisk.is_private(path)
    }
}

impl DiskFile for FailingFile {
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(into, offset)
    }

    fn write_at(&self, from: &[IoSlice<'_>], offset: u64) -> io::Result<usize> {
        self.0.write_at(from, offset)
    }

    fn allocate(&self, len: u64) -> io::Result<()> {
        self.0.allocate(len)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn sync_data(&self) -> io::Result<()> {
        match self.1.0.load(Ordering::Relaxed) {
            true => Err(io::Error::other("the disk fails")),
            false => self.0.sync_data(),
        }
    }
}

/// Intents on a disk that begins to fail when one is begun or, later, when it is closed.
async fn failing_intents(folder: &Path, fails_later: bool) -> Journal {
    let (journal, _) = start(folder).await;
    let disk = Failing::default();
    let intents = Intents::open(Arc::new(disk.clone()), folder.join("failing"), &journal).await.unwrap();
    let id = Uuid::from_u128(7);
    if fails_later {
        intents.begin(id, account(), b"{}", &journal).await.unwrap();
        disk.0.store(true, Ordering::Relaxed);
        intents.end(id);
        // Waits until the closing has been tried.
        let _ = intents.log.clone().close();
    } else {
        disk.0.store(true, Ordering::Relaxed);
        let begun = intents.begin(id, account(), b"{}", &journal).await;
        assert!(matches!(begun, Err(AppendError::Fatal(_))));
    }
    journal
}

#[tokio::test]
async fn a_disk_that_keeps_no_intent_ends_the_process() {
    for fails_later in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let journal = failing_intents(folder.path(), fails_later).await;
        assert!(journal.fatal().is_cancelled(), "{fails_later}");
    }
}
