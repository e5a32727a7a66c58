//! Copies of a log that goes on.

use super::{batch, small};
use crate::disk::LocalDisk;
use crate::log::{Frozen, Log, LogOptions};
use cairn_model::Position;
use std::path::Path;
use std::sync::Arc;

fn options(folder: &Path) -> LogOptions {
    LogOptions { folder: folder.to_owned(), ..small(4096) }
}

fn open(folder: &Path) -> Log {
    Log::open(Arc::new(LocalDisk), options(folder)).unwrap().0
}

fn fill(log: &Log, records: u32) {
    for number in 0..records {
        log.append_wait(batch(&[&[number as u8; 300]])).unwrap();
    }
}

/// Copies as a backup does.
fn copy(frozen: &Frozen, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for segment in &frozen.segments {
        let mut bytes = std::fs::read(&segment.path).unwrap();
        bytes.truncate(usize::try_from(segment.bytes).unwrap());
        std::fs::write(to.join(segment.path.file_name().unwrap()), bytes).unwrap();
    }
}

fn payloads(log: &Log) -> Vec<(Position, Vec<u8>)> {
    let mut reader = log.reader(log.first()).unwrap();
    let mut all = Vec::new();
    while let Some(chunk) = reader.next(1 << 20).unwrap() {
        all.extend(chunk.iter().map(|(at, payload)| (at, payload.to_vec())));
    }
    all
}

#[test]
fn a_copy_made_while_the_log_goes_on_is_the_log_up_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder.path().join("log"));
    fill(&log, 40);
    let hold = log.hold();
    let frozen = hold.freeze();
    let before = payloads(&log);
    fill(&log, 40);

    copy(&frozen, &folder.path().join("copy"));
    let copied = LogOptions { must_reach: frozen.end, ..options(&folder.path().join("copy")) };
    let (copied, recovery) = Log::open(Arc::new(LocalDisk), copied).unwrap();
    assert_eq!((recovery.end, recovery.cut), (frozen.end, None));
    assert_eq!(payloads(&copied), before);
    assert!(frozen.segments.len() > 2, "the test is about several segments");
    copied.append_wait(batch(&[b"the copy goes on"])).unwrap();
}

#[test]
fn nothing_is_released_while_somebody_holds_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder.path().join("log"));
    fill(&log, 40);
    let (first, second) = (log.hold(), log.hold());
    let frozen = first.freeze();
    assert_eq!(log.release(log.committed()).unwrap(), 0);
    drop(first);
    assert_eq!(log.release(log.committed()).unwrap(), 0);
    assert!(frozen.segments.iter().all(|segment| segment.path.exists()));
    drop(second);
    assert!(log.release(log.committed()).unwrap() > 0);
}

#[test]
fn an_empty_log_freezes_to_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(&folder.path().join("log"));
    assert_eq!(log.hold().freeze(), Frozen { end: Position::ZERO, segments: Vec::new() });
}
