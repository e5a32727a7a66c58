//! What a crash left of the intents, and what is told of a call when nothing else can be.

use super::{CHUNK_BYTES, CLOSED, IntentsError, OPENED};
use crate::clock;
use cairn_model::{AccountId, Event, Field, Position, Record, Timestamp};
use cairn_store::log::Log;
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;

/// A member of an event that is told in any case is at most so long, in bytes.
const TEXT_BYTES_MAX: usize = 256;

/// An intent that a crash left open.
pub(super) struct Left {
    pub(super) account: AccountId,
    pub(super) event_from: Position,
    pub(super) event: Vec<u8>,
    /// Whether the event of its outcome is in the log of events.
    pub(super) is_recorded: bool,
}

/// Reads the intents that were opened and not closed.
pub(super) fn left_open(log: &Log) -> Result<HashMap<Uuid, Left>, IntentsError> {
    let mut left = HashMap::new();
    let mut reader = log.reader(log.first())?;
    while let Some(chunk) = reader.next(CHUNK_BYTES)? {
        for (at, payload) in chunk.iter() {
            let damaged = IntentsError::Damaged(at);
            let (id, rest) = payload.get(1..).and_then(<[u8]>::split_first_chunk).ok_or(damaged)?;
            let id = Uuid::from_bytes(*id);
            match payload[0] {
                OPENED => drop(left.insert(id, opened(rest).ok_or(IntentsError::Damaged(at))?)),
                CLOSED => drop(left.remove(&id)),
                _ => return Err(IntentsError::Damaged(at)),
            }
        }
    }
    Ok(left)
}

fn opened(rest: &[u8]) -> Option<Left> {
    let (position, rest) = rest.split_first_chunk()?;
    let (account, event) = rest.split_at_checked(12)?;
    Some(Left {
        account: AccountId::from_bytes(account).ok()?,
        event_from: Position::new(u64::from_le_bytes(*position)),
        event: event.to_owned(),
        is_recorded: false,
    })
}

/// Finds those whose outcome is in the log of events.
pub(super) fn mark_recorded(events: &Log, left: &mut HashMap<Uuid, Left>) -> Result<(), IntentsError> {
    let Some(from) = left.values().map(|left| left.event_from).min() else { return Ok(()) };
    let mut reader = events.reader(from.max(events.first()).min(events.committed()))?;
    while let Some(chunk) = reader.next(CHUNK_BYTES)? {
        for (at, payload) in chunk.iter() {
            let record = Record::decode(payload).map_err(|source| IntentsError::Event { at, source })?;
            let id = record.event_for_all().and_then(|event| event_id(&event));
            if let Some(left) = id.and_then(|id| left.get_mut(&id)) {
                left.is_recorded = true;
            }
        }
    }
    Ok(())
}

fn event_id(event: &Event<'_>) -> Option<Uuid> {
    event.string(Field::EventId)?.parse().ok()
}

/// What is told of a call whose event the door refuses: that it was made, and as much more as passes for certain.
pub(super) fn bare(id: Uuid, event: &[u8]) -> Vec<u8> {
    let read: Value = serde_json::from_slice(event).unwrap_or_default();
    let text = |name: &str| {
        let text = read[name].as_str().unwrap_or_default();
        Some(text).filter(|text| (1..=TEXT_BYTES_MAX).contains(&text.len()))
    };
    let time = text("eventTime").filter(|time| Timestamp::parse(time).is_some());
    let mut bare = json!({
        "eventVersion": text("eventVersion").unwrap_or("1.11"),
        "userIdentity": {"type": "Unknown"},
        "eventTime": time.map_or_else(|| clock::now().to_string(), str::to_owned),
        "eventSource": text("eventSource").unwrap_or("cairn.amazonaws.com"),
        "eventName": text("eventName").unwrap_or("UnknownOperation"),
        "awsRegion": text("awsRegion").unwrap_or("us-east-1"),
        "sourceIPAddress": text("sourceIPAddress").unwrap_or("cairn.amazonaws.com"),
        "requestParameters": null,
        "responseElements": null,
        "additionalEventData": {"cairn": {"omitted": true}},
        "eventID": id,
        "readOnly": false,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "eventCategory": "Management",
    });
    if let Some(code) = text("errorCode") {
        bare["errorCode"] = code.into();
    }
    bare.to_string().into_bytes()
}
