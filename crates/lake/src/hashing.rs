//! Hashing of what is kept in memory: fast, and keyed at random, so that nobody can make texts that collide.

use ahash::RandomState as Keyed;
use std::hash::{BuildHasher, Hasher, RandomState};

/// A hasher whose key nobody knows; another one each time.
pub(crate) fn keyed() -> Keyed {
    let random = RandomState::new();
    let key = |number: u64| random.hash_one(number);
    Keyed::with_seeds(key(0), key(1), key(2), key(3))
}

/// Passes a hash on as the hash of itself.
#[derive(Clone, Copy, Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only u64 keys are hashed");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::keyed;

    #[test]
    fn each_hasher_has_a_key_of_its_own() {
        let (one, other) = (keyed(), keyed());
        assert_eq!(one.hash_one("text"), one.hash_one("text"));
        assert_ne!(one.hash_one("text"), other.hash_one("text"));
    }
}
