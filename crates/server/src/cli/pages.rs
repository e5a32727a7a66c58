//! Look-ups page by page.

use super::client::{Client, Refusal};
use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// Events of one page that are asked for.
const PAGE_MAX: usize = 1000;

/// A look-up, and how far it has got.
pub(super) struct Pages<'a> {
    client: &'a Client,
    /// The request for the next page; `None` behind the last.
    request: Option<Map<String, Value>>,
    /// Events that may still come.
    left: usize,
}

/// One page of the server's answer. Events stay the text that they are, numbers included.
#[derive(Deserialize)]
pub(super) struct Page {
    pub(super) events: Vec<Box<RawValue>>,
    /// Where each event stands in the log.
    pub(super) positions: Vec<u64>,
    next: Option<String>,
    /// Set if the search took too long: everything later than this was searched.
    pub(super) reached: Option<String>,
}

impl Pages<'_> {
    /// At most `limit` events that meet the conditions in `request`, newest first.
    pub(super) fn new(client: &Client, request: Map<String, Value>, limit: usize) -> Pages<'_> {
        Pages { client, request: Some(request), left: limit }
    }

    /// The next page, which may be empty; `None` behind the last.
    pub(super) async fn next(&mut self) -> Result<Option<Page>, Refusal> {
        let Some(mut request) = self.request.take().filter(|_| self.left > 0) else { return Ok(None) };
        request.insert("limit".to_owned(), json!(self.left.min(PAGE_MAX)));
        let body = Bytes::from(Value::from(request.clone()).to_string());
        let page: Page = self.client.call(Method::POST, "/_cairn/lookup", &[], body).await?;
        self.left = self.left.saturating_sub(page.events.len());
        if let Some(token) = &page.next {
            request.insert("next".to_owned(), json!(token));
            self.request = Some(request);
        }
        Ok(Some(page))
    }

    /// Whether there is more than has come.
    pub(super) fn has_more(&self) -> bool {
        self.request.is_some()
    }
}
