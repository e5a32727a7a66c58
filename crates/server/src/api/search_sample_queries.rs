//! SearchSampleQueries.

use super::{Answered, Call};
use cairn_samples::Found;
use cairn_wire::generated::{
    SearchSampleQueriesRequest, SearchSampleQueriesResponse, SearchSampleQueriesSearchResult,
};
use cairn_wire::{ApiError, ErrorCode};

/// How many a page has if the caller does not say.
const PAGE: i32 = 10;

/// What tokens begin with, as the model wants four characters; behind it stands the number of results before the page.
const TOKEN: &str = "after-";

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: SearchSampleQueriesRequest = call.input()?;
    let found = cairn_samples::search(&input.search_phrase);
    let start = start(input.next_token.as_deref(), found.len())?;
    let size = usize::try_from(input.max_results.unwrap_or(PAGE)).unwrap_or(1);
    let end = found.len().min(start.saturating_add(size));
    call.read(&SearchSampleQueriesResponse {
        search_results: Some(found[start..end].iter().map(result).collect()),
        next_token: (end < found.len()).then(|| format!("{TOKEN}{end}")),
    })
}

fn result(found: &Found) -> SearchSampleQueriesSearchResult {
    let sample = found.sample;
    SearchSampleQueriesSearchResult {
        name: Some(sample.name.to_owned()),
        description: Some(sample.about.to_owned()),
        sql: Some(sample.statement.to_owned()),
        relevance: Some(found.relevance as f32),
    }
}

/// Where a page begins.
fn start(token: Option<&str>, count: usize) -> Result<usize, ApiError> {
    let Some(token) = token else { return Ok(0) };
    let count_before = token.strip_prefix(TOKEN).and_then(|number| number.parse().ok());
    count_before.filter(|start| *start < count).ok_or_else(|| {
        let message = "The next token is not of a search for this phrase.";
        ApiError::new(ErrorCode::InvalidParameterException, message)
    })
}
