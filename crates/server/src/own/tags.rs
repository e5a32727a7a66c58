//! Tags of principals and resources, for the context of event data stores' events.

use super::{Answered, answered, invalid, object};
use crate::app::App;
use crate::auth::Caller;
use crate::enrichment::{TagMap, TagsFault, check};
use crate::events::{self as record, Exchange};
use crate::http::journal_error;
use bytes::Bytes;
use cairn_wire::ApiError;
use serde_json::json;
use std::sync::Arc;

/// All tags that were put here, by ARN.
pub(super) fn list(app: &App) -> Answered {
    answered(&*app.knowledge.tags().put())
}

/// Puts tags in place of those that ARNs had. The event comes first: what it tells is done after it, or the caller is told
/// that it failed.
pub(super) async fn put(app: &App, exchange: &Exchange<'_>, caller: &Caller, body: &Bytes) -> Answered {
    let tags: TagMap = serde_json::from_value(object(body)?).map_err(|cause| {
        invalid(format!("the body is not an object of ARNs with objects of tags: {cause}"))
    })?;
    check(&tags).map_err(invalid)?;
    let count = tags.len();
    let event = record::own_event(exchange, caller, "PutTags", Some(json!({ "resources": count })), None);
    let recorded = app.journal.control().await.commit(&[], caller.account(), &event).await;
    recorded.map_err(journal_error)?;
    let knowledge = Arc::clone(&app.knowledge);
    let put = tokio::task::spawn_blocking(move || knowledge.tags().replace(tags)).await;
    put.expect("writing a file does not panic").map_err(refusal)?;
    answered(&json!({ "resources": count }))
}

fn refusal(fault: TagsFault) -> ApiError {
    match fault {
        TagsFault::Invalid(what) => invalid(what),
        TagsFault::File(_) | TagsFault::Unreadable { .. } | TagsFault::Unwritable { .. } => {
            ApiError::internal(fault.to_string())
        }
    }
}
