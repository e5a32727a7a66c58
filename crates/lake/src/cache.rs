//! What was used last, within a bound of memory.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Values by key; when they take too much memory, those that came first go.
pub(crate) struct Cache<K, V> {
    entries: Mutex<Entries<K, V>>,
    bytes_max: usize,
}

struct Entries<K, V> {
    by_key: HashMap<K, Entry<V>>,
    order: VecDeque<K>,
    bytes: usize,
    /// Whether a value was wanted lately.
    used: bool,
}

struct Entry<V> {
    value: V,
    bytes: usize,
}

impl<K: Clone + Eq + Hash, V: Clone> Cache<K, V> {
    pub(crate) fn new(bytes_max: usize) -> Cache<K, V> {
        let entries = Entries { by_key: HashMap::new(), order: VecDeque::new(), bytes: 0, used: false };
        Cache { entries: Mutex::new(entries), bytes_max }
    }

    pub(crate) fn get(&self, key: &K) -> Option<V> {
        let mut entries = self.lock();
        entries.used = true;
        entries.by_key.get(key).map(|entry| entry.value.clone())
    }

    /// Keeps a value that takes this much memory, in the place of the one that had its key.
    pub(crate) fn insert(&self, key: K, value: V, bytes: usize) {
        self.lock().insert(key, Entry { value, bytes }, self.bytes_max);
    }

    /// Forgets all values if none was wanted since the call before.
    pub(crate) fn clear_if_unused(&self) {
        let mut entries = self.lock();
        if !std::mem::take(&mut entries.used) {
            *entries = Entries { by_key: HashMap::new(), order: VecDeque::new(), bytes: 0, used: false };
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries<K, V>> {
        // Inserting leaves the entries usable wherever it stops.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash, V> Entries<K, V> {
    fn insert(&mut self, key: K, entry: Entry<V>, bytes_max: usize) {
        self.bytes += entry.bytes;
        match self.by_key.insert(key.clone(), entry) {
            Some(before) => self.bytes = self.bytes.saturating_sub(before.bytes),
            None => self.order.push_back(key),
        }
        while self.bytes > bytes_max
            && let Some(oldest) = self.order.pop_front()
            && let Some(entry) = self.by_key.remove(&oldest)
        {
            self.bytes = self.bytes.saturating_sub(entry.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cache;

    #[test]
    fn what_came_first_goes_when_there_is_too_much() {
        let cache = Cache::new(10);
        for key in 0..4 {
            cache.insert(key, key * 100, 4);
        }
        assert_eq!([0, 1, 2, 3].map(|key| cache.get(&key)), [None, None, Some(200), Some(300)]);
        cache.insert(2, 201, 1);
        cache.insert(5, 500, 4);
        assert_eq!([2, 3, 5].map(|key| cache.get(&key)), [Some(201), Some(300), Some(500)]);
        cache.insert(6, 600, 11);
        assert_eq!([2, 3, 5, 6].map(|key| cache.get(&key)), [None; 4]);
    }

    #[test]
    fn what_nobody_wants_is_forgotten_at_the_second_look() {
        let cache = Cache::new(10);
        cache.insert(1, 100, 4);
        assert_eq!(cache.get(&1), Some(100));
        cache.clear_if_unused();
        assert_eq!(cache.get(&1), Some(100));
        cache.clear_if_unused();
        cache.clear_if_unused();
        assert_eq!(cache.get(&1), None);
        cache.insert(2, 200, 10);
        assert_eq!(cache.get(&2), Some(200));
    }
}
