#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Batch, Batches, BrokenOff};
use crate::ingest::{Next, Shape, Split};
use bytes::Bytes;
use std::io::{self, Read, Write};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(1));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn batches(file: &[u8]) -> (Vec<Batch>, Option<BrokenOff>) {
    let (start, rest) = file.split_at(file.len().min(10));
    let rest = io::Cursor::new(rest.to_vec());
    let mut batches = Batches::new(Bytes::copy_from_slice(start), Box::new(rest), Shape::Any).unwrap();
    let mut made = Vec::new();
    loop {
        match batches.next() {
            Ok(Some(batch)) => made.push(batch),
            Ok(None) => return (made, None),
            Err(error) => return (made, Some(error)),
        }
    }
}

/// The records of a body as the server finds them.
fn records(body: &[u8]) -> Vec<Vec<u8>> {
    let (mut split, mut at, mut found) = (Split::new(Shape::Any), 0, Vec::new());
    loop {
        match split.next(body, &mut at, true) {
            Next::Record(_, range) => found.push(body[range].to_vec()),
            Next::End => return found,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn all_records_come_in_batches_of_some_megabytes() {
    let record = |number: usize| format!("{{\"eventVersion\":{number},\"x\":\"{}\"}}", "y".repeat(1000));
    let all: Vec<String> = (0..20_000).map(record).collect();
    for text in [all.join("\n"), format!("{{\"Records\":[{}]}}", all.join(","))] {
        for file in [text.as_bytes().to_vec(), gzip(text.as_bytes())] {
            let (made, broken) = batches(&file);
            assert!(broken.is_none());
            assert!(made.len() >= 5 && made.iter().all(|batch| batch.body.len() <= super::BATCH_BYTES + 2));
            let numbers: Vec<u64> = made.iter().flat_map(|batch| batch.numbers.clone()).collect();
            assert_eq!(numbers, (1..=20_000).collect::<Vec<_>>());
            let found: Vec<Vec<u8>> = made.iter().flat_map(|batch| records(&batch.body)).collect();
            assert!(found.iter().zip(&all).all(|(found, record)| found == record.as_bytes()));
        }
    }
}

#[test]
fn records_that_span_lines_stay_whole() {
    let text = "{\n \"eventVersion\": 1\n}\n{\n \"eventVersion\": 2\n}\n";
    let (made, _) = batches(text.as_bytes());
    assert_eq!(records(&made[0].body), [b"{\n \"eventVersion\": 1\n}", b"{\n \"eventVersion\": 2\n}"]);
}

#[test]
fn lines_and_elements_are_not_mixed() {
    let (made, _) = batches(b"{\"eventName\":1}\n[{\"eventName\":2},{\"eventName\":3}]\n]garbage\n");
    let bodies: Vec<&[u8]> = made.iter().map(|batch| &*batch.body).collect();
    assert_eq!(bodies, [&b"{\"eventName\":1}"[..], b"[{\"eventName\":2},{\"eventName\":3}]", b"]garbage"]);
}

#[test]
fn what_is_no_record_is_told_with_its_number() {
    let long = "x".repeat(3 << 20);
    let (made, _) = batches(format!("[1,\"{long}\",2").as_bytes());
    assert_eq!((&*made[0].body, &made[0].numbers), (&b"[1,2]"[..], &vec![1, 3]));
    assert_eq!(made[0].refused, [(2, "longer than 1048576 bytes"), (4, "the list breaks off here")]);
}

#[test]
fn a_file_that_breaks_off_gives_what_is_before() {
    let text = "{\"eventVersion\":1,\"x\":\"yyyyyyyyyyyyyyyyyyyyyyyy\"}\n".repeat(200_000);
    let file = gzip(text.as_bytes());
    let (made, broken) = batches(&file[..file.len() / 2]);
    assert!(!made.is_empty());
    assert!(matches!(broken, Some(BrokenOff::Behind { number: 1.., .. })));
}

/// Endless text, counted.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        into.fill(b'x');
        self.0 -= into.len().min(self.0 as usize) as u64;
        Ok(if self.0 == 0 { 0 } else { into.len() })
    }
}

#[test]
fn memory_does_not_grow_with_the_file() {
    let mut batches =
        Batches::new(Bytes::from("[\"".to_owned()), Box::new(Endless(100 << 20)), Shape::Any).unwrap();
    while batches.next().unwrap().is_some() {}
    assert!(batches.window.capacity() <= 8 << 20, "{}", batches.window.capacity());
}
