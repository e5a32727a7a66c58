//! Reading from memory what was committed last.

use super::{batch, small};
use crate::disk::faulty::FaultyDisk;
use crate::log::recent::{PIECE_BYTES_MIN, Recent};
use crate::log::{Batch, Log, LogOptions, Reader};
use cairn_model::Position;
use std::sync::Arc;

const RECORD_BYTES: usize = 10_000;

fn large_batch(letter: u8) -> Batch {
    let payload = [letter; RECORD_BYTES];
    let records = PIECE_BYTES_MIN / RECORD_BYTES + 1;
    batch(&vec![payload.as_slice(); records])
}

fn open(disk: &FaultyDisk, recent_bytes: usize) -> Log {
    let options = LogOptions { queue_bytes: 8 << 20, recent_bytes, ..small(1 << 20) };
    Log::open(Arc::new(disk.clone()), options).unwrap().0
}

fn read_all(reader: &mut Reader, bytes_max: usize) -> Vec<(Position, Vec<u8>)> {
    let mut records = Vec::new();
    while let Some(chunk) = reader.next(bytes_max).unwrap() {
        records.extend(chunk.iter().map(|(at, payload)| (at, payload.to_vec())));
    }
    records
}

#[test]
fn readers_get_the_same_records_from_memory_and_from_the_disk() {
    let disk = FaultyDisk::new(1);
    let (with, without) = (open(&disk, 1 << 20), open(&FaultyDisk::new(2), 0));
    for log in [&with, &without] {
        let mut reader = log.reader(Position::ZERO).unwrap();
        for letter in b'a'..=b'z' {
            log.append_wait(large_batch(letter)).unwrap();
            log.append_wait(batch(&[&[letter]])).unwrap();
            if letter == b'm' {
                read_all(&mut reader, 30_000);
            }
        }
    }
    let read = |log: &Log| read_all(&mut log.reader(log.first()).unwrap(), 30_000);
    assert_eq!(read(&with), read(&without));
}

#[test]
fn a_reader_close_behind_needs_no_disk() {
    let disk = FaultyDisk::new(1);
    let log = open(&disk, 1 << 20);
    let mut reader = log.reader(Position::ZERO).unwrap();
    let appended = log.append_wait(large_batch(b'x')).unwrap();
    for path in disk.paths() {
        disk.corrupt(&path, Vec::new());
    }
    let chunk = reader.next(usize::MAX).unwrap().unwrap();
    assert_eq!((chunk.first(), chunk.next()), (appended.first, appended.next));
    assert!(reader.next(usize::MAX).unwrap().is_none());
}

#[test]
fn only_the_newest_batches_that_fit_are_kept_and_no_small_ones() {
    let large = large_batch(b'x').into_frames().1 as u64;
    let recent = Recent::new(2 * large as usize);
    let mut at = Position::ZERO;
    let mut places = Vec::new();
    for batch in [large_batch(b'a'), large_batch(b'b'), batch(&[b"small"]), large_batch(b'c')] {
        let mut batch = batch;
        let next = batch.stamp(at, at, 0).next;
        recent.keep(at, batch);
        places.push(at);
        at = next;
    }
    let is_kept: Vec<bool> = places.iter().map(|at| recent.frames(*at, 1).is_some()).collect();
    assert_eq!(is_kept, [false, true, false, true]);
    assert_eq!(recent.frames(at, 1), None);
}

#[test]
fn frames_are_given_whole_and_only_from_where_one_begins() {
    let recent = Recent::new(1 << 20);
    let mut batch = large_batch(b'x');
    batch.stamp(Position::ZERO, Position::ZERO, 0);
    recent.keep(Position::ZERO, batch);
    let frame_bytes = Batch::RECORD_OVERHEAD + RECORD_BYTES;
    for bytes_max in (0..4 * frame_bytes).step_by(frame_bytes / 4) {
        let whole = (bytes_max / frame_bytes).max(1) * frame_bytes;
        for offset in 0..2 * frame_bytes {
            let given = recent.frames(Position::new(offset as u64), bytes_max).map(|frames| frames.len());
            let begins = offset % frame_bytes == 0;
            assert_eq!(given, begins.then_some(whole), "{bytes_max} bytes from {offset} on");
        }
    }
}
