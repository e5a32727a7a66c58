//! The reader of the log for all trails: what it has applied, and what of it waits for a cut.

mod account;
mod aggregating;
mod buffer;
mod cut;
mod following;
mod gathering;
mod global;
mod group;
mod regions;
mod texts;
mod view;

pub(crate) use cut::{Cut, CutFile, Recipient};
pub(crate) use following::Follower;
pub(crate) use texts::Texts;
pub(crate) use view::{Generation, GenerationId, StoredTrail, View, ViewUpdate};

use crate::error::DeliveryError;
use crate::gaps::tells_of_gap;
use crate::options::DeliveryOptions;
use account::{OfferTo, Offered, Sink, Takers};
use buffer::Buffer;
use cairn_model::{Event, Origin, Position, Record, Timestamp};
use cut::merge_equal;
use regions::region_of;
use std::sync::Arc;
use std::time::Duration;

/// How long the saved position may stay behind while nothing matches: the log is kept from there on.
const POSITION_EVERY: Duration = Duration::from_secs(10);

/// How many bytes of the log it may stay behind meanwhile: a segment's. Imports are of this kind, and fast.
const POSITION_BYTES: u64 = 64 << 20;

/// Half of the memory filled within this time is haste.
const HASTE: Duration = Duration::from_secs(2);

/// All of it is in memory; [`View`] comes from the outbox and goes back to it with each cut.
pub(crate) struct Reader {
    options: DeliveryOptions,
    view: View,
    buffer: Buffer,
    /// Memory of the cut that was taken and is not saved yet.
    cutting_bytes: usize,
    /// When the oldest event in memory was applied.
    waiting_since: Option<Timestamp>,
    /// A trail stopped, so its last files and its last digest are due at once.
    cut_at_once: bool,
    /// All records below are applied.
    next: Position,
    /// All records below were taken by a cut.
    taken: Position,
    /// All records below are in the outbox.
    saved: Position,
    saved_at: Option<Timestamp>,
    must_reload: bool,
}

/// How much of the memory for texts is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Memory {
    /// There is room.
    Free,
    /// A cut should be made while reading goes on.
    HalfUsed,
    /// A cut must be made before reading goes on.
    Used,
}

impl Reader {
    pub(crate) fn new(options: DeliveryOptions, view: View, position: Position) -> Reader {
        Reader {
            options,
            view,
            buffer: Buffer::default(),
            cutting_bytes: 0,
            waiting_since: None,
            cut_at_once: false,
            next: position,
            taken: position,
            saved: position,
            saved_at: None,
            must_reload: false,
        }
    }

    /// The trails and keys as of [`Reader::next`].
    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    /// All records below are applied.
    pub(crate) fn next(&self) -> Position {
        self.next
    }

    /// All records below are in the outbox.
    pub(crate) fn saved(&self) -> Position {
        self.saved
    }

    /// Memory of events that wait for a cut, in bytes.
    pub(crate) fn waiting_bytes(&self) -> usize {
        self.buffer.bytes()
    }

    /// How much memory is in use. A cut that is being written counts, so half of the memory starts one.
    pub(crate) fn memory(&self) -> Memory {
        let waiting = self.waiting_bytes();
        if waiting + self.cutting_bytes >= self.options.limits.buffered_bytes {
            Memory::Used
        } else if self.is_half_full() {
            Memory::HalfUsed
        } else {
            Memory::Free
        }
    }

    fn is_half_full(&self) -> bool {
        self.waiting_bytes() >= self.options.limits.buffered_bytes / 2
    }

    /// From now on only a reload helps: memory and outbox may differ.
    pub(crate) fn require_reload(&mut self) {
        self.must_reload = true;
    }

    /// Fails if only a reload helps.
    pub(crate) fn check(&self) -> Result<(), DeliveryError> {
        if self.must_reload {
            return Err(DeliveryError::MustReload);
        }
        Ok(())
    }

