//! Operations on queries, of which Cairn has none yet: what can be said without any is said, the rest is refused.

use super::{Answered, Call, pages, query_error, store_error};
use cairn_decide::{queries, stores};
use cairn_wire::generated::{
    CancelQueryRequest, DescribeQueryRequest, GenerateQueryRequest, GetQueryResultsRequest,
    ListQueriesRequest, ListQueriesResponse, StartQueryRequest,
};
use cairn_wire::{ApiError, ErrorCode};

pub(super) fn start(call: Call<'_>) -> Answered {
    let input: StartQueryRequest = call.input()?;
    let invalid = |message: &str| ApiError::new(ErrorCode::InvalidParameterException, message);
    let statement = match (input.query_statement, input.query_alias) {
        (Some(statement), None) => statement,
        (None, Some(alias)) => return Err(invalid(&format!("There is no query with the alias {alias}."))),
        _ => return Err(invalid("Specify either QueryStatement or QueryAlias.")),
    };
    let (known, parameters) = (call.known(), input.query_parameters.unwrap_or_default());
    queries::check(&call.store_facts(&known), &statement, parameters.len()).map_err(query_error)?;
    Err(call.unbuilt(
        "Cairn keeps event data stores, but does not take events into them yet, so they cannot be queried.",
    ))
}

pub(super) fn list(call: Call<'_>) -> Answered {
    let input: ListQueriesRequest = call.input()?;
    require_active(call, Some(&input.event_data_store))?;
    pages::refuse_any(input.next_token.as_deref())?;
    if let (Some(start), Some(end)) = (input.start_time, input.end_time)
        && start.0 > end.0
    {
        return Err(ApiError::new(
            ErrorCode::InvalidDateRangeException,
            "StartTime must not be after EndTime.",
        ));
    }
    call.read(&ListQueriesResponse { queries: Some(Vec::new()), next_token: None })
}

pub(super) fn describe(call: Call<'_>) -> Answered {
    let input: DescribeQueryRequest = call.input()?;
    require_active(call, input.event_data_store.as_deref())?;
    let named = input.query_id.or(input.query_alias).ok_or_else(|| {
        ApiError::new(ErrorCode::InvalidParameterException, "Specify QueryId or QueryAlias.")
    })?;
    Err(not_found(&named))
}

pub(super) fn results(call: Call<'_>) -> Answered {
    let input: GetQueryResultsRequest = call.input()?;
    require_active(call, input.event_data_store.as_deref())?;
    Err(not_found(&input.query_id))
}

pub(super) fn cancel(call: Call<'_>) -> Answered {
    let input: CancelQueryRequest = call.input()?;
    require_active(call, input.event_data_store.as_deref())?;
    Err(not_found(&input.query_id))
}

pub(super) fn generate(call: Call<'_>) -> Answered {
    let input: GenerateQueryRequest = call.input()?;
    input.event_data_stores.iter().try_for_each(|store| require_active(call, Some(store)))?;
    Err(call.unbuilt("Cairn does not write queries yet."))
}

fn require_active(call: Call<'_>, arn_or_id: Option<&str>) -> Result<(), ApiError> {
    let known = call.known();
    let found = arn_or_id.map(|store| stores::active(&call.store_facts(&known), store)).transpose();
    found.map(drop).map_err(store_error)
}

fn not_found(named: &str) -> ApiError {
    ApiError::new(ErrorCode::QueryIdNotFoundException, format!("Query {named} was not found."))
}
