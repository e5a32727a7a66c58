//! `GET /_cairn/tail`: events as they come, as server-sent events.

use super::{Answered, Reply, invalid, lookup};
use crate::access::{Actors, still_may};
use crate::app::App;
use crate::auth::Caller;
use crate::clock;
use crate::events::Exchange;
use crate::tail::{Permit, TailError};
use cairn_lake::Matcher;
use cairn_model::{KeyStatus, Position};
use cairn_store::catalog::CatalogState;
use cairn_wire::{ApiError, ErrorCode};
use http::request::Parts;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Begins a tail with the conditions of `/_cairn/lookup` as query parameters, and `after`: the id of the last
/// event that the caller has. `Last-Event-ID` says the same and stands above it, as it is what a client sends
/// that comes back by itself.
pub(super) async fn run(app: &App, exchange: &Exchange<'_>, caller: &Caller) -> Answered {
    let mut members = members(exchange.parts)?;
    let after = after(exchange.parts, members.remove("after"))?;
    if let Some(unknown) = members.keys().find(|name| !lookup::CONDITIONS.contains(&name.as_str())) {
        let known = lookup::CONDITIONS.join(", ");
        return Err(invalid(format!("{unknown} is none of: {known}, after")));
    }
    let conditions = lookup::read(&members, caller, exchange.now)?;
    let matcher = Matcher::new(&conditions, &app.config.region).map_err(lookup::lookup_error)?;
    let permit = permit(app, exchange, caller);
    let frames = app.tails.open(matcher, after, permit).await.map_err(tail_error)?;
    Ok(Reply::Stream("text/event-stream", frames))
}

/// A tail lasts as long as its key, or its session, and as the caller's policies allow it: one that is over reads
/// nothing more.
fn permit(app: &App, exchange: &Exchange<'_>, caller: &Caller) -> Permit {
    let (journal, actors) = (Arc::clone(&app.journal), Arc::clone(&app.actors));
    let (parts, caller) = (exchange.parts.clone(), caller.clone());
    let (peer, source, request_id) = (exchange.peer, exchange.source, exchange.request_id.clone());
    Box::new(move || {
        let request_id = request_id.clone();
        let exchange = Exchange { parts: &parts, peer, source, request_id, now: clock::now() };
        is_permitted(&actors, &journal.catalog().state(), &exchange, &caller)
    })
}

fn is_permitted(actors: &Actors, state: &CatalogState, exchange: &Exchange<'_>, caller: &Caller) -> bool {
    let is_good = match &caller.session {
        Some(session) => session.check(state, exchange.now).is_ok(),
        None => {
            let key = state.keys.get(&caller.key.access_key_id);
            key.is_some_and(|key| key.status == KeyStatus::Active)
        }
    };
    is_good && still_may(actors, state, exchange, caller, "cairn:Tail")
}

/// `requestParameters` of a tail's event.
pub(super) fn parameters(parts: &Parts) -> Option<Value> {
    members(parts).ok().filter(|members| !members.is_empty()).map(Value::Object)
}

/// The query's parameters in the types that they have in a look-up.
fn members(parts: &Parts) -> Result<Map<String, Value>, ApiError> {
    let mut members = Map::new();
    let query = parts.uri.query().unwrap_or_default();
    for pair in query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("X-Amz-")) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name)?, decoded(value)?);
        let value = match (name.as_str(), value.as_str()) {
            ("readOnly", "true") => Value::Bool(true),
            ("readOnly", "false") => Value::Bool(false),
            _ => Value::String(value),
        };
        if members.insert(name.clone(), value).is_some() {
            return Err(invalid(format!("{name} is given twice")));
        }
    }
    Ok(members)
}

fn decoded(text: &str) -> Result<String, ApiError> {
    let text = text.replace('+', " ");
    let decoded = percent_decode_str(&text).decode_utf8();
    Ok(decoded.map_err(|_| invalid("the query is not UTF-8"))?.into_owned())
}

fn after(parts: &Parts, parameter: Option<Value>) -> Result<Option<Position>, ApiError> {
    let header = parts.headers.get("last-event-id").map(|id| id.to_str().unwrap_or("?"));
    let parameter = parameter.as_ref().map(|after| after.as_str().unwrap_or("?"));
    let Some(text) = header.or(parameter) else { return Ok(None) };
    let position = text.parse().map(Position::new);
    position.map(Some).map_err(|_| invalid(format!("{text:?} is not the id of an event of a tail")))
}

fn tail_error(error: TailError) -> ApiError {
    let message = error.to_string();
    match error {
        TailError::TooMany => ApiError::new(ErrorCode::ServiceUnavailable, message),
        TailError::NotAPlace(_) => invalid(message),
        TailError::Read(_) => ApiError::internal(message),
    }
}

#[cfg(test)]
mod tests;
