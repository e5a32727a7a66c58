//! Texts stored once each.

use crate::hashing::{AsItIs, keyed};
use ahash::RandomState;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// The number of a text in its [`Strings`].
pub(super) type StringId = u32;

/// No text.
pub(super) const ABSENT: StringId = u32::MAX;

/// Texts, one behind the other in one allocation.
pub(super) struct Strings {
    texts: String,
    ends: Vec<u32>,
    /// Hash of a text to its number. A hash that another text has taken counts up to the next free one.
    ids: HashMap<u64, StringId, BuildHasherDefault<AsItIs>>,
    /// Keyed at random, so that nobody can make texts that collide.
    hasher: RandomState,
}

impl Default for Strings {
    fn default() -> Strings {
        Strings { texts: String::new(), ends: Vec::new(), ids: HashMap::default(), hasher: keyed() }
    }
}

impl Strings {
    pub(super) fn get(&self, id: StringId) -> Option<&str> {
        let id = id as usize;
        let end = *self.ends.get(id)? as usize;
        let start = id.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        Some(&self.texts[start..end])
    }

    /// The number of a text that was interned.
    pub(super) fn find(&self, text: &str) -> Option<StringId> {
        self.slot(text).1
    }

    /// The number of `text`, which is stored unless it is already.
    pub(super) fn intern(&mut self, text: &str) -> StringId {
        let (hash, found) = self.slot(text);
        found.unwrap_or_else(|| {
            let id = self.push(text);
            self.ids.insert(hash, id);
            id
        })
    }

    /// Stores a text that probably no other equals; [`Strings::find`] does not find it.
    pub(super) fn push(&mut self, text: &str) -> StringId {
        self.texts.push_str(text);
        self.ends.push(self.texts.len() as u32);
        (self.ends.len() - 1) as StringId
    }

    /// Memory in bytes, roughly.
    pub(super) fn bytes(&self) -> usize {
        self.texts.capacity() + self.ends.capacity() * 4 + self.ids.capacity() * 20
    }

    fn slot(&self, text: &str) -> (u64, Option<StringId>) {
        let mut hash = self.hasher.hash_one(text);
        loop {
            match self.ids.get(&hash) {
                Some(id) if self.get(*id) != Some(text) => hash = hash.wrapping_add(1),
                found => return (hash, found.copied()),
            }
        }
    }
}
