//! Tokens of pages: each is good for the list or the result that it was made for.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_decide::queries::Key;
use cairn_model::Timestamp;
use cairn_wire::{ApiError, ErrorCode};

/// The token of the page of a query's result that begins with this row.
pub(super) fn of_row(query: &str, row: u64) -> String {
    written(&[query, &row.to_string()])
}

/// The row that a page of this query's result begins with.
pub(super) fn row(query: &str, token: &str) -> Result<u64, ApiError> {
    let parts = read(token)?;
    match &parts[..] {
        [of, row] if of == query => row.parse().map_err(|_| refused()),
        _ => Err(refused()),
    }
}

/// The token of the page of a list that begins behind this query. `list` says all that the list was asked for.
pub(super) fn of_key(list: &str, (created, id): &Key) -> String {
    written(&[list, &created.as_micros().to_string(), id])
}

/// The query behind which a page of this list begins.
pub(super) fn key(list: &str, token: &str) -> Result<Key, ApiError> {
    let parts = read(token)?;
    match &parts[..] {
        [of, created, id] if of == list => {
            let created = created.parse().map_err(|_| refused())?;
            Ok((Timestamp::from_micros(created), id.clone()))
        }
        _ => Err(refused()),
    }
}

fn written(parts: &[&str]) -> String {
    let text = parts.join("\n");
    URL_SAFE_NO_PAD.encode(format!("{}{text}", checksum(&text)))
}

/// Tells a token that was cut or changed; whoever makes one up gets a page that is theirs to see anyway.
fn checksum(text: &str) -> String {
    hex::encode(&digest(&SHA256, text.as_bytes()).as_ref()[..4])
}

fn read(token: &str) -> Result<Vec<String>, ApiError> {
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| refused())?;
    let whole = String::from_utf8(bytes).map_err(|_| refused())?;
    let (sum, text) = whole.split_at_checked(8).ok_or_else(refused)?;
    match checksum(text) == sum {
        true => Ok(text.split('\n').map(str::to_owned).collect()),
        false => Err(refused()),
    }
}

fn refused() -> ApiError {
    ApiError::new(ErrorCode::InvalidNextTokenException, "The next token is not of this request.")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

    use super::*;

    #[test]
    fn a_token_is_good_for_what_it_was_made_for() {
        let token = of_row("one", 1000);
        assert_eq!(row("one", &token).unwrap(), 1000);
        let cut = &token[..token.len() - 2];
        for (query, token) in
            [("two", token.as_str()), ("one", cut), ("one", "????"), ("one", ""), ("one", "b25l")]
        {
            assert_eq!(row(query, token).unwrap_err().code, ErrorCode::InvalidNextTokenException);
        }
        let last = (Timestamp::from_micros(5), "q".to_owned());
        let token = of_key("list", &last);
        assert_eq!(key("list", &token).unwrap(), last);
        assert!(key("other", &token).is_err() && row("list", &token).is_err());
    }
}
