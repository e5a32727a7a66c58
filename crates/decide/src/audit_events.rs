//! What comes through channels: which events are taken, and the records that they become.
//!
//! Source: AWS CloudTrail User Guide, "CloudTrail Lake integrations event schema", and the API Reference of
//! PutAuditEvents.

mod data;
mod error;
mod status;

pub use error::{AuditEventError, Kind, PutError};
pub use status::{IngestionStatus, ingestion_status};

use crate::address::{AddressError, Arn, Kind as Named, Place, id_of};
use cairn_model::json::{Scanner, check, write_string};
use cairn_model::{AccountId, Channel, ChannelArn, Timestamp};
use std::collections::HashSet;

/// The version of the records that Cairn writes around what came through channels.
const EVENT_VERSION: &str = "1.0";

/// One event as a caller sends it.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// `eventData`: a JSON object as text.
    pub data: &'a str,
    /// Whether the data are those of which `eventDataChecksum` was made, if it is given.
    pub is_intact: bool,
}

/// The channel that a caller names by its ARN, whose account may be another, or by its id at the caller's own place.
pub fn channel_arn(place: Place<'_>, arn_or_id: &str) -> Result<ChannelArn, PutError> {
    let invalid = || PutError::InvalidChannelArn(arn_or_id.to_owned());
    if !arn_or_id.starts_with("arn:") {
        let id = id_of(Named::Channel, place, arn_or_id).map_err(|_: AddressError| invalid())?;
        let Place { account, region } = place;
        return Ok(ChannelArn { region: region.to_owned(), account, id: id.to_owned() });
    }
    let arn = Arn::parse(arn_or_id).ok_or_else(invalid)?;
    let there = Place { account: arn.account, region: arn.region };
    let id = id_of(Named::Channel, there, arn_or_id).map_err(|_: AddressError| invalid())?;
    Ok(ChannelArn { region: arn.region.to_owned(), account: arn.account, id: id.to_owned() })
}

/// Refuses a call that gives two events one id.
pub fn refuse_repeated_ids<'a>(ids: impl IntoIterator<Item = &'a str>) -> Result<(), PutError> {
    let mut known = HashSet::new();
    let repeated = ids.into_iter().find(|id| !known.insert(*id));
    repeated.map_or(Ok(()), |id| Err(PutError::DuplicatedId(id.to_owned())))
}

/// Judges the data of one event that goes to a channel of `owner`. Returns the event's time.
pub fn judge(
    sent: &Sent<'_>,
    owner: AccountId,
    now: Timestamp,
    scanner: &mut Scanner,
) -> Result<Timestamp, AuditEventError> {
    if !sent.is_intact {
        return Err(AuditEventError::Checksum);
    }
    check(scanner, sent.data)?;
    data::judge(sent.data.trim_ascii(), owner, now)
}

/// The record that an event becomes. `data` are what [`judge`] let pass and stand in it as they came.
pub fn record(
    channel: &Channel,
    event_id: &str,
    event_time: Timestamp,
    now: Timestamp,
    data: &str,
) -> Vec<u8> {
    let mut record = Vec::with_capacity(data.len() + 512);
    let arn = channel.arn.to_string();
    let members = [
        ("{", "eventVersion", EVENT_VERSION),
        (",", "eventCategory", "ActivityAuditLog"),
        (",", "eventType", "ActivityLog"),
        (",", "eventID", event_id),
        (",", "eventTime", &event_time.to_string()),
        (",", "awsRegion", &channel.arn.region),
        (",", "recipientAccountId", channel.arn.account.as_str()),
        (",\"metadata\":{", "ingestionTime", &now.to_string()),
        (",", "channelARN", &arn),
    ];
    for (before, name, value) in members {
        record.extend_from_slice(before.as_bytes());
        write_string(&mut record, name);
        record.push(b':');
        write_string(&mut record, value);
    }
    record.extend_from_slice(b"},\"eventData\":");
    record.extend_from_slice(data.trim_ascii().as_bytes());
    record.push(b'}');
    record
}

#[cfg(test)]
mod tests;
