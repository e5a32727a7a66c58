#![allow(clippy::unwrap_used, reason = "tests")]

mod sharing;

use super::{Journal, JournalError};
use cairn_model::AccountId;
use cairn_store::catalog::Catalog;
use cairn_store::disk::LocalDisk;
use cairn_store::log::{AppendError, Log, LogOptions};
use std::path::Path;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

const EVENT: &str = r#"{"eventTime":"2026-03-01T08:04:11Z","eventSource":"s","eventName":"n"}"#;
/// The log's folder.
const LOG: &str = "log";
/// Bytes of events that the log takes at a time.
const QUEUE_BYTES: usize = 4096;

async fn journal(folder: &Path) -> Journal {
    let options = LogOptions { queue_bytes: QUEUE_BYTES, ..LogOptions::new(folder.join(LOG)) };
    let (log, _) = Log::open(Arc::new(LocalDisk), options).unwrap();
    let catalog = Catalog::open(&folder.join("catalog.db")).await.unwrap();
    Journal::new(log, catalog, CancellationToken::new())
}

#[tokio::test]
async fn an_event_that_is_too_large_says_nothing_of_the_log_and_a_closed_log_does() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let account: AccountId = "111122223333".parse().unwrap();
    let large = EVENT.replace(r#""n""#, &format!(r#""n","more":"{}""#, "x".repeat(QUEUE_BYTES)));
    let refused = journal.record(account, large.as_bytes()).await;
    assert!(matches!(refused, Err(JournalError::Append(AppendError::TooLarge { .. }))));
    assert!(journal.is_writable());
    journal.record(account, EVENT.as_bytes()).await.unwrap();
    journal.log().clone().close().unwrap();
    assert!(journal.record(account, EVENT.as_bytes()).await.is_err());
    assert!(!journal.is_writable());
}