    /// Applies the record at `at`; see [`crate::Delivery::apply`].
    pub(crate) fn apply(
        &mut self,
        at: Position,
        record: &Record<'_>,
        next: Position,
        now: Timestamp,
    ) -> Result<(), DeliveryError> {
        self.check()?;
        if at < self.next {
            return Ok(());
        }
        if at > self.next {
            let expected = self.next;
            return Err(DeliveryError::OutOfOrder { at, expected });
        }
        let event = record.event();
        if record.has_changes() {
            let changes = record.changes();
            let changes = changes.map_err(|source| DeliveryError::Record { at, source })?;
            // A trail that the call stops still takes the call's event, and so does one that it starts.
            let mut taken = Takers::new();
            self.offer(&event, now, OfferTo::All(&mut taken));
            let changed = self.view.apply(changes, now, &self.options.limits, &mut self.buffer);
            self.cut_at_once |= changed.ended;
            let others = changed.trails.difference(&taken).cloned().collect();
            self.offer(&event, now, OfferTo::Only(&others));
        } else {
            self.offer(&event, now, OfferTo::AllUnnamed);
        }
        self.next = next;
        Ok(())
    }

    fn offer(&mut self, event: &Event<'_>, now: Timestamp, to: OfferTo<'_>) {
        if event.origin() == Origin::Imported {
            return;
        }
        let Some((account, aggregating)) = self.view.account(event.account()) else {
            return;
        };
        let region = region_of(event, &self.options.region);
        let offered = Offered { event, region: &region, tells_of_gap: tells_of_gap(event) };
        let limits = &self.options.limits;
        let mut sink = Sink { buffer: &mut self.buffer, aggregating, limits, now };
        if account.offer(&offered, to, &mut sink) {
            self.waiting_since.get_or_insert(now);
        }
    }

    /// Takes what is to be cut, if a cut is due.
    pub(crate) fn take_if_due(&mut self, now: Timestamp) -> Option<Cut> {
        let due = match self.waiting_since {
            _ if self.cut_at_once || self.is_half_full() || self.is_aggregation_due(now) => true,
            Some(since) if now < since => {
                // The clock was set back: count anew instead of waiting until it has caught up.
                self.waiting_since = Some(now);
                false
            }
            Some(since) => now.since(since) >= self.options.deliver_every,
            None => self.position_is_due(now),
        };
        if due { self.take(now) } else { None }
    }

    fn is_aggregation_due(&self, now: Timestamp) -> bool {
        self.view.is_aggregation_due(now, self.options.deliver_every)
    }

    fn position_is_due(&mut self, now: Timestamp) -> bool {
        let saved_at = *self.saved_at.get_or_insert(now);
        if now < saved_at {
            self.saved_at = Some(now);
        }
        let behind = self.next.get().saturating_sub(self.saved.get());
        let is_late = now.since(saved_at) >= POSITION_EVERY.min(self.options.deliver_every);
        behind >= POSITION_BYTES || behind > 0 && is_late
    }

    /// Takes all that no cut has taken yet; `None` if there is nothing. The cut before is saved.
    pub(crate) fn take(&mut self, now: Timestamp) -> Option<Cut> {
        if self.next == self.taken && !self.is_aggregation_due(now) {
            return None;
        }
        let DeliveryOptions { deliver_every, limits, .. } = &self.options;
        self.view.aggregate_due(now, *deliver_every, limits, &mut self.buffer);
        let in_haste =
            self.is_half_full() && self.waiting_since.is_some_and(|since| now.since(since) < HASTE);
        self.cutting_bytes = self.waiting_bytes();
        let Buffer { texts, sealed: mut files, .. } = std::mem::take(&mut self.buffer);
        self.view.take_waiting(&mut files);
        self.waiting_since = None;
        self.cut_at_once = false;
        let from = std::mem::replace(&mut self.taken, self.next);
        Some(Cut {
            texts: Arc::new(texts),
            files: merge_equal(files),
            update: self.view.take_update(),
            from,
            position: self.next,
            in_haste,
        })
    }

    /// The cut that reaches `position` is durable.
    pub(crate) fn saved_up_to(&mut self, position: Position, now: Timestamp) {
        self.saved = position;
        self.saved_at = Some(now);
        self.cutting_bytes = 0;
    }
}
