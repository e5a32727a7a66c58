//! How many queries of one account and region are queued and running.

use super::Asker;
use cairn_model::AccountId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many of them run; the others wait. Nobody waits for another account's.
const RUN_AT_ONCE: usize = 4;

type Place = (AccountId, String);

/// Counts the queries that are queued and running.
#[derive(Debug)]
pub(super) struct Slots {
    most: usize,
    taken: Mutex<HashMap<Place, Taken>>,
}

#[derive(Debug)]
struct Taken {
    count: usize,
    turns: Arc<Semaphore>,
}

/// One of the queries that may be queued and running; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    slots: Arc<Slots>,
    place: Place,
    turns: Arc<Semaphore>,
}

/// One of the queries that may run; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Turn(#[expect(dead_code, reason = "it is held")] OwnedSemaphorePermit);

impl Slots {
    /// `most` for each account and region.
    pub(super) fn new(most: usize) -> Slots {
        Slots { most, taken: Mutex::default() }
    }

    /// How many there are for each account and region.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// A slot, if one is free.
    pub(super) fn take(self: &Arc<Slots>, asker: &Asker) -> Option<Slot> {
        let place = (asker.account, asker.region.clone());
        let mut all = self.taken();
        let unused = || Taken { count: 0, turns: Arc::new(Semaphore::new(RUN_AT_ONCE)) };
        let taken = all.entry(place.clone()).or_insert_with(unused);
        if taken.count >= self.most {
            return None;
        }
        taken.count += 1;
        Some(Slot { slots: Arc::clone(self), place, turns: Arc::clone(&taken.turns) })
    }

    /// All that are taken.
    pub(super) fn in_use(&self) -> usize {
        self.taken().values().map(|taken| taken.count).sum()
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<Place, Taken>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// The turn to run, if nobody runs who would have to end first.
    pub(super) fn try_turn(&self) -> Option<Turn> {
        Arc::clone(&self.turns).try_acquire_owned().ok().map(Turn)
    }

    /// Waits for the turn to run.
    pub(super) async fn turn(&self) -> Turn {
        Turn(Arc::clone(&self.turns).acquire_owned().await.expect("nobody closes it"))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut all = self.slots.taken();
        if let Some(taken) = all.get_mut(&self.place) {
            taken.count -= 1;
            if taken.count == 0 {
                all.remove(&self.place);
            }
        }
    }
}

#[cfg(test)]
mod tests;
