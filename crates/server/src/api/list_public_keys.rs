//! ListPublicKeys: the keys that signed the account's digests, the same in every region.

use super::{Answered, Call, shapes};
use cairn_model::{SigningKey, Timestamp};
use cairn_wire::generated::{ListPublicKeysRequest, ListPublicKeysResponse, PublicKey};
use cairn_wire::{ApiError, Blob, ErrorCode};
use std::sync::Arc;

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: ListPublicKeysRequest = call.input()?;
    // Without times, the key that is valid now.
    let start = input.start_time.map_or(call.now, shapes::timestamp);
    let end = input.end_time.map_or(call.now.max(start), shapes::timestamp);
    if start > end {
        let message = "The start time must not be later than the end time.";
        return Err(ApiError::new(ErrorCode::InvalidTimeRangeException, message));
    }
    if input.next_token.is_some_and(|token| !token.is_empty()) {
        return Err(ApiError::new(ErrorCode::InvalidTokenException, "The token is not one of Cairn's."));
    }
    let state = call.app.journal.catalog().state();
    let mut keys: Vec<&Arc<SigningKey>> = state
        .signing_keys_of(call.caller.account())
        .filter(|key| key.valid_from <= end && start <= key.valid_to)
        .collect();
    keys.sort_by_key(|key| key.valid_from);
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
