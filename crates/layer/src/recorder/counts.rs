//! What became of events.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::sync::watch;

/// What became of the events so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Taken into the queue.
    pub queued: u64,
    /// On the server's disk.
    pub acknowledged: u64,
    /// Not taken by the server, one by one: a fault of this crate or of a `Call`.
    pub refused: u64,
    /// Dropped, because no room was left.
    pub dropped: u64,
    /// Lost, because the last recorder went while the server could not be reached.
    pub lost: u64,
    /// Attempts to post that failed; each is repeated.
    pub failed_attempts: u64,
}

impl Counts {
    /// How many events are queued or on their way.
    pub fn waiting(&self) -> u64 {
        self.queued.saturating_sub(self.settled())
    }

    /// How many events of the queue need no more work.
    pub(super) fn settled(&self) -> u64 {
        self.acknowledged + self.refused + self.lost
    }
}

/// Counting in progress.
#[derive(Debug, Default)]
pub(super) struct Tally {
    queued: AtomicU64,
    acknowledged: AtomicU64,
    refused: AtomicU64,
    dropped: AtomicU64,
    lost: AtomicU64,
    failed_attempts: AtomicU64,
    is_failing: AtomicBool,
    /// Told whenever something is settled.
    settled: watch::Sender<()>,
}

impl Tally {
    pub(super) fn counts(&self) -> Counts {
        let read = |count: &AtomicU64| count.load(Ordering::Acquire);
        // What is settled is read before what was queued, so that never more is settled than was queued.
        let counts = Counts {
            queued: 0,
            acknowledged: read(&self.acknowledged),
            refused: read(&self.refused),
            dropped: read(&self.dropped),
            lost: read(&self.lost),
            failed_attempts: read(&self.failed_attempts),
        };
        Counts { queued: read(&self.queued), ..counts }
    }

    pub(super) fn queue(&self) {
        self.queued.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn drop_one(&self) {
        self.dropped.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn lose(&self, events: u64) {
        self.lost.fetch_add(events, Ordering::AcqRel);
        self.settled.send_replace(());
    }

    pub(super) fn settle(&self, acknowledged: u64, refused: u64) {
        self.acknowledged.fetch_add(acknowledged, Ordering::AcqRel);
        self.refused.fetch_add(refused, Ordering::AcqRel);
        self.is_failing.store(false, Ordering::Release);
        self.settled.send_replace(());
    }

    pub(super) fn fail(&self) {
        self.failed_attempts.fetch_add(1, Ordering::AcqRel);
        self.is_failing.store(true, Ordering::Release);
    }

    pub(super) fn is_failing(&self) -> bool {
        self.is_failing.load(Ordering::Acquire)
    }

    /// Returns when so many events are settled; they are settled in the order in which they were queued.
    pub(super) async fn settled(&self, target: u64) {
        let mut changes = self.settled.subscribe();
        while self.counts().settled() < target {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }
}
