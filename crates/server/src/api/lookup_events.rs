//! LookupEvents: event history of the caller's account and region.

use super::{Answered, Call, shapes};
use cairn_decide::lookup::{AttributeKey, LOOKUP_RESULTS_MAX, LookupCategory, LookupError, Request, check};
use cairn_lake::{Categories, Filter, Found, Lookup, LookupError as LakeLookupError};
use cairn_model::Category;
use cairn_wire::generated::{Event, LookupEventsRequest, LookupEventsResponse, Resource};
use cairn_wire::{ApiError, ErrorCode};
use std::time::{Duration, Instant};

/// A page that takes longer ends early, with a token.
const DEADLINE: Duration = Duration::from_secs(10);

pub(super) async fn run(call: Call<'_>) -> Answered {
    let input: LookupEventsRequest = call.input()?;
    let lookup = lookup(&call, &input)?;
    let page = call.app.history.lookup(lookup).await.map_err(lake_error)?;
    call.read(&LookupEventsResponse {
        events: Some(page.events.into_iter().map(event).collect()),
        next_token: page.next.map(|token| token.to_string()),
    })
}

fn lookup(call: &Call<'_>, input: &LookupEventsRequest) -> Result<Lookup, ApiError> {
    let attributes: Vec<(&str, &str)> = input
        .lookup_attributes
        .iter()
        .flatten()
        .map(|attribute| (attribute.attribute_key.as_str(), attribute.attribute_value.as_str()))
        .collect();
    let checked = check(&Request {
        attributes: &attributes,
        start: input.start_time.map(shapes::timestamp),
        end: input.end_time.map(shapes::timestamp),
        category: input.event_category.as_deref(),
        max_results: input.max_results.map(i64::from),
    })
    .map_err(request_error)?;
    let after = match input.next_token.as_deref() {
        None => None,
        Some(token) => Some(token.parse().map_err(|_| lake_error(LakeLookupError::InvalidToken))?),
    };
    let category = match checked.category {
        LookupCategory::Management => Category::Management,
        LookupCategory::Insight => Category::Insight,
    };
    Ok(Lookup {
        account: Some(call.caller.account()),
        region: Some(call.caller.region.clone()),
        categories: Categories::of(&[category]),
        filters: checked
            .attribute
            .map(|attribute| filter(attribute.key, attribute.value))
            .into_iter()
            .collect(),
        text: None,
        from: checked.start,
        to: checked.end,
        limit: usize::from(checked.max_results.min(LOOKUP_RESULTS_MAX)),
        after,
        deadline: Some(Instant::now() + DEADLINE),
        now: call.now,
    })
}

fn filter(key: AttributeKey, value: String) -> Filter {
    match key {
        AttributeKey::AccessKeyId => Filter::AccessKeyId(value),
        AttributeKey::EventId => Filter::EventId(value),
        AttributeKey::EventName => Filter::EventName(value),
        AttributeKey::EventSource => Filter::EventSource(value),
        AttributeKey::ReadOnly => Filter::ReadOnly(value == "true"),
        AttributeKey::ResourceName => Filter::ResourceName(value),
        AttributeKey::ResourceType => Filter::ResourceType(value),
        AttributeKey::Username => Filter::Username(value),
    }
}

fn event(found: Found) -> Event {
    let resource = |resource: cairn_lake::FoundResource| Resource {
        resource_type: resource.resource_type,
        resource_name: Some(resource.name),
    };
    Event {
        event_id: found.event_id,
        event_name: found.event_name,
        read_only: found.read_only.map(|read_only| read_only.to_string()),
        access_key_id: found.access_key_id,
        event_time: Some(shapes::epoch(found.event_time.floor_to_second())),
        event_source: found.event_source,
        username: found.username,
        resources: Some(found.resources.into_iter().map(resource).collect()),
        cloud_trail_event: Some(found.text),
    }
}

fn request_error(error: LookupError) -> ApiError {
    let message = error.to_string();
    let code = match error {
        LookupError::TooManyAttributes(_)
        | LookupError::Key(_)
        | LookupError::KeyNotOnInsights(_)
        | LookupError::ValueLength
        | LookupError::ReadOnlyValue => ErrorCode::InvalidLookupAttributesException,
        LookupError::TimeRange => ErrorCode::InvalidTimeRangeException,
        LookupError::Category(_) => ErrorCode::InvalidEventCategoryException,
        LookupError::MaxResults(_) => ErrorCode::InvalidMaxResultsException,
    };
    ApiError::new(code, message)
}

fn lake_error(error: LakeLookupError) -> ApiError {
    match error {
        LakeLookupError::InvalidToken => {
            let message = "The next token is not of a request with the same parameters.";
            ApiError::new(ErrorCode::InvalidNextTokenException, message)
        }
        other => ApiError::internal(other.to_string()),
    }
}
