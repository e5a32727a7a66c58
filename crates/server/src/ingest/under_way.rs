//! Requests that are being carried out. One that is sent again must wait for the first, or both would look into
//! the log before either is there.

use aws_lc_rs::digest::{SHA256, digest};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OwnedMutexGuard;

type BodyHash = [u8; 32];
type Turn = Arc<tokio::sync::Mutex<()>>;

/// The bodies of requests that are being carried out, by their hashes.
#[derive(Debug, Default)]
pub(crate) struct UnderWay(Mutex<HashMap<BodyHash, Turn>>);

/// While this lives, requests with the same body wait.
#[derive(Debug)]
pub(crate) struct Entered<'u> {
    under_way: &'u UnderWay,
    body: BodyHash,
    turn: Option<OwnedMutexGuard<()>>,
}

impl UnderWay {
    /// Waits until no other request with this body is being carried out.
    pub(crate) async fn enter(&self, body: &[u8]) -> Entered<'_> {
        let hash = digest(&SHA256, body);
        let body = *hash.as_ref().first_chunk().expect("SHA-256 has 32 bytes");
        // Made before the wait, so that an end of the wait cleans up too.
        let mut entered = Entered { under_way: self, body, turn: None };
        let turn = Arc::clone(self.turns().entry(body).or_default());
        entered.turn = Some(turn.lock_owned().await);
        entered
    }

    fn turns(&self) -> MutexGuard<'_, HashMap<BodyHash, Turn>> {
        // Entries are put and taken out whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        let mut turns = self.under_way.turns();
        self.turn = None;
        // Who waits has a share of the turn; under the lock nobody gets another.
        if turns.get(&self.body).is_some_and(|turn| Arc::strong_count(turn) == 1) {
            turns.remove(&self.body);
        }
    }
}

#[cfg(test)]
mod tests;
