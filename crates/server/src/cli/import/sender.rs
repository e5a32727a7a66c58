//! Posting to the server, with patience: it may be busy, or restart.

use super::super::client::{Client, Refusal};
use super::tally::Tally;
use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::cell::Cell;
use std::time::Duration;
use tokio::time::Instant;

/// How long the server may take nothing before the import gives up, to be run again.
const PATIENCE: Duration = Duration::from_secs(600);
/// The wait before the second try, doubled by each further one up to the longest.
const PAUSE: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Why something was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    /// The server does not take this.
    #[error("{0}")]
    Refused(String),
    /// The server takes nothing any more.
    #[error("{0}; gave up after 10 minutes. Run the same command again to go on")]
    GaveUp(String),
}

/// What the server answers to posted events.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Receipt {
    accepted: u64,
    pub(super) refused: Vec<Refused>,
    refused_total: Option<u64>,
    noted: Vec<serde::de::IgnoredAny>,
    noted_total: Option<u64>,
    positions: Vec<[u64; 2]>,
}

/// A record that the server did not take.
#[derive(Debug, Deserialize)]
pub(super) struct Refused {
    pub(super) line: u64,
    pub(super) reason: String,
}

impl Receipt {
    pub(super) fn refused_total(&self) -> u64 {
        self.refused_total.unwrap_or(self.refused.len() as u64)
    }

    pub(super) fn tally(&self) -> Tally {
        let mut tally = Tally {
            accepted: self.accepted,
            refused: self.refused_total(),
            future: self.noted_total.unwrap_or(self.noted.len() as u64),
            ..Tally::default()
        };
        self.positions.iter().for_each(|range| tally.ranges.add(*range));
        tally
    }
}

/// Sends to one server.
pub(super) struct Sender {
    client: Client,
    /// Path and query that events are posted to.
    target: String,
    /// The server's log ends here, or beyond.
    end: Cell<u64>,
    /// When the server last took something.
    taken: Cell<Instant>,
}

impl Sender {
    pub(super) fn new(client: Client, target: String) -> Sender {
        Sender { client, target, end: Cell::new(0), taken: Cell::new(Instant::now()) }
    }

    /// Takes note that the server's log has reached a position.
    pub(super) fn reached(&self, end: u64) {
        self.end.set(self.end.get().max(end));
    }

    /// A position that the server's log has reached.
    pub(super) fn end(&self) -> u64 {
        self.end.get()
    }

    /// Posts events. `again` says that they may have been posted before, when the log had reached that
    /// position. Each further try says so too, because the answer to the one before it may have been lost.
    pub(super) async fn post(&self, body: Bytes, again: Option<u64>) -> Result<Receipt, SendError> {
        let reached = self.end.get();
        let repeated = format!("{}&again={}", self.target, again.unwrap_or(reached));
        let first = if again.is_some() { &repeated } else { &self.target };
        let receipt: Receipt = self.patiently(first, &repeated, body).await?;
        self.reached(receipt.positions.iter().map(|[_, to]| *to).max().unwrap_or(0));
        Ok(receipt)
    }

    /// Calls one of the server's own paths.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &serde_json::Value,
    ) -> Result<T, SendError> {
        self.patiently(path, path, Bytes::from(body.to_string())).await
    }

    async fn patiently<T: DeserializeOwned>(
        &self,
        first: &str,
        then: &str,
        body: Bytes,
    ) -> Result<T, SendError> {
        let mut path = first;
        let mut pause = PAUSE;
        let begun = Instant::now();
        loop {
            let headers = [("content-type", "application/json")];
            match self.client.call(Method::POST, path, &headers, body.clone()).await {
                Ok(answer) => {
                    self.taken.set(Instant::now());
                    return Ok(answer);
                }
                Err(Refusal::Final(why)) => return Err(SendError::Refused(why)),
                Err(Refusal::Retryable(why)) if self.taken.get().max(begun).elapsed() > PATIENCE => {
                    return Err(SendError::GaveUp(why));
                }
                Err(Refusal::Retryable(_)) => {}
            }
            path = then;
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }
}
