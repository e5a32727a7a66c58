//! ListPublicKeys: the keys that signed the account's digests, its own and those of its organization's management account,
//! the same in every region. All stand in one page: there are a dozen a year.

use super::{Answered, Call, shapes};
use cairn_model::{SigningKey, Timestamp};
use cairn_wire::generated::{ListPublicKeysRequest, ListPublicKeysResponse, PublicKey};
use cairn_wire::{ApiError, Blob, ErrorCode};
use std::sync::Arc;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: ListPublicKeysRequest = call.input()?;
    let asks_for_current = input.start_time.is_none() && input.end_time.is_none();
    let start = input.start_time.map_or(call.now, shapes::timestamp);
    let end = input.end_time.map_or(call.now.max(start), shapes::timestamp);
    if start > end {
        let message = "The start time must not be later than the end time.";
        return Err(ApiError::new(ErrorCode::InvalidTimeRangeException, message));
    }
    super::refuse_token(input.next_token.as_deref())?;
    let state = call.app.journal.catalog().state();
    let account = call.caller.account();
    let management = state.organization_of(account).map(|organization| organization.management);
    let signers = [account, management.unwrap_or(account)];
    let mut keys: Vec<&Arc<SigningKey>> = state
        .signing_keys
        .values()
        .filter(|key| signers.contains(&key.account))
        .filter(|key| key.valid_from <= end && start <= key.valid_to)
        .collect();
    keys.sort_by_key(|key| (key.valid_from, &key.fingerprint));
    // While one key replaces another both are valid; each account's newest signs.
    if asks_for_current {
        let newest = |account| keys.iter().rposition(|key| key.account == account);
        let newest = signers.map(newest);
        let mut index = 0..;
        keys.retain(|_| newest.contains(&index.next()));
    }
    let public_key_list = Some(keys.into_iter().map(|key| public_key(key)).collect());
    call.read(&ListPublicKeysResponse { public_key_list, next_token: None })
}

fn public_key(key: &SigningKey) -> PublicKey {
    let time = |time: Timestamp| Some(shapes::epoch(time));
    PublicKey {
        value: Some(Blob(key.public_der.clone())),
        validity_start_time: time(key.valid_from),
        validity_end_time: time(key.valid_to),
        fingerprint: Some(key.fingerprint.clone()),
    }
}
