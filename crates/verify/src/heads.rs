//! The ends of chains that the files of keys name, and which of them were found.

use crate::keys::{Head, KeysFile};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Heads by the digest that they name.
pub(crate) struct Heads<'a> {
    digests: Vec<Named<'a>>,
    /// Where in `digests` a bucket and key are.
    by_key: HashMap<(&'a str, &'a str), usize>,
}

/// What the files of keys say of one digest.
#[derive(Default)]
struct Named<'a> {
    /// Not empty; those of several files may contradict one another.
    heads: Vec<&'a Head>,
    /// Whether the digest was found, or is known to be missing.
    is_found: AtomicBool,
}

impl<'a> Heads<'a> {
    pub(crate) fn of(keys: &'a KeysFile) -> Heads<'a> {
        let mut heads = Heads { digests: Vec::new(), by_key: HashMap::new() };
        for head in keys.heads() {
            let new = heads.digests.len();
            let index = *heads.by_key.entry((&head.bucket, &head.key)).or_insert(new);
            if index == new {
                heads.digests.push(Named::default());
            }
            heads.digests[index].heads.push(head);
        }
        heads
    }

    /// What is said of the digest with this bucket and key, which is dealt with now: nobody looks for it any more.
    pub(crate) fn find(&self, bucket: &str, key: &str) -> &[&'a Head] {
        let Some(index) = self.by_key.get(&(bucket, key)) else { return &[] };
        let named = &self.digests[*index];
        named.is_found.store(true, Relaxed);
        &named.heads
    }

    /// For each digest that nobody found, the latest of its heads that are wanted.
    pub(crate) fn missing(&self, is_wanted: impl Fn(&Head) -> bool) -> impl Iterator<Item = &'a Head> {
        let unfound = self.digests.iter().filter(|named| !named.is_found.load(Relaxed));
        unfound.filter_map(move |named| {
            named.heads.iter().copied().filter(|head| is_wanted(head)).max_by_key(|head| head.end)
        })
    }
}
