#![allow(clippy::unwrap_used, reason = "tests")]

use super::{
    Drain, Event, EventQueue, TOGETHER_BYTES, TOLD_IN_A_ROW, Tell, UNTOLD_BYTES, UNTOLD_MAX, together,
};
use crate::journal::Journal;
use cairn_model::AccountId;
use cairn_store::catalog::Catalog;
use cairn_store::disk::LocalDisk;
use cairn_store::log::{Log, LogOptions};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVENT: &[u8] = br#"{"eventTime":"2026-03-01T08:04:11Z","eventSource":"s","eventName":"n"}"#;

fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

fn event(text: &[u8]) -> Event {
    Event { account: account(), text: text.to_vec() }
}

async fn journal(folder: &Path) -> Arc<Journal> {
    let (log, _) = Log::open(Arc::new(LocalDisk), LogOptions::new(folder.join("log"))).unwrap();
    let catalog = Catalog::open(&folder.join("catalog.db")).await.unwrap();
    Arc::new(Journal::new(log, catalog, CancellationToken::new()))
}

/// Writes what waits, and stops.
async fn drained(drain: Drain, journal: &Arc<Journal>) {
    let stop = CancellationToken::new();
    stop.cancel();
    drain.run(Arc::clone(journal), stop).await;
}

#[tokio::test]
async fn what_was_taken_is_written_before_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let (queue, drain) = EventQueue::new(1 << 20);
    for _ in 0..10 {
        queue.offer(event(EVENT));
    }
    drained(drain, &journal).await;
    assert_eq!(journal.log().stats().records, 10);
    assert_eq!((queue.bytes(), queue.dropped()), (0, 0));
}

#[tokio::test]
async fn what_comes_one_by_one_goes_into_the_log_together() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let (queue, drain) = EventQueue::new(1 << 20);
    let stop = CancellationToken::new();
    let running = tokio::spawn(drain.run(Arc::clone(&journal), stop.clone()));
    for _ in 0..10 {
        queue.offer(event(EVENT));
        tokio::task::yield_now().await;
    }
    while queue.bytes() > 0 {
        tokio::task::yield_now().await;
    }
    let stats = journal.log().stats();
    assert_eq!(stats.records, 10);
    // Two if this thread was held up for long.
    assert!(stats.commits < 10, "{} commits", stats.commits);
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn what_the_door_or_the_log_refuses_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    for _ in 0..2 {
        let (queue, drain) = EventQueue::new(1 << 20);
        for event in [EVENT, b"no event", EVENT] {
            queue.offer(self::event(event));
        }
        let was_open = journal.log().stats().records == 0;
        drained(drain, &journal).await;
        assert_eq!((queue.bytes(), queue.dropped()), (0, if was_open { 1 } else { 3 }));
        assert_eq!(journal.log().stats().records, 2);
        journal.log().clone().close().unwrap();
    }
}

#[test]
fn what_waits_goes_into_the_log_in_parts() {
    let waiting = |bytes: usize| Event { account: account(), text: vec![0; bytes] };
    assert_eq!(together(&[waiting(1), waiting(1)]), 2);
    assert_eq!(together(&[waiting(TOGETHER_BYTES), waiting(1)]), 1);
    assert_eq!(together(&[waiting(TOGETHER_BYTES + 1), waiting(1)]), 1);
}

#[test]
fn what_finds_no_room_is_counted() {
    let (queue, _drain) = EventQueue::new(2 * EVENT.len());
    for _ in 0..5 {
        queue.offer(event(EVENT));
    }
    assert_eq!((queue.bytes(), queue.dropped()), (2 * EVENT.len(), 3));
}

/// Tells an event, and counts that it did.
fn telling(told: &Arc<AtomicUsize>) -> Tell {
    let told = Arc::clone(told);
    Box::new(move || {
        told.fetch_add(1, Ordering::Relaxed);
        event(EVENT)
    })
}

#[tokio::test]
async fn what_is_still_untold_is_told_and_written_before_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let (queue, drain) = EventQueue::new(64 << 20);
    let told = Arc::default();
    for _ in 0..UNTOLD_MAX {
        queue.offer_untold(telling(&told));
    }
    queue.offer(event(EVENT));
    assert_eq!((told.load(Ordering::Relaxed), queue.bytes()), (0, UNTOLD_MAX * UNTOLD_BYTES + EVENT.len()));
    drained(drain, &journal).await;
    assert_eq!(told.load(Ordering::Relaxed), UNTOLD_MAX);
    assert_eq!(journal.log().stats().records, UNTOLD_MAX as u64 + 1);
    assert_eq!((queue.bytes(), queue.dropped()), (0, 0));
}

#[tokio::test]
async fn an_event_that_cannot_be_told_takes_no_other_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let (queue, drain) = EventQueue::new(1 << 20);
    let told = Arc::default();
    queue.offer_untold(telling(&told));
    queue.offer_untold(Box::new(|| panic!("a fault in what tells events")));
    queue.offer_untold(telling(&told));
    drained(drain, &journal).await;
    assert_eq!(journal.log().stats().records, 2);
    assert_eq!((queue.bytes(), queue.dropped()), (0, 1));
}

#[test]
fn when_many_are_untold_the_next_are_told_at_once() {
    let (queue, _drain) = EventQueue::new(64 << 20);
    let told = Arc::default();
    for _ in 0..UNTOLD_MAX + 5 {
        queue.offer_untold(telling(&told));
    }
    assert_eq!(told.load(Ordering::Relaxed), 5);
    assert_eq!(queue.bytes(), UNTOLD_MAX * UNTOLD_BYTES + 5 * EVENT.len());
}

#[test]
fn what_has_no_room_untold_is_told_at_once_and_may_have_room_then() {
    let (queue, _drain) = EventQueue::new(2 * EVENT.len());
    let told = Arc::default();
    for _ in 0..5 {
        queue.offer_untold(telling(&told));
    }
    assert_eq!(told.load(Ordering::Relaxed), 5);
    assert_eq!((queue.bytes(), queue.dropped()), (2 * EVENT.len(), 3));
}

#[tokio::test]
async fn the_drain_does_not_wait_to_the_end_when_enough_are_untold() {
    let (queue, drain) = EventQueue::new(64 << 20);
    let told = Arc::default();
    let is_enough = async |more: usize| {
        for _ in 0..more {
            queue.offer_untold(telling(&told));
        }
        tokio::time::timeout(Duration::ZERO, drain.shared.enough.notified()).await.is_ok()
    };
    assert!(!is_enough(TOLD_IN_A_ROW - 1).await);
    assert!(is_enough(1).await);
}
