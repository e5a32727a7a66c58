//! Tokens of pages: the ARN of a page's last item.

use cairn_wire::{ApiError, ErrorCode};
use std::str::FromStr;

/// The most items of a page, and how many a page has if the caller does not say.
const PAGE_MAX: i32 = 1000;

/// How many items a page may have.
pub(super) fn size(max_results: Option<i32>) -> usize {
    usize::try_from(max_results.unwrap_or(PAGE_MAX)).unwrap_or(1)
}

/// The ARN behind which a page begins. A token is good for the account and region that it was made for.
pub(super) fn after<A: FromStr>(
    token: Option<&str>,
    is_ours: impl FnOnce(&A) -> bool,
) -> Result<Option<A>, ApiError> {
    let Some(token) = token else {
        return Ok(None);
    };
    token.parse().ok().filter(is_ours).map(Some).ok_or_else(refused)
}

/// The answer to a token that is not one of this operation's.
pub(super) fn refused() -> ApiError {
    let message = "The next token is not of a request of this account and Region.";
    ApiError::new(ErrorCode::InvalidNextTokenException, message)
}
