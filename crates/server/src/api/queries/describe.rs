//! DescribeQuery and CancelQuery.

use super::super::{Answered, Call, shapes};
use super::{invalid, message, owner};
use crate::queries::Sought;
use cairn_decide::queries::{Query, Status};
use cairn_wire::generated::{
    CancelQueryRequest, CancelQueryResponse, DescribeQueryRequest, DescribeQueryResponse,
    QueryStatisticsForDescribeQuery,
};

pub(in crate::api) async fn describe(call: Call<'_>) -> Answered {
    let input: DescribeQueryRequest = call.input()?;
    let sought = match (&input.query_id, &input.query_alias) {
        (Some(id), None) => Sought::Id(id),
        (None, Some(alias)) => Sought::Alias { alias, refresh: input.refresh_id.as_deref() },
        _ => return Err(invalid("Specify either QueryId or QueryAlias.")),
    };
    let owner_named = input.event_data_store_owner_account_id.as_deref();
    let query = call.query(sought, input.event_data_store.as_deref(), owner_named)?;
    let statement = call.app.queries.statement(&query.id).await?;
    call.read(&DescribeQueryResponse {
        query_string: Some(statement),
        query_status: Some(query.status().name().to_owned()),
        query_statistics: Some(statistics(&query)),
        error_message: message(&query),
        delivery_s3_uri: query.delivery.as_ref().map(|delivery| delivery.uri.clone()),
        delivery_status: query.delivery.as_ref().map(|delivery| delivery.status.name().to_owned()),
        prompt: None,
        event_data_store_owner_account_id: owner(&query),
        query_id: Some(query.id),
    })
}

pub(in crate::api) async fn cancel(call: Call<'_>) -> Answered {
    let input: CancelQueryRequest = call.input()?;
    let owner_named = input.event_data_store_owner_account_id.as_deref();
    let query = call.query(Sought::Id(&input.query_id), input.event_data_store.as_deref(), owner_named)?;
    call.app.queries.cancel(&query).await?;
    let output = CancelQueryResponse {
        event_data_store_owner_account_id: owner(&query),
        query_id: query.id,
        query_status: Status::Cancelled.name().to_owned(),
    };
    call.write(&output, Vec::new())
}

fn statistics(query: &Query) -> QueryStatisticsForDescribeQuery {
    let told = &query.statistics;
    let long = |number: u64| Some(i64::try_from(number).unwrap_or(i64::MAX));
    QueryStatisticsForDescribeQuery {
        events_matched: long(told.matched),
        events_scanned: long(told.scanned),
        bytes_scanned: long(told.bytes),
        execution_time_in_millis: Some(i32::try_from(told.millis).unwrap_or(i32::MAX)),
        creation_time: Some(shapes::epoch(query.created)),
    }
}
