//! Replaces the keys that sign digests, each before it ends.

use crate::app::{App, signing_key};
use crate::clock;
use crate::events;
use crate::journal::JournalError;
use cairn_decide::rotation::overlap;
use cairn_model::{AccountId, Change, SigningKey, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often keys are looked at; more often only if a key's end comes sooner.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// The first look is at once: keys may have ended while nobody served.
pub(super) async fn run(app: Arc<App>, stop: CancellationToken) {
    let pause = LOOK_EVERY.min(overlap(app.config.rotate_every) / 4);
    while !stop.is_cancelled() {
        for account in accounts(&app) {
            if let Err(error) = rotate_if_due(&app, account).await {
                tracing::error!(%account, %error, "the signing key was not replaced; trying again");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Gives an account a key that signs, if it has none or one that is to be replaced.
pub(crate) async fn make_signing_key(app: &Arc<App>, account: AccountId) -> Result<(), NotReplaced> {
    rotate_if_due(app, account).await
}

/// Why a key was not replaced. The old one goes on signing until its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotReplaced {
    #[error("the system gives no random bytes")]
    NoRandomness,
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Accounts whose trails make digests. Those of a stopped trail count: its last digest may still be due.
fn accounts(app: &App) -> BTreeSet<AccountId> {
    let state = app.journal.catalog().state();
    let validating = state.trails.values().filter(|trail| trail.log_file_validation);
    validating.map(|trail| trail.arn.account).collect()
}

async fn rotate_if_due(app: &Arc<App>, account: AccountId) -> Result<(), NotReplaced> {
    let now = clock::now();
    if !app.needs_signing_key(account, now) {
        return Ok(());
    }
    let key = new_key(app, account, now).await.ok_or(NotReplaced::NoRandomness)?;
    let mut control = app.journal.control().await;
    // A trail that was created meanwhile may have brought a key along.
    if !app.needs_signing_key(account, now) {
        return Ok(());
    }
    let event = events::by_cairn("RotateSigningKey", account, &app.config.region, now, Some(told(&key)));
    let fingerprint = key.fingerprint.clone();
    // A crash before the record is durable leaves the old key, and the next start makes another new one.
    control.commit(&[Change::PutSigningKey(key)], account, &event).await?;
    tracing::info!(%account, fingerprint, "a new key signs digests");
    Ok(())
}

/// On a thread that may block: some tens of milliseconds of pure work.
async fn new_key(app: &Arc<App>, account: AccountId, now: Timestamp) -> Option<SigningKey> {
    let app = Arc::clone(app);
    let making =
        tokio::task::spawn_blocking(move || signing_key(&app.seal, account, now, app.config.rotate_every));
    making.await.expect("making a key does not panic")
}

/// `requestParameters`; nothing of the private key.
fn told(key: &SigningKey) -> Value {
    json!({
        "fingerprint": key.fingerprint,
        "validityStartTime": key.valid_from.to_string(),
        "validityEndTime": key.valid_to.to_string(),
    })
}
