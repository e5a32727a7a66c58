//! `GET /_cairn/keys/export`: what an offline verifier needs and the buckets do not hold (FORMAT.md, "Exported keys").

use super::{Answered, answered};
use crate::app::App;
use crate::auth::Caller;
use crate::events::Exchange;
use cairn_delivery::Head;
use cairn_model::{AccountId, SigningKey, Timestamp};
use cairn_wire::{ApiError, Blob, ErrorCode};
use serde_json::{Value, json};

/// The version of what is written.
const VERSION: u64 = 1;

/// Public keys and heads of chains: of every account for the operator, of the caller's own for others.
pub(super) async fn export(app: &App, exchange: &Exchange<'_>, caller: &Caller) -> Answered {
    if caller.key.ingest_only {
        let message = format!("{} may post events and nothing else.", caller.arn());
        return Err(ApiError::new(ErrorCode::AccessDeniedException, message));
    }
    let is_shown = |account: AccountId| caller.key.operator || account == caller.account();
    // Heads first: then every key that signed one of them is in the catalog.
    let heads = app
        .delivery
        .heads()
        .await
        .map_err(|error| ApiError::internal(format!("the heads of chains: {error}")))?;
    let heads = heads.iter().filter(|head| is_shown(head.trail.account) || is_shown(head.account));
    let state = app.journal.catalog().state();
    // Those of the management account sign the digests of an organization's trails.
    let management = state.organization_of(caller.account()).map(|organization| organization.management);
    let signs = |account: AccountId| is_shown(account) || management == Some(account);
    let keys = state.signing_keys.values().map(|key| &**key).filter(|key| signs(key.account));
    answered(&file(keys, heads, exchange.now))
}

/// The file of keys and heads.
pub(crate) fn file<'a>(
    keys: impl IntoIterator<Item = &'a SigningKey>,
    heads: impl IntoIterator<Item = &'a Head>,
    now: Timestamp,
) -> Value {
    let mut keys: Vec<&SigningKey> = keys.into_iter().collect();
    keys.sort_by_key(|key| (key.account, key.valid_from, &key.fingerprint));
    let keys: Vec<Value> = keys.into_iter().map(shown_key).collect();
    let heads: Vec<Value> = heads.into_iter().map(shown_head).collect();
    json!({ "version": VERSION, "exported": now.to_string(), "PublicKeyList": keys, "heads": heads })
}

/// As ListPublicKeys has it, and whose digests it signs.
fn shown_key(key: &SigningKey) -> Value {
    json!({
        "Value": Blob(key.public_der.clone()), "ValidityStartTime": key.valid_from.to_string(),
        "ValidityEndTime": key.valid_to.to_string(), "Fingerprint": key.fingerprint, "account": key.account,
    })
}

fn shown_head(head: &Head) -> Value {
    let Head { trail, account, region, bucket, key, sha256, signature, end, open } = head;
    json!({
        "account": account, "trailARN": trail, "region": region, "digestS3Bucket": bucket,
        "digestS3Object": key, "digestHashValue": sha256, "digestSignature": signature,
        "digestEndTime": end.to_string(), "open": open,
    })
}
