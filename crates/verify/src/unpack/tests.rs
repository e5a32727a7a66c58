#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::io::Write;

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn hash(gzip: &[u8]) -> Result<Sha256, UnpackError> {
    let unpacked = Unpacker::new().hash(&mut &*gzip)?;
    assert_eq!(unpacked.gzip_bytes, gzip.len() as u64);
    Ok(unpacked.sha256)
}

#[test]
fn a_file_larger_than_what_is_decoded_at_once_has_the_same_hash() {
    let noise: Vec<u8> =
        (0u64..5 << 20).flat_map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes()).collect();
    let packed = gzip(&noise);
    assert!(packed.len() > WHOLE_GZIP_MAX, "{}", packed.len());
    assert_eq!(hash(&packed).unwrap(), sha256(&noise));
    assert!(matches!(hash(&packed[..packed.len() - 1]), Err(UnpackError::NotGzip)));
    assert!(matches!(hash(&[&packed[..], b"x"].concat()), Err(UnpackError::More)));
    let zeros = vec![0; WHOLE_PLAIN_MAX + 1];
    assert_eq!(hash(&gzip(&zeros)).unwrap(), sha256(&zeros));
}

#[test]
fn a_second_member_is_not_hidden_by_a_length_that_fits() {
    let first = gzip(b"{\"Records\":[1]}");
    let second = gzip(b"{\"Records\":[2]}");
    assert!(matches!(hash(&[&first[..], &second].concat()), Err(UnpackError::More)));
    assert!(matches!(hash(&[&first[..], &first].concat()), Err(UnpackError::More)));
    assert!(matches!(hash(&[&first[..], &[0; 20]].concat()), Err(UnpackError::More)));
}

#[test]
fn what_is_no_gzip_is_refused() {
    for bytes in [&b""[..], b"{\"Records\":[]} and more of it", &[0x1f, 0x8b], &[0; 64]] {
        assert!(matches!(hash(bytes), Err(UnpackError::NotGzip)), "{bytes:?}");
    }
}

#[test]
fn a_read_ends_at_its_limit() {
    let packed = gzip(&[b'a'; 1000]);
    let read = |max| Unpacker::new().read(&mut &packed[..], max);
    assert_eq!(read(1000).unwrap().0, vec![b'a'; 1000]);
    assert!(matches!(read(999), Err(UnpackError::TooLarge(999))));
}

proptest! {
    #[test]
    fn the_hash_is_that_of_the_plain_bytes(plain in proptest::collection::vec(any::<u8>(), 0..3000)) {
        prop_assert_eq!(hash(&gzip(&plain)).unwrap(), sha256(&plain));
    }

    #[test]
    fn no_flipped_byte_passes(plain in "[a-c]{1,400}", at in any::<prop::sample::Index>(), flip in 1u8..) {
        let mut packed = gzip(plain.as_bytes());
        // Bytes 4 to 9 of the header say when and where it was packed (RFC 1952, 2.3.1).
        let at = 10 + at.index(packed.len() - 10);
        packed[at] ^= flip;
        if let Ok(found) = hash(&packed) {
            // Only if it packs the same text another way.
            prop_assert_eq!(found, sha256(plain.as_bytes()));
        }
    }
}
