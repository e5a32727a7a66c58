#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Headers, ObjectInfo, Sha256, open, runs, trailer};
use crate::checksum::{Algorithm, Checksum, Coverage};
use crate::error::BucketError;
use cairn_model::Timestamp;
use std::collections::BTreeMap;
use std::path::Path;

fn info(key: &str, body: &[u8]) -> ObjectInfo {
    ObjectInfo {
        key: key.to_owned(),
        size: body.len() as u64,
        etag: "e".to_owned(),
        sha256: Sha256([7; 32]),
        modified: Timestamp::from_micros(1_767_000_000_123_456),
        locked_until: Some(Timestamp::from_micros(-5)),
        headers: Headers {
            content_type: Some("text/plain; charset=\"ü\"".to_owned()),
            user: BTreeMap::from([("a".to_owned(), "b".to_owned())]),
            ..Headers::default()
        },
        tags: BTreeMap::from([("team".to_owned(), "ü".to_owned())]),
        checksum: Some(Checksum {
            algorithm: Algorithm::Crc64Nvme,
            coverage: Coverage::FullObject,
            value: "AAAAAAAAAAA=".to_owned(),
        }),
        parts: vec![(3, 5), (1, 2)],
    }
}

fn write(path: &Path, info: &ObjectInfo, body: &[u8]) {
    let mut bytes = body.to_vec();
    bytes.extend_from_slice(&trailer(info));
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn an_object_file_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    for body in [&b""[..], b"body", &[b'z'; 10_000]] {
        let long_key = "\u{1}".repeat(1024);
        for key in ["k", long_key.as_str()] {
            write(&path, &info(key, body), body);
            assert_eq!(open(&path, key).unwrap().1, info(key, body));
        }
    }
}

#[test]
fn every_changed_byte_of_a_trailer_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    write(&path, &info("k", b"body"), b"body");
    let good = std::fs::read(&path).unwrap();
    for at in 4..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        std::fs::write(&path, bad).unwrap();
        assert!(
            matches!(open(&path, "k"), Err(BucketError::Damaged(_) | BucketError::TooNew { .. })),
            "byte {at}"
        );
    }
    for length in 0..good.len() {
        std::fs::write(&path, &good[..length]).unwrap();
        assert!(matches!(open(&path, "k"), Err(BucketError::Damaged(_))), "length {length}");
    }
}

#[test]
fn a_file_under_the_name_of_another_key_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    write(&path, &info("k", b""), b"");
    assert!(matches!(open(&path, "K"), Err(BucketError::Damaged(_))));
    assert!(matches!(open(&folder.path().join("y"), "k"), Err(BucketError::NoSuchKey)));
}

#[test]
fn parts_are_found_by_their_numbers() {
    let info = info("k", b"");
    assert_eq!(info.parts_count(), Some(4));
    assert_eq!(info.part(1), Some(0..5));
    assert_eq!(info.part(3), Some(10..15));
    assert_eq!(info.part(4), Some(15..17));
    assert_eq!((info.part(5), info.part(0)), (None, None));
    let whole = ObjectInfo { size: 9, parts: Vec::new(), ..info };
    assert_eq!((whole.part(1), whole.part(2), whole.parts_count()), (Some(0..9), None, None));
    assert_eq!(runs([5, 5, 5, 2].into_iter()), [(3, 5), (1, 2)]);
}

#[test]
fn an_object_of_a_newer_version_is_told_apart_from_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    write(&path, &info("k", b"body"), b"body");
    let mut bytes = std::fs::read(&path).unwrap();
    let version = bytes.len() - 20;
    bytes[version] = 2;
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(open(&path, "k"), Err(BucketError::TooNew { found: 2, known: 1, .. })));
}
