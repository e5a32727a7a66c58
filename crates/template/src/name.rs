//! Names of resources that a template does not name.

use crate::properties::Properties;
use crate::template::Resource;

/// How much of a stack's and a resource's name stands in it: with what is behind, no name is longer than 128.
const PART_LENGTH_MAX: usize = 57;

/// `<stack>-<resource>-<12 characters>`. One stack and resource have one name, so that applying again after a crash
/// finds what was made. What only a new resource can have otherwise makes another name.
pub(crate) fn generated(stack: &str, resource: &Resource, properties: &Properties) -> String {
    let mut hash = Hash::new();
    hash.add(stack);
    hash.add(&resource.logical_id);
    for property in resource.kind.fixed_properties() {
        hash.add(&properties.get(*property).map(ToString::to_string).unwrap_or_default());
    }
    let part = |text: &str| text.chars().take(PART_LENGTH_MAX).collect::<String>();
    format!("{}-{}-{}", part(stack), part(&resource.logical_id), hash.text())
}

/// FNV-1a of 64 bits (draft-eastlake-fnv): it tells names apart, and nobody gains by making two alike.
struct Hash(u64);

impl Hash {
    fn new() -> Hash {
        Hash(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, text: &str) {
        // The last byte is in no text, so that two texts are not as good as one.
        for byte in text.bytes().chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// 60 bits, five a character.
    fn text(&self) -> String {
        let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        (0..12).map(|place| char::from(digits[(self.0 >> (5 * place)) as usize & 31])).collect()
    }
}
