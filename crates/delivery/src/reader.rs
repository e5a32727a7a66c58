//! The reader of the log for all trails: what it has applied, and what of it waits for a cut.

mod following;
mod global;
mod view;

pub(crate) use following::CutFile;
pub(crate) use view::{Generation, GenerationId, StoredTrail, View, ViewUpdate};

use crate::error::DeliveryError;
use crate::options::DeliveryOptions;
use cairn_decide::names::LogKind;
use cairn_model::{Event, Field, Position, Record, Timestamp};
use following::Offer;
use std::borrow::Cow;
use std::time::Duration;

/// How long the saved position may stay behind while nothing matches: the log is kept from there on.
const POSITION_EVERY: Duration = Duration::from_secs(10);

/// The longest region that is taken as part of a key.
const REGION_BYTES_MAX: usize = 32;

/// All of it is in memory; [`View`] comes from the outbox and goes back to it with each cut.
pub(crate) struct Reader {
    options: DeliveryOptions,
    view: View,
    /// Files that take no more events, beside those that the view still gathers.
    sealed: Vec<CutFile>,
    buffered_bytes: usize,
    /// When the oldest event in memory was applied.
    buffered_since: Option<Timestamp>,
    /// A trail stopped, so its last files and its last digest are due at once.
    cut_at_once: bool,
    /// All records below are applied.
    next: Position,
    saved: Position,
    saved_at: Option<Timestamp>,
    must_reload: bool,
}

/// What one cut takes out of the reader: everything that it held, and the position that this reaches.
pub(crate) struct Cut {
    pub(crate) files: Vec<CutFile>,
    pub(crate) update: ViewUpdate,
    pub(crate) position: Position,
}

impl Reader {
    pub(crate) fn new(options: DeliveryOptions, view: View, position: Position) -> Reader {
        Reader {
            options,
            view,
            sealed: Vec::new(),
            buffered_bytes: 0,
            buffered_since: None,
            cut_at_once: false,
            next: position,
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

    /// Text of events that wait for a cut, in bytes.
    pub(crate) fn buffered_bytes(&self) -> usize {
        self.buffered_bytes
    }

    /// Whether so much is in memory that a cut should come before more is applied.
    pub(crate) fn is_full(&self) -> bool {
        self.buffered_bytes >= self.options.limits.buffered_bytes
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
            let taken = self.offer(&event, now, Offer::ToAll);
            let changed = self.view.apply(changes, now, &mut self.sealed);
            self.cut_at_once |= changed.ended;
            let others = changed.trails.difference(&taken).cloned().collect();
            self.offer(&event, now, Offer::Only(&others));
        } else {
            self.offer(&event, now, Offer::ToAllUnnamed);
        }
        self.next = next;
        Ok(())
    }

    fn offer(&mut self, event: &Event<'_>, now: Timestamp, offer: Offer<'_>) -> following::Takers {
        let mut takers = following::Takers::new();
        let kind = LogKind::of(event.category());
        let region = region_of(event, &self.options.region);
        for following in self.view.of_account(event.account()) {
            if !offer.reaches(&following.trail.arn) || !following.takes(event, &region) {
                continue;
            }
            let file_bytes_max = self.options.limits.file_bytes;
            self.sealed.extend(following.gather(event, &region, kind, file_bytes_max));
            self.buffered_bytes += event.text().len();
            self.buffered_since.get_or_insert(now);
            if offer.wants_names() {
                takers.insert(following.trail.arn.clone());
            }
        }
        takers
    }

    /// Takes what is to be cut, if a cut is due.
    pub(crate) fn take_if_due(&mut self, now: Timestamp) -> Option<Cut> {
        let due = match self.buffered_since {
            _ if self.cut_at_once || self.is_full() => true,
            Some(since) if now < since => {
                // The clock was set back: count anew instead of waiting until it has caught up.
                self.buffered_since = Some(now);
                false
            }
            Some(since) => now.since(since) >= self.options.deliver_every,
            None => self.position_is_due(now),
        };
        if due { self.take() } else { None }
    }

    fn position_is_due(&mut self, now: Timestamp) -> bool {
        let saved_at = *self.saved_at.get_or_insert(now);
        if now < saved_at {
            self.saved_at = Some(now);
        }
        self.next > self.saved && now.since(saved_at) >= POSITION_EVERY.min(self.options.deliver_every)
    }

    /// Takes all that is not in the outbox yet; `None` if there is nothing.
    pub(crate) fn take(&mut self) -> Option<Cut> {
        if self.next == self.saved {
            return None;
        }
        let mut files = std::mem::take(&mut self.sealed);
        files.extend(self.view.take_gathered());
        self.buffered_bytes = 0;
        self.buffered_since = None;
        self.cut_at_once = false;
        Some(Cut { files, update: self.view.take_update(), position: self.next })
    }

    /// The cut that reaches `position` is durable.
    pub(crate) fn saved_up_to(&mut self, position: Position, now: Timestamp) {
        self.saved = position;
        self.saved_at = Some(now);
    }
}

/// The region whose folder an event goes to. Whoever posts events chooses this text, so only what can stand
/// in a key is taken.
fn region_of<'a>(event: &Event<'a>, home: &'a str) -> Cow<'a, str> {
    let is_region = |text: &str| {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        (1..=REGION_BYTES_MAX).contains(&text.len()) && text.bytes().all(allowed)
    };
    match event.string(Field::AwsRegion) {
        Some(region) if is_region(&region) => region,
        _ => Cow::Borrowed(home),
    }
}
