//! Gaps: events that a trail took and will never deliver. None is silent: each becomes an event of the log.

use crate::delivery::Delivery;
use crate::error::DeliveryError;
use crate::outbox::GapId;
use cairn_model::{Event, Field, Origin, Position, Timestamp, TrailArn};
use std::time::Duration;

/// `eventName` of the events that tell of gaps; their `eventSource` is `cairn.amazonaws.com`. A trail delivers
/// those even while it skips others, so that its bucket says what it lacks.
pub const GAP_EVENT_NAME: &str = "TrailGap";
const GAP_EVENT_SOURCE: &str = "cairn.amazonaws.com";

/// Why a trail has a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GapReason {
    /// The bucket took nothing for so long that the trail had filled its share of the outbox.
    OutboxFull,
    /// The bucket took nothing for 30 days.
    GivenUp,
}

impl GapReason {
    /// As events and the outbox name it.
    pub fn name(self) -> &'static str {
        match self {
            GapReason::OutboxFull => "OutboxFull",
            GapReason::GivenUp => "GivenUp",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<GapReason> {
        [GapReason::OutboxFull, GapReason::GivenUp].into_iter().find(|reason| reason.name() == name)
    }
}

/// How long what a trail skips is added to one gap, at least and at most; between them, as long as events wait
/// for a cut. So a bucket that is down makes an event a minute, however fast events come.
const OPEN_FOR_MIN: Duration = Duration::from_secs(10);
const OPEN_FOR_MAX: Duration = Duration::from_secs(60);

/// Events that a trail skipped within a minute. It changes no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// For [`Delivery::gap_recorded`].
    pub id: GapId,
    /// The id of the event that tells of it: a UUID, the same at every attempt.
    pub event_id: String,
    /// The trail.
    pub trail: TrailArn,
    /// Why.
    pub reason: GapReason,
    /// The skipped events stand in the log from here on; others between them may have been delivered.
    pub from: Position,
    /// And up to here.
    pub to: Position,
    /// The earliest eventTime of them.
    pub oldest: Timestamp,
    /// The latest.
    pub newest: Timestamp,
    /// How many they are.
    pub events: u64,
    /// When it was complete: the eventTime of the event that tells of it, the same at every attempt.
    pub closed: Timestamp,
}

/// What one cut, or one file that was given up, adds to a trail's gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Skipped {
    pub(crate) trail: TrailArn,
    pub(crate) reason: GapReason,
    pub(crate) from: Position,
    pub(crate) to: Position,
    pub(crate) oldest: Timestamp,
    pub(crate) newest: Timestamp,
    pub(crate) events: u64,
}

impl Delivery {
    /// Gaps that no event tells of yet, the oldest first. The caller makes an event durable for each, and
    /// then calls [`Delivery::gap_recorded`]; a crash in between leaves one event twice, under one id.
    pub async fn gaps(&self, now: Timestamp) -> Result<Vec<Gap>, DeliveryError> {
        let open_for = self.shared().options.deliver_every.clamp(OPEN_FOR_MIN, OPEN_FOR_MAX);
        let outbox = self.outbox();
        outbox.close_gaps(now, open_for).await?;
        outbox.closed_gaps().await
    }

    /// An event that tells of the gap is durable.
    pub async fn gap_recorded(&self, id: GapId) -> Result<(), DeliveryError> {
        self.outbox().remove_gap(id).await
    }
}

/// Whether Cairn itself wrote the event to tell of a gap.
pub(crate) fn tells_of_gap(event: &Event<'_>) -> bool {
    let is = |field, value: &str| event.string(field).is_some_and(|text| text == value);
    event.origin() == Origin::Recorded
        && is(Field::EventName, GAP_EVENT_NAME)
        && is(Field::EventSource, GAP_EVENT_SOURCE)
}
