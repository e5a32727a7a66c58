//! How often each operation may be called, in the aws profile.

use cairn_decide::throttle::Pace;
use cairn_model::{AccountId, Timestamp};
use cairn_wire::{ApiError, ErrorCode, Operation};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

/// What was called lately, by whom and where. Memory only: after a restart everybody begins anew.
#[derive(Default)]
pub(crate) struct Throttles(Mutex<HashMap<(AccountId, String, Operation), Pace>>);

/// Regions are the callers' words, so the number of entries is bounded. Beyond it only those are kept that still
/// hold somebody back; they do for a second at most.
const ENTRIES_MAX: usize = 10_000;

impl Throttles {
    /// Counts a call; refuses it if it comes too soon.
    pub(super) fn count(
        &self,
        account: AccountId,
        region: &str,
        operation: Operation,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if paces.len() >= ENTRIES_MAX {
            paces.retain(|_, pace| !pace.is_free(now));
        }
        let is_full = paces.len() >= ENTRIES_MAX;
        let key = (account, region.to_owned(), operation);
        let is_allowed = match paces.get_mut(&key) {
            Some(pace) => pace.take(rate(operation), now),
            None if is_full => false,
            None => paces.entry(key).or_insert_with(|| Pace::new(now)).take(rate(operation), now),
        };
        match is_allowed {
            true => Ok(()),
            false => Err(ApiError::new(ErrorCode::ThrottlingException, "Rate exceeded")),
        }
    }
}

/// Calls a second, for an account in a region. Source: AWS CloudTrail User Guide, "Quotas in AWS CloudTrail".
fn rate(operation: Operation) -> NonZeroU32 {
    let per_second = match operation {
        Operation::LookupEvents | Operation::ListInsightsData => 2,
        Operation::PutAuditEvents => 100,
        other if ["Get", "Describe", "List"].iter().any(|verb| other.name().starts_with(verb)) => 10,
        _ => 1,
    };
    NonZeroU32::new(per_second).expect("all of them are positive")
}

#[cfg(test)]
mod tests;
