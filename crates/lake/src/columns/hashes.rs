//! Small hashes of texts, by which rows are found that are then looked at. FORMAT.md describes them.

/// The hash of an `eventID`: what the column `event_id_hash` holds.
pub(crate) fn event_id_hash(id: &str) -> i16 {
    let hash = resource_hash(id) as u32;
    (hash ^ hash >> 16) as i16
}

/// The hash of the name of a resource: what the column `resource_hashes` holds.
pub(crate) fn resource_hash(name: &str) -> i32 {
    let hash = fnv_1a(name.as_bytes());
    (hash ^ hash >> 32) as i32
}

/// FNV-1a of 64 bits. Source: Fowler, Noll, Vo, draft-eastlake-fnv.
fn fnv_1a(bytes: &[u8]) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    bytes.iter().fold(OFFSET, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::{event_id_hash, fnv_1a, resource_hash};

    #[test]
    fn hashes_never_change() {
        assert_eq!(fnv_1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv_1a(b"foobar"), 0x8594_4171_f739_67e8);
        assert_eq!(resource_hash("foobar"), (0x8594_4171u32 ^ 0xf739_67e8) as i32);
        assert_eq!(event_id_hash("foobar"), (0x72ad_2699u32 ^ 0x72ad) as u16 as i16);
    }
}
