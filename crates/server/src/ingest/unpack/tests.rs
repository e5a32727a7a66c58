#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Budget, Encoding, UnpackError, Window};
use bytes::Bytes;
use std::io::Write;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// All of a body, through a window of which nothing is kept; and the most memory that took.
fn unpacked(body: Vec<u8>, header: Option<&str>) -> Result<(Vec<u8>, usize), UnpackError> {
    let encoding = Encoding::of(header, &body)?;
    let mut window = Window::new(Bytes::from(body), encoding, |_| Ok(()))?;
    let (mut all, mut memory) = (Vec::new(), 0);
    loop {
        let (bytes, last) = window.bytes();
        all.extend_from_slice(bytes);
        if last {
            return Ok((all, memory));
        }
        let passed = bytes.len();
        window.advance(passed)?;
        memory = memory.max(window.memory());
    }
}

#[test]
fn every_encoding_gives_back_what_went_in() {
    let text: Vec<u8> = (0..800_000u32).flat_map(u32::to_le_bytes).collect();
    let zstd = zstd::encode_all(&text[..], 1).unwrap();
    assert_eq!(unpacked(text.clone(), None).unwrap().0, text);
    assert_eq!(unpacked(gzip(&text), Some("gzip")).unwrap().0, text);
    assert_eq!(unpacked(gzip(&text), None).unwrap().0, text);
    assert_eq!(unpacked(zstd.clone(), Some("zstd")).unwrap().0, text);
    assert_eq!(unpacked(zstd, None).unwrap().0, text);
    assert_eq!(unpacked(Vec::new(), None).unwrap().0, b"");
}

#[test]
fn two_gzip_members_are_one_body() {
    let body = [gzip(b"{}\n"), gzip(b"[]")].concat();
    assert_eq!(unpacked(body, Some("gzip")).unwrap().0, b"{}\n[]");
}

#[test]
fn members_one_behind_the_other_are_never_cut() {
    // Alike to the byte, so that the first one's end looks like the last one's.
    let same = gzip(b"{\"a\":1}\n");
    assert_eq!(unpacked(same.repeat(3), None).unwrap().0, b"{\"a\":1}\n".repeat(3));
    let other = gzip(b"{\"b\":2}\n");
    let all = unpacked([&same[..], &other, &same].concat(), None).unwrap().0;
    assert_eq!(all, b"{\"a\":1}\n{\"b\":2}\n{\"a\":1}\n");
}

#[test]
fn a_body_of_one_member_is_unpacked_whole() {
    let body = Bytes::from(gzip(&[b'x'; 100_000]));
    let mut held = 0;
    let hold = |bytes| {
        held = bytes;
        Ok(())
    };
    let window = Window::new(body.clone(), Encoding::Gzip, hold).unwrap();
    assert_eq!((window.bytes().0.len(), window.bytes().1, held), (100_000, true, 100_000));
    let refused = Window::new(body, Encoding::Gzip, |_| Err(UnpackError::Busy));
    assert_eq!(refused.err(), Some(UnpackError::Busy));
}

#[test]
fn what_stands_behind_a_member_is_damage() {
    let body = [gzip(b"some text"), b"and more of it".to_vec()].concat();
    assert_eq!(unpacked(body, None).unwrap_err(), UnpackError::Damaged("gzip"));
}

#[test]
fn a_bomb_ends_at_the_limit_in_little_memory() {
    let member = gzip(&vec![0; 64 << 20]);
    let mut window = Window::new(Bytes::from(member.repeat(9)), Encoding::Gzip, |_| Ok(())).unwrap();
    let mut memory = 0;
    let ended = loop {
        let passed = window.bytes().0.len();
        if let Err(error) = window.advance(passed) {
            break error;
        }
        memory = memory.max(window.memory());
    };
    assert_eq!(ended, UnpackError::TooLarge);
    assert!(memory <= 4 << 20, "{memory}");
}

#[test]
fn damaged_bodies_are_refused() {
    let mut body = gzip(b"some text that is long enough");
    body.truncate(body.len() - 9);
    assert_eq!(unpacked(body, Some("gzip")).unwrap_err(), UnpackError::Damaged("gzip"));
    assert_eq!(unpacked(b"plain".to_vec(), Some("gzip")).unwrap_err(), UnpackError::Damaged("gzip"));
    assert_eq!(unpacked(b"plain".to_vec(), Some("zstd")).unwrap_err(), UnpackError::Damaged("zstd"));
    assert_eq!(unpacked(b"x".to_vec(), Some("br")).unwrap_err(), UnpackError::UnknownEncoding);
}

#[test]
fn a_budget_is_shared_and_given_back() {
    let budget = Budget::new(1 << 20);
    let mut first = budget.share();
    first.hold(600 << 10).unwrap();
    first.hold(500 << 10).unwrap();
    let mut second = budget.share();
    assert_eq!(second.hold(600 << 10), Err(UnpackError::Busy));
    drop(first);
    second.hold(600 << 10).unwrap();
}
