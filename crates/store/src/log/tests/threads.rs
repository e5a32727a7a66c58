//! The log with its thread, on the disk of this machine and on failing ones.

use super::{batch, small};
use crate::disk::LocalDisk;
use crate::disk::faulty::{Call, Failure, FaultyDisk};
use crate::log::{AppendError, Batch, Log, LogOptions, ReadError, Verify};
use cairn_model::Position;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

fn open(disk: &FaultyDisk) -> Log {
    Log::open(Arc::new(disk.clone()), small(4096)).unwrap().0
}

fn local(folder: &tempfile::TempDir) -> LogOptions {
    LogOptions { segment_bytes: 64 << 10, reserve_bytes: 0, ..LogOptions::new(folder.path().join("log")) }
}

/// Stops the log's thread in a callback until the sender it returns is dropped or used.
fn hold(log: &Log) -> mpsc::Sender<()> {
    let (release, wait) = mpsc::channel();
    let (entered, is_held) = mpsc::channel();
    let done = Box::new(move |_| {
        entered.send(()).unwrap();
        let _ = wait.recv();
    });
    log.append(batch(&[b"hold"]), done).unwrap();
    is_held.recv().unwrap();
    release
}

#[test]
fn many_writers_and_a_reader_agree_and_so_does_the_next_start() {
    const WRITERS: u64 = 6;
    const EACH: u64 = 150;
    let folder = tempfile::tempdir().unwrap();
    let (log, recovery) = Log::open(Arc::new(LocalDisk), local(&folder)).unwrap();
    assert_eq!((recovery.records, recovery.cut), (0, None));
    let reading = {
        let mut reader = log.reader(Position::ZERO).unwrap();
        let (sender, wake) = mpsc::channel();
        log.subscribe(Box::new(move |_| sender.send(()).unwrap_or_default()));
        thread::spawn(move || {
            let mut seen = BTreeMap::new();
            while seen.len() < (WRITERS * EACH * 2) as usize {
                match reader.next(10_000).unwrap() {
                    Some(chunk) => seen.extend(chunk.iter().map(|(at, p)| (at, p.to_vec()))),
                    None => wake.recv().unwrap(),
                }
            }
            seen
        })
    };
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let log = log.clone();
            thread::spawn(move || write_pairs(&log, writer, EACH))
        })
        .collect();
    let mut written = BTreeMap::new();
    for writer in writers {
        written.extend(writer.join().unwrap());
    }
    assert!(reading.join().unwrap() == written);
    for (at, payload) in &written {
        assert_eq!(log.read_at(*at).unwrap(), payload);
    }
    let stats = log.stats();
    assert_eq!(stats.records, WRITERS * EACH * 2);
    assert_eq!(stats.sync.count, stats.commits);
    assert_eq!((stats.queue_bytes, stats.refused), (0, 0));
    assert!(stats.segments > 3 && stats.disk_bytes > stats.bytes);
    let end = log.close().unwrap();

    let whole = LogOptions { verify: Verify::All, ..local(&folder) };
    let (log, recovery) = Log::open(Arc::new(LocalDisk), whole).unwrap();
    assert_eq!((recovery.end, recovery.records), (end, stats.records));
    let last = written.last_key_value().unwrap();
    assert_eq!(log.read_at(*last.0).unwrap(), last.1);
}

/// Appends batches of two records and says where each came to stand.
fn write_pairs(log: &Log, writer: u64, count: u64) -> Vec<(Position, Vec<u8>)> {
    let mut written = Vec::new();
    for number in 0..count {
        let payload = |part| format!("{writer} {number} {part}").repeat(20).into_bytes();
        let mut batch = Batch::default();
        let records = [0, 1].map(|part| (batch.push_payload(&payload(part)), payload(part)));
        let appended = log.append_wait(batch).unwrap();
        written.extend(records.map(|(offset, payload)| (appended.position(offset), payload)));
    }
    written
}

#[test]
fn what_waits_together_is_one_commit() {
    let log = open(&FaultyDisk::new(1));
    let held = hold(&log);
    let (sender, answers) = mpsc::channel();
    for _ in 0..10 {
        let sender = sender.clone();
        let done = Box::new(move |result| sender.send(result).unwrap());
        log.append(batch(&[b"x", b"y"]), done).unwrap();
    }
    drop(held);
    let appended: Vec<_> = (0..10).map(|_| answers.recv().unwrap().unwrap()).collect();
    assert!(appended.windows(2).all(|pair| pair[0].next == pair[1].first));
    let stats = log.stats();
    assert_eq!((stats.commits, stats.records), (2, 21));
}

