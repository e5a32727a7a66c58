//! The names that many services use, which each service's frame refers to instead of repeating them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// More makes the file larger than it makes the frames smaller.
const BYTES_MAX: usize = 16 << 10;

/// The names that save most, the best last: references to what is near are shorter.
pub(super) fn common_names<'a>(services: impl Iterator<Item = &'a Vec<String>>) -> Vec<u8> {
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for name in services.flatten() {
        *uses.entry(name).or_default() += 1;
    }
    let mut names: Vec<(&str, usize)> = uses.into_iter().filter(|(_, uses)| *uses > 1).collect();
    names.sort_by_key(|(name, uses)| Reverse(name.len() * uses));
    let mut bytes = 0;
    names.retain(|(name, _)| {
        bytes += name.len() + 1;
        bytes <= BYTES_MAX
    });
    names.iter().rev().flat_map(|(name, _)| name.bytes().chain([b'\n'])).collect()
}
