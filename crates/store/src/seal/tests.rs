#![allow(clippy::unwrap_used, reason = "tests")]

use super::{KeyError, Seal, UnsealError};
use crate::disk::faulty::FaultyDisk;
use crate::disk::{Disk, LocalDisk};
use crate::durable_file::write_durably;
use std::path::Path;

const PATH: &str = "/data/secret.key";

fn seal() -> Seal {
    Seal::new(&[5; 32])
}

#[test]
fn what_was_sealed_opens_under_the_same_key_and_context() {
    for plain in [&b""[..], b"secret", &[0; 5000]] {
        let sealed = seal().seal(plain, b"key AKIA1").unwrap();
        assert_eq!(seal().open(&sealed, b"key AKIA1").unwrap(), plain);
    }
}

#[test]
fn another_context_or_key_does_not_open_it() {
    let sealed = seal().seal(b"secret", b"key AKIA1").unwrap();
    let other_key = Seal::new(&[6; 32]);
    assert_eq!(seal().open(&sealed, b"key AKIA2"), Err(UnsealError::NotAuthentic));
    assert_eq!(other_key.open(&sealed, b"key AKIA1"), Err(UnsealError::NotAuthentic));
}

#[test]
fn no_flipped_bit_and_no_cut_goes_unnoticed() {
    let sealed = seal().seal(b"secret", b"context").unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut altered = sealed.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        assert!(seal().open(&altered, b"context").is_err(), "bit {bit}");
    }
    for len in 0..sealed.len() {
        assert!(seal().open(&sealed[..len], b"context").is_err());
    }
}

#[test]
fn a_newer_format_is_named() {
    let mut sealed = seal().seal(b"secret", b"context").unwrap();
    sealed[0] = 2;
    assert_eq!(seal().open(&sealed, b"context"), Err(UnsealError::Newer(2)));
}

#[test]
fn the_same_secret_is_never_sealed_to_the_same_bytes() {
    let seal = seal();
    assert_ne!(seal.seal(b"a", b"").unwrap(), seal.seal(b"a", b"").unwrap());
}

#[test]
fn a_new_key_is_kept_and_found_again_after_power_loss() {
    let disk = FaultyDisk::new(1);
    let sealed = Seal::load_or_create(&disk, Path::new(PATH)).unwrap().seal(b"secret", b"").unwrap();
    let disk = disk.lose_power(7);
    let seal = Seal::load_or_create(&disk, Path::new(PATH)).unwrap();
    assert_eq!(seal.open(&sealed, b"").unwrap(), b"secret");
}

#[test]
fn a_new_key_file_is_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret.key");
    Seal::create(&LocalDisk, &path).unwrap();
    assert!(LocalDisk.is_private(&path).unwrap());
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 32);
}

#[test]
fn a_key_that_others_may_read_is_refused() {
    let disk = FaultyDisk::new(1);
    Seal::create(&disk, Path::new(PATH)).unwrap();
    disk.expose(Path::new(PATH));
    let refused = Seal::load_or_create(&disk, Path::new(PATH));
    assert!(matches!(refused, Err(KeyError::Exposed { .. })));
}

#[test]
fn a_key_file_of_the_wrong_length_is_refused() {
    for len in [0, 31, 33, 4096] {
        let disk = FaultyDisk::new(1);
        write_durably(&disk, Path::new(PATH), &vec![1; len]).unwrap();
        let refused = Seal::load_or_create(&disk, Path::new(PATH));
        assert!(matches!(refused, Err(KeyError::Malformed { .. })), "{len}");
    }
}

#[test]
fn debug_shows_nothing_of_the_key() {
    assert_eq!(format!("{:?}", seal()), "Seal(..)");
}
