//! ListQueries.

use super::super::{Answered, Call, pages, shapes};
use super::token;
use cairn_decide::queries::{self, Filter, Query, Status};
use cairn_wire::generated::{self, ListQueriesRequest, ListQueriesResponse};
use cairn_wire::{ApiError, ErrorCode};

pub(in crate::api) fn list(call: Call<'_>) -> Answered {
    let input: ListQueriesRequest = call.input()?;
    let asker = call.asker();
    let store = call.store_to_ask(&asker, "cloudtrail:ListQueries", &input.event_data_store)?;
    let filter = Filter {
        store: &store.arn,
        from: input.start_time.map(shapes::timestamp),
        to: input.end_time.map(shapes::timestamp),
        status: input.query_status.as_deref().map(status).transpose()?,
    };
    if filter.from.zip(filter.to).is_some_and(|(from, to)| from > to) {
        let message = "StartTime must not be after EndTime.";
        return Err(ApiError::new(ErrorCode::InvalidDateRangeException, message));
    }
    // A token is good for the same list of the same account and region.
    let asked = format!("{} {} {filter:?}", asker.account, asker.region);
    let after = input.next_token.as_deref().map(|text| token::key(&asked, text)).transpose()?;
    let all = call.app.queries.all(&asker);
    let page = queries::list(&all, &filter, after.as_ref(), pages::size(input.max_results));
    let next_token = page.next_after().map(|last| token::of_key(&asked, &last.key()));
    call.read(&ListQueriesResponse { queries: Some(page.items.into_iter().map(shown).collect()), next_token })
}

fn status(name: &str) -> Result<Status, ApiError> {
    let refused =
        || ApiError::new(ErrorCode::InvalidQueryStatusException, format!("{name} is no query status."));
    Status::from_name(name).ok_or_else(refused)
}

fn shown(query: &Query) -> generated::Query {
    generated::Query {
        query_id: Some(query.id.clone()),
        query_status: Some(query.status().name().to_owned()),
        creation_time: Some(shapes::epoch(query.created)),
    }
}
