//! GetQueryResults.

use super::super::{Answered, Call};
use super::{message, token};
use crate::queries::{ResultPage, Sought};
use cairn_decide::queries::Query;
use cairn_store::rows::Row;
use cairn_wire::generated::{GetQueryResultsRequest, GetQueryResultsResponse, QueryStatistics};
use std::collections::BTreeMap;

/// The most rows of a page, and how many it has if the caller does not say.
const ROWS_MAX: i32 = 1000;

pub(in crate::api) async fn results(call: Call<'_>) -> Answered {
    let input: GetQueryResultsRequest = call.input()?;
    let owner_named = input.event_data_store_owner_account_id.as_deref();
    let query = call.query(Sought::Id(&input.query_id), input.event_data_store.as_deref(), owner_named)?;
    let from = input.next_token.as_deref().map(|text| token::row(&query.id, text)).transpose()?.unwrap_or(0);
    let most = usize::try_from(input.max_query_results.unwrap_or(ROWS_MAX)).unwrap_or(1);
    // What is not there whole is not shown: pages would end before the rows do.
    let found = match query.has_rows() {
        true => call.app.queries.results(&query.id, from, most).await?,
        false => ResultPage::default(),
    };
    let rows: Vec<_> = found.page.rows.iter().map(|row| shown(&found.columns, row)).collect();
    call.read(&GetQueryResultsResponse {
        query_status: Some(query.status().name().to_owned()),
        query_statistics: Some(statistics(&query, rows.len())),
        query_result_rows: Some(rows),
        next_token: found.page.next.map(|row| token::of_row(&query.id, row)),
        error_message: message(&query),
    })
}

/// A row as CloudTrail Lake shows it: a map of one entry for each column. Nulls are empty.
fn shown(columns: &[String], row: &Row) -> Vec<BTreeMap<String, String>> {
    let cell = |(name, value): (&String, &Option<String>)| {
        BTreeMap::from([(name.clone(), value.clone().unwrap_or_default())])
    };
    columns.iter().zip(row).map(cell).collect()
}

fn statistics(query: &Query, rows: usize) -> QueryStatistics {
    let total = if query.has_rows() { query.statistics.rows } else { 0 };
    QueryStatistics {
        results_count: Some(i32::try_from(rows).unwrap_or(i32::MAX)),
        total_results_count: Some(i32::try_from(total).unwrap_or(i32::MAX)),
        bytes_scanned: Some(i64::try_from(query.statistics.bytes).unwrap_or(i64::MAX)),
    }
}
