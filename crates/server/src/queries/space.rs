//! What results take on disk.

use cairn_model::AccountId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Shares out what results may take on disk. No account holds more than what is still free, so that one that fills it leaves
/// others room: one alone gets half, two a third each.
#[derive(Debug)]
pub(super) struct Space {
    bytes: u64,
    held: Mutex<HashMap<AccountId, u64>>,
}

impl Space {
    /// `bytes` in all.
    pub(super) fn new(bytes: u64) -> Space {
        Space { bytes, held: Mutex::default() }
    }

    /// Takes some for an account, unless it has its share.
    #[must_use]
    pub(super) fn take(&self, account: AccountId, bytes: u64) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.bytes.saturating_sub(held.values().sum::<u64>().saturating_add(bytes));
        let of_account = held.entry(account).or_default();
        let fits = of_account.saturating_add(bytes) <= free;
        if fits {
            *of_account += bytes;
        }
        fits
    }

    /// Takes what is on disk already.
    pub(super) fn hold(&self, account: AccountId, bytes: u64) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        *held.entry(account).or_default() += bytes;
    }

    /// Gives back what was taken.
    pub(super) fn give(&self, account: AccountId, bytes: u64) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_account) = held.get_mut(&account) {
            *of_account = of_account.saturating_sub(bytes);
        }
    }

    /// What is taken.
    pub(super) fn used(&self) -> u64 {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

    use super::*;

    #[test]
    fn one_account_gets_half_and_leaves_others_room() {
        let space = Space::new(120);
        let (one, two) = ("111122223333".parse().unwrap(), "444455556666".parse().unwrap());
        assert!(space.take(one, 60) && !space.take(one, 1));
        assert!(space.take(two, 30) && !space.take(two, 1));
        assert_eq!(space.used(), 90);
        space.give(one, 60);
        assert!(space.take(two, 30) && !space.take(two, 1));
        space.hold(one, 200);
        assert!(!space.take(two, 1));
    }
}
