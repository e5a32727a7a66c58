//! Events that trails skipped, as the events that tell of it say.

use cairn_delivery::GAP_EVENT_NAME;
use cairn_model::{Event, Field, Origin, TrailArn};
use serde::Deserialize;

/// Positions of the log between which a trail may lack events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) trail: TrailArn,
    pub(super) from: u64,
    pub(super) to: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    #[serde(rename = "trailARN")]
    trail: TrailArn,
    from_position: u64,
    to_position: u64,
}

/// The gap that an event tells of, if it is one that Cairn itself recorded.
pub(super) fn told_by(event: &Event<'_>) -> Option<Gap> {
    let is = |field, value: &str| event.string(field).is_some_and(|text| text == value);
    let tells = event.origin() == Origin::Recorded
        && is(Field::EventName, GAP_EVENT_NAME)
        && is(Field::EventSource, "cairn.amazonaws.com");
    if !tells {
        return None;
    }
    let Details { trail, from_position, to_position } =
        serde_json::from_str(event.raw(Field::AdditionalEventData)?).ok()?;
    Some(Gap { trail, from: from_position, to: to_position })
}
