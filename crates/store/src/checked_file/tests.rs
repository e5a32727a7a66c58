#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use crate::disk::faulty::FaultyDisk;

const PATH: &str = "/data/one";
const KIND: Kind = Kind { name: "query", version: 1 };

fn written(bytes: &[u8]) -> (FaultyDisk, Vec<u8>) {
    let disk = FaultyDisk::new(1);
    write_checked(&disk, Path::new(PATH), KIND, bytes).unwrap();
    let whole = disk.contents(Path::new(PATH)).unwrap();
    (disk, whole)
}

#[test]
fn what_was_written_is_read_after_power_loss() {
    for bytes in [&b""[..], b"{}", b"two\nlines", &[7; 9000]] {
        let (disk, _) = written(bytes);
        let disk = disk.lose_power(2);
        assert_eq!(read_checked(&disk, Path::new(PATH), KIND).unwrap(), bytes);
    }
}

#[test]
fn no_changed_or_cut_byte_is_missed() {
    let (disk, whole) = written(br#"{"id":"one"}"#);
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 4;
        disk.corrupt(Path::new(PATH), changed);
        assert!(read_checked(&disk, Path::new(PATH), KIND).is_err(), "byte {at}");
        disk.corrupt(Path::new(PATH), whole[..at].to_vec());
        assert!(read_checked(&disk, Path::new(PATH), KIND).is_err(), "cut at {at}");
    }
}

#[test]
fn another_version_is_told_apart_from_damage() {
    let (disk, _) = written(b"{}");
    let newer = read_checked(&disk, Path::new(PATH), Kind { version: 2, ..KIND });
    assert!(matches!(newer, Err(CheckedError::Version(version)) if version == "1"));
    let other = read_checked(&disk, Path::new(PATH), Kind { name: "import", ..KIND });
    assert!(matches!(other, Err(CheckedError::Damaged)));
}
