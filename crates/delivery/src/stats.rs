//! Figures for metrics.

use crate::delivery::{Delivery, Inner, lock};
use crate::error::DeliveryError;
use cairn_model::{Position, Timestamp};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Figures for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryStats {
    /// All records below are applied.
    pub applied: Position,
    /// All records below are in the outbox or beyond it.
    pub saved: Position,
    /// Memory of events that wait for a cut, in bytes.
    pub buffered_bytes: u64,
    /// Objects that wait for their buckets.
    pub outbox_objects: u64,
    /// Their compressed bytes.
    pub outbox_bytes: u64,
    /// When the oldest of them was made.
    pub outbox_oldest: Option<Timestamp>,
    /// Objects delivered since the start.
    pub delivered: u64,
    /// Attempts to deliver an object that failed since the start.
    pub failed_attempts: u64,
    /// Objects given up after 30 days, since the start.
    pub given_up: u64,
    /// Events that trails skipped since the start, each counted once for every trail: gaps tell of them.
    pub skipped_events: u64,
}

/// Counted since the start.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) delivered: AtomicU64,
    pub(crate) failed_attempts: AtomicU64,
    pub(crate) given_up: AtomicU64,
    pub(crate) skipped: AtomicU64,
}

/// What waits in the outbox, as of the last look.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    objects: u64,
    bytes: u64,
    oldest: Option<Timestamp>,
}

impl Delivery {
    /// Figures for metrics.
    pub fn stats(&self) -> DeliveryStats {
        let inner = &**self.shared();
        let (applied, saved, buffered_bytes) = {
            let reader = lock(&inner.reader);
            (reader.next(), reader.saved(), reader.waiting_bytes())
        };
        let totals = *lock(&inner.totals);
        DeliveryStats {
            applied,
            saved,
            buffered_bytes: buffered_bytes as u64,
            outbox_objects: totals.objects,
            outbox_bytes: totals.bytes,
            outbox_oldest: totals.oldest,
            delivered: inner.counters.delivered.load(Relaxed),
            failed_attempts: inner.counters.failed_attempts.load(Relaxed),
            given_up: inner.counters.given_up.load(Relaxed),
            skipped_events: inner.counters.skipped.load(Relaxed),
        }
    }
}

impl Inner {
    /// Looks at what waits in the outbox.
    pub(crate) async fn refresh_totals(&self) -> Result<(), DeliveryError> {
        let usage = self.outbox.usage().await?;
        let oldest = self.outbox.oldest().await?;
        *lock(&self.totals) = Totals { objects: usage.objects, bytes: usage.bytes, oldest };
        Ok(())
    }
}
