//! PutAuditEvents.

use super::Call;
use super::errors::put_error;
use crate::auth::Caller;
use crate::journal;
use aws_lc_rs::digest::{Context, SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cairn_decide::address::Place;
use cairn_decide::audit_events::{self, AuditEventError, PutError, Sent};
use cairn_model::json::Scanner;
use cairn_model::{Channel, ChannelArn};
use cairn_store::log::Batch;
use cairn_wire::ApiError;
use cairn_wire::generated::{
    AuditEvent, AuditEventResultEntry, PutAuditEventsRequest, PutAuditEventsResponse, ResultErrorEntry,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;

/// What is answered, and the events that have to be in the log before.
pub(crate) struct Put {
    pub(crate) response: PutAuditEventsResponse,
    pub(crate) batch: Batch,
}

/// Judges a call whose caller may make it.
pub(crate) fn run(call: Call<'_>) -> Result<Put, ApiError> {
    let query = with_arn(call.caller, call.query);
    let input: PutAuditEventsRequest = Call { query: &query, ..call }.input()?;
    let ids = input.audit_events.iter().map(|event| event.id.as_str());
    audit_events::refuse_repeated_ids(ids).map_err(put_error)?;
    let channel = channel(&call, &input.channel_arn).map_err(put_error)?;
    let mut put = Put {
        response: PutAuditEventsResponse::default(),
        batch: Batch::with_capacity(call.body.len() + 1024),
    };
    let mut scanner = Scanner::default();
    for event in input.audit_events {
        match take(&call, &channel, &event, &mut scanner, &mut put.batch) {
            Ok(event_id) => put.response.successful.push(AuditEventResultEntry { event_id, id: event.id }),
            Err(error) => put.response.failed.push(failed(event.id, &error)),
        }
    }
    Ok(put)
}

/// The channel that a caller names.
pub(crate) fn channel_arn(caller: &Caller, arn_or_id: &str) -> Result<ChannelArn, PutError> {
    let place = Place { account: caller.account(), region: &caller.region };
    audit_events::channel_arn(place, arn_or_id)
}

/// The query with the channel's ARN in place of its id, which the model's pattern does not know and AWS takes.
fn with_arn<'q>(caller: &Caller, query: &'q str) -> Cow<'q, str> {
    let is_id = |pair: &str| {
        let id = pair.strip_prefix("channelArn=")?;
        channel_arn(caller, id).ok().filter(|_| !id.starts_with("arn"))
    };
    if !query.split('&').any(|pair| is_id(pair).is_some()) {
        return Cow::Borrowed(query);
    }
    let pairs = query.split('&').map(|pair| match is_id(pair) {
        Some(arn) => {
            format!("channelArn={}", utf8_percent_encode(&arn.to_string(), NON_ALPHANUMERIC))
        }
        None => pair.to_owned(),
    });
    Cow::Owned(pairs.collect::<Vec<_>>().join("&"))
}

/// The channel, which is one of the region that the caller speaks to.
fn channel(call: &Call<'_>, named: &str) -> Result<Channel, PutError> {
    let arn = channel_arn(call.caller, named)?;
    let state = call.app.journal.catalog().state();
    let found = state.channels.get(&arn).filter(|channel| channel.arn.region == call.caller.region);
    found.map(|channel| Channel::clone(channel)).ok_or_else(|| PutError::ChannelNotFound(named.to_owned()))
}

/// Adds an event to the batch. Returns its id.
fn take(
    call: &Call<'_>,
    channel: &Channel,
    event: &AuditEvent,
    scanner: &mut Scanner,
    batch: &mut Batch,
) -> Result<String, AuditEventError> {
    let AuditEvent { event_data, event_data_checksum, id } = event;
    let is_of_data =
        |checksum: &str| BASE64_STANDARD.encode(digest(&SHA256, event_data.as_bytes())) == checksum;
    let sent = Sent { data: event_data, is_intact: event_data_checksum.as_deref().is_none_or(is_of_data) };
    let time = audit_events::judge(&sent, channel.arn.account, call.now, scanner)?;
    let event_id = event_id(&channel.arn, id, event_data);
    let record = audit_events::record(channel, &event_id, time, call.now, event_data);
    journal::admit(batch, channel.arn.account, call.now, &record)?;
    Ok(event_id)
}

/// The id that an event gets: the same whenever its caller sends it again under its own id, as the answer was lost, so
/// that history keeps it once.
fn event_id(channel: &ChannelArn, id: &str, data: &str) -> String {
    let (mut context, channel) = (Context::new(&SHA256), channel.to_string());
    // Neither ARNs nor ids have the byte that parts them.
    for part in [channel.as_str(), "\0", id, "\0", data] {
        context.update(part.as_bytes());
    }
    let hash = context.finish();
    let first = hash.as_ref().first_chunk().expect("SHA-256 has 32 bytes");
    uuid::Builder::from_random_bytes(*first).into_uuid().to_string()
}

fn failed(id: String, error: &AuditEventError) -> ResultErrorEntry {
    /// What the model lets a message have.
    const MESSAGE_BYTES_MAX: usize = 1024;
    let mut error_message = error.to_string();
    error_message.truncate(error_message.floor_char_boundary(MESSAGE_BYTES_MAX));
    ResultErrorEntry { error_code: error.code().to_owned(), error_message, id }
}
