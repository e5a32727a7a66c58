//! What tells duplicates before they get into the tail.

use crate::bodies::Bodies;
use crate::canonical::{ContentHash, content_hash};
use crate::duplicates::Verdict;
use crate::hashing::AsItIs;
use crate::tail::with_event;
use cairn_model::{Event, Position};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasherDefault;

/// Memory that one place of the map takes, in bytes: the entry and its control byte.
const ENTRY_BYTES: usize = size_of::<(u64, Known)>() + 1;

/// The first event of the tail of every identity.
#[derive(Default)]
pub(super) struct Identities {
    /// Identities are hashes, keyed at random.
    by_identity: HashMap<u64, Known, BuildHasherDefault<AsItIs>>,
}

struct Known {
    position: Position,
    /// Hashed when the first other event of the identity comes, and then remembered: whoever sends many of
    /// one identity must not make each of them read the first again.
    content: Option<ContentHash>,
}

impl Identities {
    /// Memory in bytes, roughly.
    pub(super) fn bytes(&self) -> usize {
        self.by_identity.capacity() * ENTRY_BYTES
    }

    /// How `event`, which stands at `position`, stands to the first event of its identity. Costs one hash of
    /// `event` at most, and once for each identity that of the first event, which is read from `bodies`.
    pub(super) fn judge(
        &mut self,
        identity: u64,
        position: Position,
        event: &Event<'_>,
        bodies: &dyn Bodies,
    ) -> Verdict {
        let first = match self.by_identity.entry(identity) {
            Entry::Vacant(vacant) => {
                vacant.insert(Known { position, content: None });
                return Verdict::New;
            }
            Entry::Occupied(occupied) => occupied.into_mut(),
        };
        let content = match bodies.are_verbatim() {
            true => Some(content_hash(event.text())),
            false => with_event(bodies, position, |event| content_hash(event.text())).ok(),
        };
        match first.content(bodies) {
            Some(known) if Some(known) == content => Verdict::Duplicate,
            Some(_) => Verdict::Conflict,
            // The first cannot be read, so the next are compared with this one. The commit compares again,
            // and more.
            None => {
                *first = Known { position, content };
                Verdict::New
            }
        }
    }

    /// Forgets the events below `committed`, and gives back the memory that they took.
    pub(super) fn drop_below(&mut self, committed: Position) {
        self.by_identity.retain(|_, first| first.position >= committed);
        // Room for twice as many, so that a tail that stays as long as it is does not grow the map from
        // scratch every time.
        self.by_identity.shrink_to(self.by_identity.len() * 2);
    }
}

impl Known {
    /// The hash of the event's content; `None` if the log cannot give it.
    fn content(&mut self, bodies: &dyn Bodies) -> Option<ContentHash> {
        if self.content.is_none() {
            self.content = with_event(bodies, self.position, |event| content_hash(event.text())).ok();
        }
        self.content
    }
}

#[cfg(test)]
mod tests;