#[test]
fn a_full_queue_answers_busy_at_once_and_takes_more_later() {
    let log = open(&FaultyDisk::new(1));
    let held = hold(&log);
    let payload = [0; 30_000];
    log.append(batch(&[&payload]), Box::new(|_| ())).unwrap();
    log.append(batch(&[&payload]), Box::new(|_| ())).unwrap();
    let refused = log.append(batch(&[&payload]), Box::new(|_| ()));
    assert!(matches!(refused, Err(AppendError::Busy)));
    drop(held);
    // What is queued before this one is settled when it is answered.
    log.append_wait(batch(&[b"small"])).unwrap();
    log.append_wait(batch(&[&payload])).unwrap();
    assert_eq!(log.stats().refused, 1);
}

#[test]
fn a_batch_that_can_never_fit_is_refused_as_too_large() {
    let log = open(&FaultyDisk::new(1));
    let refused = log.append_wait(batch(&[&[0; 70_000]]));
    assert!(matches!(refused, Err(AppendError::TooLarge { limit: 65_536, .. })));
}

#[test]
fn an_empty_batch_is_answered_at_once() {
    let log = open(&FaultyDisk::new(1));
    let end = log.append_wait(batch(&[b"x"])).unwrap().next;
    let appended = log.append_wait(Batch::default()).unwrap();
    assert_eq!((appended.first, appended.next), (end, end));
}

#[test]
fn a_failed_sync_is_fatal_for_all_that_waits_and_all_that_comes_but_not_for_reading() {
    let disk = FaultyDisk::new(1);
    let log = open(&disk);
    let first = log.append_wait(batch(&[b"kept"])).unwrap().first;
    disk.fail(Call::SyncData, 0, Failure::NotDone);
    let refused = log.append_wait(batch(&[b"lost"]));
    assert!(matches!(refused, Err(AppendError::Fatal(_))));
    let refused = log.append_wait(batch(&[b"later"]));
    assert!(matches!(refused, Err(AppendError::Fatal(_))));
    assert_eq!(log.read_at(first).unwrap(), &b"kept"[..]);
    assert!(log.stats().fatal);
    assert!(matches!(log.close(), Err(AppendError::Fatal(_))));
}

#[test]
fn a_failed_write_is_answered_with_an_error_and_the_next_one_goes_well() {
    let disk = FaultyDisk::new(1);
    let log = open(&disk);
    log.append_wait(batch(&[b"one"])).unwrap();
    disk.fail(Call::Write, 0, Failure::DoneButReported);
    assert!(matches!(log.append_wait(batch(&[b"two"])), Err(AppendError::Io(_))));
    disk.fail(Call::Write, 1, Failure::Full);
    assert!(matches!(log.append_wait(batch(&[b"three"])), Err(AppendError::Full)));
    log.append_wait(batch(&[b"four"])).unwrap();
    let chunks = read_payloads(&log);
    assert_eq!(chunks, [b"one".to_vec(), b"four".to_vec()]);
}

fn read_payloads(log: &Log) -> Vec<Vec<u8>> {
    let mut reader = log.reader(log.first()).unwrap();
    let mut payloads = Vec::new();
    while let Some(chunk) = reader.next(4096).unwrap() {
        payloads.extend(chunk.iter().map(|(_, payload)| payload.to_vec()));
    }
    payloads
}

#[test]
fn closing_writes_what_is_queued_and_refuses_what_comes_after() {
    let disk = FaultyDisk::new(1);
    let log = open(&disk);
    let held = hold(&log);
    let (sender, answer) = mpsc::channel();
    let done = Box::new(move |result| sender.send(result).unwrap());
    log.append(batch(&[b"queued"]), done).unwrap();
    let other = log.clone();
    drop(held);
    let end = log.close().unwrap();
    assert_eq!(answer.recv().unwrap().unwrap().next, end);
    assert!(matches!(other.append_wait(batch(&[b"late"])), Err(AppendError::Closed)));
    assert_eq!(read_payloads(&other).len(), 2);
}

#[test]
fn the_last_clone_may_go_in_a_callback() {
    let disk = FaultyDisk::new(1);
    let log = open(&disk);
    let (sender, answer) = mpsc::channel();
    let clone = log.clone();
    let held = hold(&log);
    let done = Box::new(move |_| {
        drop(clone);
        sender.send(()).unwrap();
    });
    log.append(batch(&[b"x"]), done).unwrap();
    thread::spawn(move || drop(log));
    drop(held);
    answer.recv().unwrap();
}

#[test]
fn a_callback_that_panics_ends_the_log_instead_of_hanging_it() {
    let log = open(&FaultyDisk::new(1));
    let held = hold(&log);
    log.append(batch(&[b"x"]), Box::new(|_| panic!("as the test wants"))).unwrap();
    let (sender, answer) = mpsc::channel::<()>();
    log.append(batch(&[b"y"]), Box::new(move |_| drop(sender))).unwrap();
    drop(held);
    // Dropped, called or not.
    assert!(answer.recv().is_err());
    assert!(matches!(log.close(), Err(AppendError::Fatal(_))));
}

