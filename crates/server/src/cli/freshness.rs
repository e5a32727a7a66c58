//! Waiting until look-ups see what has been acknowledged.

use super::Failure;
use super::client::Client;
use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use std::time::Duration;
use tokio::time::Instant;

/// How long between two questions.
const PAUSE: Duration = Duration::from_millis(20);

/// What is read of `/_cairn/health`: log positions.
#[derive(Deserialize)]
struct Health {
    log: Log,
    history: History,
}

#[derive(Deserialize)]
struct Log {
    end: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct History {
    visible_up_to: u64,
}

/// Waits until look-ups see everything that was acknowledged before this call.
pub(super) async fn until_all_visible(client: &Client, patience: Duration) -> Result<(), Failure> {
    let end = ask(client).await?.log.end;
    until_visible(client, end, patience).await
}

/// Waits until look-ups see everything below the log position `end`.
pub(super) async fn until_visible(client: &Client, end: u64, patience: Duration) -> Result<(), Failure> {
    let deadline = Instant::now() + patience;
    loop {
        let visible = ask(client).await?.history.visible_up_to;
        if visible >= end {
            return Ok(());
        }
        if Instant::now() >= deadline {
            let behind = end - visible;
            let message = format!("after {patience:?} look-ups are still {behind} bytes of the log behind");
            return Err(Failure::Failed(message));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn ask(client: &Client) -> Result<Health, Failure> {
    Ok(client.call(Method::GET, "/_cairn/health", &[], Bytes::new()).await?)
}
