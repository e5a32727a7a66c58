#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Budget, Encoding, UnpackError, unpack};
use bytes::Bytes;
use std::io::Write;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn unpacked(body: Vec<u8>, header: Option<&str>, budget: usize) -> Result<Bytes, UnpackError> {
    let budget = Budget::new(budget);
    let mut share = budget.share();
    let encoding = Encoding::of(header, &body)?;
    unpack(Bytes::from(body), encoding, &budget, &mut share)
}

const ROOM: usize = 4 << 30;

#[test]
fn every_encoding_gives_back_what_went_in() {
    let text: Vec<u8> = (0..300_000u32).flat_map(u32::to_le_bytes).collect();
    let zstd = zstd::encode_all(&text[..], 1).unwrap();
    assert_eq!(unpacked(text.clone(), None, ROOM).unwrap(), text);
    assert_eq!(unpacked(gzip(&text), Some("gzip"), ROOM).unwrap(), text);
    assert_eq!(unpacked(gzip(&text), None, ROOM).unwrap(), text);
    assert_eq!(unpacked(zstd.clone(), Some("zstd"), ROOM).unwrap(), text);
    assert_eq!(unpacked(zstd, None, ROOM).unwrap(), text);
    assert_eq!(unpacked(Vec::new(), None, ROOM).unwrap(), b""[..]);
}

#[test]
fn two_gzip_members_are_one_body() {
    let body = [gzip(b"{}\n"), gzip(b"[]")].concat();
    assert_eq!(unpacked(body, Some("gzip"), ROOM).unwrap(), b"{}\n[]"[..]);
}

#[test]
fn a_bomb_ends_at_the_limit_or_at_the_budget() {
    let member = gzip(&vec![0; 64 << 20]);
    let bomb = member.repeat(9);
    assert_eq!(unpacked(bomb.clone(), Some("gzip"), ROOM).unwrap_err(), UnpackError::TooLarge);
    assert_eq!(unpacked(bomb, Some("gzip"), 64 << 20).unwrap_err(), UnpackError::Busy);
}

#[test]
fn damaged_bodies_are_refused() {
    let mut body = gzip(b"some text that is long enough");
    body.truncate(body.len() - 9);
    assert_eq!(unpacked(body, Some("gzip"), ROOM).unwrap_err(), UnpackError::Damaged("gzip"));
    assert_eq!(unpacked(b"plain".to_vec(), Some("gzip"), ROOM).unwrap_err(), UnpackError::Damaged("gzip"));
    assert_eq!(unpacked(b"plain".to_vec(), Some("zstd"), ROOM).unwrap_err(), UnpackError::Damaged("zstd"));
    assert_eq!(unpacked(b"x".to_vec(), Some("br"), ROOM).unwrap_err(), UnpackError::UnknownEncoding);
}