#[test]
fn subscribers_hear_of_each_commit_after_it_can_be_read() {
    let log = open(&FaultyDisk::new(1));
    let heard = Arc::new(AtomicU64::new(0));
    let (log_inside, heard_inside) = (log.clone(), Arc::clone(&heard));
    log.subscribe(Box::new(move |end| {
        assert!(log_inside.committed() >= end);
        heard_inside.store(end.get(), Ordering::SeqCst);
    }));
    log.append_wait(batch(&[b"x"])).unwrap();
    let end = log.append_wait(batch(&[b"y"])).unwrap().first;
    // The second answer comes after the first commit's subscribers.
    assert!(heard.load(Ordering::SeqCst) >= end.get());
}

#[test]
fn release_drops_whole_segments_below_and_nothing_else() {
    let disk = FaultyDisk::new(1);
    let log = open(&disk);
    let positions: Vec<_> = (0..10).map(|_| log.append_wait(batch(&[&[1; 1500]])).unwrap().first).collect();
    assert_eq!(log.stats().segments, 5);
    assert_eq!(log.release(positions[1]).unwrap(), 0);
    assert_eq!(log.release(positions[5]).unwrap(), 2);
    assert_eq!(log.first(), positions[4]);
    assert!(log.read_at(positions[4]).is_ok());
    for gone in &positions[..4] {
        assert!(matches!(log.read_at(*gone), Err(ReadError::Released { .. })));
        assert!(matches!(log.reader(*gone), Err(ReadError::Released { .. })));
    }
    // The newest stays, however far the readers are.
    assert_eq!(log.release(log.committed()).unwrap(), 2);
    let (first, end) = (log.first(), log.committed());
    drop(log);
    let (log, recovery) = Log::open(Arc::new(disk.restart()), small(4096)).unwrap();
    assert_eq!((recovery.first, recovery.end), (first, end));
    assert_eq!(disk.paths().len(), 1);
    log.append_wait(batch(&[b"on"])).unwrap();
}

#[test]
fn a_release_that_fails_is_made_good_by_the_next() {
    for failure in [Failure::NotDone, Failure::DoneButReported] {
        for call in [Call::Remove, Call::SyncFolder] {
            let disk = FaultyDisk::new(1);
            let log = open(&disk);
            for _ in 0..10 {
                log.append_wait(batch(&[&[1; 1500]])).unwrap();
            }
            disk.fail(call, 1, failure);
            assert!(log.release(log.committed()).is_err());
            assert_eq!(log.release(log.committed()).unwrap(), 0);
            assert_eq!(disk.paths().len(), 1);
        }
    }
}

#[test]
fn a_reader_whose_segment_is_released_is_told_so() {
    let log = open(&FaultyDisk::new(1));
    for _ in 0..4 {
        log.append_wait(batch(&[&[1; 1500]])).unwrap();
    }
    let mut reader = log.reader(Position::ZERO).unwrap();
    reader.next(1).unwrap().unwrap();
    log.release(log.committed()).unwrap();
    assert!(matches!(reader.next(1), Err(ReadError::Released { .. })));
}

#[test]
fn what_is_not_there_is_not_read() {
    let log = open(&FaultyDisk::new(1));
    let end = log.append_wait(batch(&[b"only"])).unwrap().next;
    let beyond = Position::new(end.get() + 8);
    assert!(matches!(log.read_at(end), Err(ReadError::Beyond { .. })));
    assert!(matches!(log.reader(beyond), Err(ReadError::Beyond { .. })));
    let inside = Position::new(8);
    assert!(matches!(
        log.read_at(inside),
        Err(ReadError::Damaged { at, .. }) if at == inside
    ));
    assert!(log.reader(end).unwrap().next(100).unwrap().is_none());
}

#[test]
fn damage_under_a_running_log_is_refused_to_readers() {
    let disk = FaultyDisk::new(1);
    let log = open(&disk);
    let at = log.append_wait(batch(&[b"payload"])).unwrap().first;
    let path = &disk.paths()[0];
    let mut contents = disk.contents(path).unwrap();
    contents[64 + 32] ^= 1;
    disk.corrupt(path, contents);
    assert!(matches!(log.read_at(at), Err(ReadError::Damaged { .. })));
    let mut reader = log.reader(at).unwrap();
    assert!(matches!(reader.next(100), Err(ReadError::Damaged { .. })));
}

#[test]
fn a_payload_can_be_shared_without_a_copy() {
    let log = open(&FaultyDisk::new(1));
    log.append_wait(batch(&[b"first", b"second"])).unwrap();
    let chunk = log.reader(Position::ZERO).unwrap().next(100).unwrap().unwrap();
    let (_, payload) = chunk.iter().next().unwrap();
    let shared = chunk.share(payload);
    assert_eq!(shared.as_ptr(), payload.as_ptr());
    assert_eq!(shared, &b"first"[..]);
}
