//! Sessions in memory. There may be many and they come often, so they are no part of [`super::CatalogState`], which is
//! copied with every change.

use cairn_model::{Session, Timestamp};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Beyond this many, those that expire first are forgotten.
pub(super) const SESSIONS_MAX: usize = 100_000;

#[derive(Debug)]
pub(super) struct Sessions {
    by_key: HashMap<String, Arc<Session>>,
    by_expiry: BTreeSet<(Timestamp, String)>,
    max: usize,
}

impl Sessions {
    /// Those that a database holds.
    pub(super) fn of(sessions: Vec<Session>, max: usize) -> Sessions {
        let mut all = Sessions { by_key: HashMap::new(), by_expiry: BTreeSet::new(), max };
        sessions.into_iter().for_each(|session| all.put(Arc::new(session)));
        all
    }

    pub(super) fn get(&self, access_key_id: &str) -> Option<Arc<Session>> {
        self.by_key.get(access_key_id).cloned()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Session>> {
        self.by_key.values()
    }

    /// The keys that go when `new` comes: those that have expired by then, and what would be too many.
    pub(super) fn outgoing(&self, new: &Session) -> Vec<String> {
        let is_known = self.by_key.contains_key(&new.access_key_id);
        let surplus = (self.by_key.len() + usize::from(!is_known)).saturating_sub(self.max);
        let oldest = self.by_expiry.iter().filter(|(_, key)| *key != new.access_key_id).enumerate();
        let goes = |(place, (expires, _)): &(usize, &(Timestamp, String))| {
            *place < surplus || *expires <= new.created
        };
        oldest.take_while(goes).map(|(_, (_, key))| key.clone()).collect()
    }

    /// Takes a session in, in place of what the same key stood for.
    pub(super) fn put(&mut self, session: Arc<Session>) {
        self.remove(&session.access_key_id);
        self.by_expiry.insert((session.expires, session.access_key_id.clone()));
        self.by_key.insert(session.access_key_id.clone(), session);
    }

    pub(super) fn remove(&mut self, access_key_id: &str) {
        if let Some(session) = self.by_key.remove(access_key_id) {
            self.by_expiry.remove(&(session.expires, session.access_key_id.clone()));
        }
    }
}

#[cfg(test)]
mod tests;
