//! `POST /_cairn/lookup`: any combination of filters.

use super::{Answered, answered, invalid, object};
use crate::app::App;
use crate::auth::Caller;
use crate::events::Exchange;
use bytes::Bytes;
use cairn_lake::{Categories, Filter, Lookup, LookupError, Page};
use cairn_model::{AccountId, Category, Timestamp};
use cairn_wire::{ApiError, ErrorCode};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::time::{Duration, Instant};

/// The most events of a page, and how many it has if the caller does not say.
const LIMIT_MAX: u64 = 1000;
const LIMIT: u64 = 100;
/// A search that takes longer answers with what it has, and how far back it got.
const DEADLINE: Duration = Duration::from_secs(10);

pub(super) async fn run(app: &App, exchange: &Exchange<'_>, caller: &Caller, body: &Bytes) -> Answered {
    let request = object(body)?;
    let members = request.as_object().ok_or_else(|| invalid("the body is not a JSON object"))?;
    if let Some(unknown) = members.keys().find(|key| !is_known(key)) {
        return Err(invalid(format!("{unknown} is none of: {}, {}", CONDITIONS.join(", "), PAGE.join(", "))));
    }
    let lookup = read(members, caller, exchange.now)?;
    let page = app.history.lookup(lookup).await.map_err(lookup_error)?;
    shown(page)
}

/// Reads what is asked for, as far as the caller may see it: the operator sees all accounts, others their own.
pub(super) fn read(
    members: &Map<String, Value>,
    caller: &Caller,
    now: Timestamp,
) -> Result<Lookup, ApiError> {
    if caller.key.ingest_only {
        return Err(ApiError::new(ErrorCode::AccessDeniedException, "This key may only post events."));
    }
    let own = if caller.key.operator { None } else { Some(caller.account()) };
    let asked: Option<AccountId> = match text(members, "account")? {
        None => None,
        Some(id) => Some(id.parse().map_err(|_| invalid("account is not an account id of 12 digits"))?),
    };
    if let (Some(own), Some(asked)) = (own, asked)
        && own != asked
    {
        let message = "Only the operator may look into other accounts.";
        return Err(ApiError::new(ErrorCode::AccessDeniedException, message));
    }
    Ok(Lookup {
        account: own.or(asked),
        region: text(members, "region")?.map(str::to_owned),
        categories: categories(text(members, "category")?)?,
        filters: filters(members)?,
        text: text(members, "text")?.map(str::to_owned),
        from: time(members, "since")?,
        to: time(members, "until")?,
        limit: limit(members)?,
        after: match text(members, "next")? {
            None => None,
            Some(token) => Some(token.parse().map_err(|_| lookup_error(LookupError::InvalidToken))?),
        },
        deadline: Some(Instant::now() + DEADLINE),
        now,
    })
}

/// What events are chosen by.
pub(super) const CONDITIONS: [&str; 14] = [
    "user",
    "key",
    "source",
    "name",
    "resource",
    "resourceType",
    "ip",
    "error",
    "region",
    "account",
    "id",
    "readOnly",
    "category",
    "text",
];

/// Which part of those that meet the conditions is asked for.
const PAGE: [&str; 4] = ["since", "until", "limit", "next"];

fn is_known(name: &str) -> bool {
    CONDITIONS.contains(&name) || PAGE.contains(&name)
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, ApiError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(invalid(format!("{name} is not a string"))),
    }
}

/// A filter that has one text to compare with.
type MakeFilter = fn(String) -> Filter;

fn filters(members: &Map<String, Value>) -> Result<Vec<Filter>, ApiError> {
    let texts: [(&str, MakeFilter); 9] = [
        ("user", Filter::Username),
        ("key", Filter::AccessKeyId),
        ("source", Filter::EventSource),
        ("name", Filter::EventName),
        ("resource", Filter::ResourceName),
        ("resourceType", Filter::ResourceType),
        ("ip", Filter::SourceIp),
        ("id", Filter::EventId),
        ("error", |code| if code == "any" { Filter::AnyError } else { Filter::ErrorCode(code) }),
    ];
    let mut filters = Vec::new();
    for (name, filter) in texts {
        filters.extend(text(members, name)?.map(|value| filter(value.to_owned())));
    }
    match members.get("readOnly") {
        None | Some(Value::Null) => {}
        Some(Value::Bool(read_only)) => filters.push(Filter::ReadOnly(*read_only)),
        Some(_) => return Err(invalid("readOnly is neither true nor false")),
    }
    Ok(filters)
}

fn categories(name: Option<&str>) -> Result<Categories, ApiError> {
    Ok(match name {
        None | Some("all") => Categories::ALL,
        Some("management") => Categories::of(&[Category::Management]),
        Some("data") => Categories::of(&[Category::Data]),
        Some("network") => Categories::of(&[Category::NetworkActivity]),
        Some("insight") => Categories::of(&[Category::Insight]),
        Some("activity") => Categories::of(&[Category::ActivityAuditLog]),
        Some("configuration") => Categories::of(&[Category::ConfigurationItem]),
        Some("evidence") => Categories::of(&[Category::Evidence]),
        Some(_) => {
            return Err(invalid(
                "category is none of: management, data, network, insight, activity, configuration, evidence, all",
            ));
        }
    })
}

fn time(members: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>, ApiError> {
    let Some(text) = text(members, name)? else { return Ok(None) };
    let time = Timestamp::parse(text);
    time.map(Some).ok_or_else(|| invalid(format!("{name} is not a time like 2026-03-01T08:04:11Z")))
}

fn limit(members: &Map<String, Value>) -> Result<usize, ApiError> {
    let limit = match members.get("limit") {
        None | Some(Value::Null) => Some(LIMIT),
        Some(limit) => limit.as_u64().filter(|limit| (1..=LIMIT_MAX).contains(limit)),
    };
    limit
        .and_then(|limit| usize::try_from(limit).ok())
        .ok_or_else(|| invalid(format!("limit is not a number from 1 to {LIMIT_MAX}")))
}

/// A page as it goes out. Events are the text that they are: a number keeps its digits.
#[derive(Serialize)]
struct Shown {
    events: Vec<Box<RawValue>>,
    /// Where each of them stands in the log.
    positions: Vec<u64>,
    next: Option<String>,
    reached: Option<String>,
}

fn shown(page: Page) -> Answered {
    let positions = page.events.iter().map(|found| found.position.get()).collect();
    let events: Result<Vec<_>, _> =
        page.events.into_iter().map(|found| RawValue::from_string(found.text)).collect();
    answered(&Shown {
        events: events
            .map_err(|error| ApiError::internal(format!("an event of history is no JSON: {error}")))?,
        positions,
        next: page.next.map(|token| token.to_string()),
        reached: page.reached.map(|reached| reached.to_string()),
    })
}

/// What a look-up that cannot be run is answered with.
pub(super) fn lookup_error(error: LookupError) -> ApiError {
    let message = error.to_string();
    match error {
        LookupError::InvalidToken => ApiError::new(ErrorCode::InvalidNextTokenException, message),
        LookupError::NoWords | LookupError::TooManyWords => invalid(message),
        LookupError::Lake(_) => ApiError::internal(message),
    }
}
