//! The bytes on disk, as FORMAT.md gives them.

use super::batch;
use crate::log::frame::{self, HEADER_BYTES, Rest};
use crate::log::{Batch, Position};

const SEED: u32 = 7;

fn stamped(payloads: &[&[u8]], first: u64) -> Vec<u8> {
    let mut batch = batch(payloads);
    batch.stamp(Position::new(first), Position::new(first), SEED);
    batch.frames().to_vec()
}

#[test]
fn a_frame_is_laid_out_as_the_format_says() {
    let mut batch = batch(&[b"0123456789"]);
    batch.stamp(Position::new(0x1122), Position::new(0x1120), SEED);
    let frame = batch.frames();
    assert_eq!(frame.len(), 32 + 16);
    assert_eq!(&frame[..4], b"cfr1");
    assert_eq!(frame[4..8], 10u32.to_le_bytes());
    assert_eq!(frame[8..16], 0x1122u64.to_le_bytes());
    assert_eq!(frame[16..24], 0x1120u64.to_le_bytes());
    assert_eq!(frame[24..28], crc32c::crc32c(b"0123456789\0\0\0\0\0\0").to_le_bytes());
    assert_eq!(frame[28..32], crc32c::crc32c_append(SEED, &frame[..28]).to_le_bytes());
    assert_eq!(&frame[32..], b"0123456789\0\0\0\0\0\0");
}

#[test]
fn records_of_every_length_come_back() {
    let payloads: Vec<Vec<u8>> = (0..40).map(|len| vec![len as u8; len]).collect();
    let payloads: Vec<&[u8]> = payloads.iter().map(Vec::as_slice).collect();
    let bytes = stamped(&payloads, 800);
    let walk = frame::walk(&bytes, Position::new(800), SEED);
    assert_eq!((walk.verified, walk.records), (bytes.len(), 40));
    assert_eq!(walk.last_commit_start, Some(Position::new(800)));
}

#[test]
fn a_frame_that_goes_on_says_how_much_it_needs() {
    let bytes = stamped(&[b"first", &[1; 100]], 0);
    for len in 0..bytes.len() {
        let walk = frame::walk(&bytes[..len], Position::ZERO, SEED);
        let (verified, needs) = match len {
            0..32 => (0, HEADER_BYTES),
            32..40 => (0, 40),
            40..72 => (40, HEADER_BYTES),
            _ => (40, 32 + 104),
        };
        assert_eq!((walk.verified, walk.rest), (verified, Rest::Needs(needs)));
    }
}

#[test]
fn a_frame_at_another_place_or_of_another_segment_is_none() {
    let bytes = stamped(&[b"payload"], 64);
    for (at, seed) in [(72, SEED), (64, SEED + 1)] {
        let walk = frame::walk(&bytes, Position::new(at), seed);
        assert_eq!((walk.verified, walk.rest), (0, Rest::Invalid));
    }
}

#[test]
fn a_record_whose_encoder_fails_leaves_no_trace() {
    let mut batch = batch(&[b"one"]);
    let before = batch.frames().to_vec();
    let failed = batch.push_with(|bytes| {
        bytes.extend_from_slice(b"half of ");
        Err("no more")
    });
    assert_eq!(failed, Err("no more"));
    assert_eq!((batch.len(), batch.frames()), (1, &before[..]));
}

#[test]
fn a_batch_knows_its_size() {
    let mut batch = Batch::with_capacity(1000);
    assert!(batch.is_empty() && batch.bytes() == 0);
    batch.push(|bytes| bytes.extend_from_slice(b"12345678"));
    assert_eq!(batch.bytes(), Batch::RECORD_OVERHEAD + 8);
    batch.push_with(|_| Ok::<(), ()>(())).unwrap();
    assert_eq!((batch.len(), batch.bytes()), (2, 2 * Batch::RECORD_OVERHEAD + 8));
}
