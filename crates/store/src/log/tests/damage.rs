//! Damage to what was acknowledged is refused, a torn tail is cut.

use super::machine::{Machine, Model};
use super::small;
use crate::disk::Disk;
use crate::disk::faulty::FaultyDisk;
use crate::log::segment::{self, Header};
use crate::log::{Cut, Damage, LogOptions, OpenError, ReadError, Reader, Recovery, Verify, assemble};
use cairn_model::Position;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const LAST_LENS: &[&[usize]] = &[&[100], &[40, 9]];

/// A log of several segments and commits, with space left in the last.
struct Sample {
    disk: FaultyDisk,
    /// Segment files, oldest first.
    segments: Vec<PathBuf>,
    /// Where the last commit began.
    last_commit: Position,
    end: Position,
}

fn sample() -> Sample {
    let disk = FaultyDisk::new(1);
    let mut machine = Machine::start(disk.clone(), &small(1024), Model::default())
        .unwrap_or_else(|(error, _)| panic!("{error}"));
    for _ in 0..5 {
        machine.append(&[&[100, 30], &[100]]).unwrap();
        machine.append(&[&[60]]).unwrap();
    }
    let last_commit = machine.shared.committed();
    machine.append(LAST_LENS).unwrap();
    let segments = disk.paths();
    let newest = segment_start(segments.last().unwrap());
    assert!(segments.len() > 2 && newest.get() + 200 < last_commit.get());
    Sample { segments, last_commit, end: machine.shared.committed(), disk }
}

impl Sample {
    fn open(&self) -> Result<Recovery, OpenError> {
        self.open_reaching(Position::ZERO)
    }

    /// Opens a copy of the log, of which only the newest segment is verified, and reads all of it.
    fn open_newest_and_read(&self) -> Result<Result<Position, ReadError>, OpenError> {
        let options = LogOptions { verify: Verify::Newest, ..small(1024) };
        let (shared, _, recovery) = assemble(Arc::new(self.disk.restart()), &options)?;
        let mut reader = Reader::new(shared, recovery.first).unwrap();
        loop {
            match reader.next(200) {
                Ok(Some(_)) => {}
                Ok(None) => return Ok(Ok(reader.position())),
                Err(error) => return Ok(Err(error)),
            }
        }
    }

    /// Opens a copy of the log of which a reader has seen everything up to `must_reach`.
    fn open_reaching(&self, must_reach: Position) -> Result<Recovery, OpenError> {
        let mut options = small(1024);
        options.must_reach = must_reach;
        let disk = self.disk.restart();
        assemble(Arc::new(disk), &options).map(|(_, _, recovery)| recovery)
    }

    fn contents(&self, segment: &Path) -> Vec<u8> {
        self.disk.contents(segment).unwrap()
    }

    /// Where the records of this segment end in its file.
    fn used(&self, index: usize) -> usize {
        let start = segment_start(&self.segments[index]);
        let next = self.segments.get(index + 1);
        let end = next.map_or(self.end, |path| segment_start(path));
        (segment::HEADER_BYTES + end.get() - start.get()) as usize
    }
}

fn segment_start(path: &Path) -> Position {
    segment::start_of(path.file_name().unwrap().to_str().unwrap()).unwrap()
}

/// Flips a bit of each byte in use in each segment, and hands over what opening says.
fn flip_every_byte(must_reach: Position, check: impl Fn(&Sample, usize, usize, Result<Recovery, OpenError>)) {
    let sample = sample();
    for (index, path) in sample.segments.iter().enumerate() {
        let contents = sample.contents(path);
        for byte in 0..sample.used(index) {
            let mut flipped = contents.clone();
            flipped[byte] ^= 1 << (byte % 8);
            sample.disk.corrupt(path, flipped);
            check(&sample, index, byte, sample.open_reaching(must_reach));
        }
        sample.disk.corrupt(path, contents);
    }
    sample.open().unwrap();
}

#[test]
fn a_flipped_bit_is_refused_or_cut_within_the_last_commit() {
    flip_every_byte(Position::ZERO, |sample, index, byte, opened| {
        let path = &sample.segments[index];
        let at = segment_start(path).get() + (byte as u64).saturating_sub(segment::HEADER_BYTES);
        match opened {
            Ok(recovery) => {
                let cut = recovery.cut.expect("no flip goes unnoticed");
                assert!(byte as u64 >= segment::HEADER_BYTES);
                assert!(at >= sample.last_commit.get() && cut.at.get() <= at);
                assert!(cut.at >= sample.last_commit && cut.at == recovery.end);
            }
            Err(OpenError::Damaged { segment, from, to, .. }) => {
                assert_eq!(segment, *path);
                assert!(from.get() <= at && at <= to.get(), "{from} to {to}, not {at}");
            }
            Err(other) => panic!("byte {byte} of segment {index}: {other}"),
        }
    });
}

#[test]
fn a_flipped_bit_in_what_a_reader_has_seen_is_always_refused() {
    flip_every_byte(sample().end, |_, index, byte, opened| {
        let refused = matches!(opened, Err(OpenError::Damaged { .. }));
        assert!(refused, "byte {byte} of segment {index}");
    });
}

#[test]
fn a_flipped_bit_in_what_opening_leaves_out_is_met_by_whoever_reads_it() {
    let sample = sample();
    assert_eq!(sample.open_newest_and_read().unwrap().unwrap(), sample.end);
    for (index, path) in sample.segments.iter().enumerate().rev().skip(1) {
        let contents = sample.contents(path);
        for byte in 0..sample.used(index) {
            let mut flipped = contents.clone();
            flipped[byte] ^= 1 << (byte % 8);
            sample.disk.corrupt(path, flipped);
            match sample.open_newest_and_read() {
                Err(OpenError::Damaged { segment, what: Damage::Header, .. }) => assert_eq!(segment, *path),
                Ok(Err(ReadError::Damaged { segment, at })) => {
                    let flipped = segment_start(path).get() + byte as u64 - segment::HEADER_BYTES;
                    assert!(segment == *path && at.get() <= flipped);
                }
                other => panic!("byte {byte} of segment {index}: {other:?}"),
            }
        }
        sample.disk.corrupt(path, contents);
    }
}

#[test]
fn a_complete_segment_of_another_length_is_verified_whatever_is_asked() {
    let sample = sample();
    let path = &sample.segments[1];
    let whole = sample.contents(path);
    sample.disk.corrupt(path, whole[..whole.len() - 8].to_vec());
    assert!(matches!(sample.open_newest_and_read(), Err(OpenError::Damaged { .. })));
    // Space that was allocated, not used, and not freed before a crash.
    sample.disk.corrupt(path, [whole, vec![0; 300]].concat());
    assert_eq!(sample.open_newest_and_read().unwrap().unwrap(), sample.end);
}

#[test]
fn refusing_damage_changes_nothing() {
    let sample = sample();
    let path = &sample.segments[1];
    let mut contents = sample.contents(path);
    contents[150] ^= 4;
    sample.disk.corrupt(path, contents);
    let before: Vec<_> = sample.segments.iter().map(|p| sample.contents(p)).collect();
    let opened = assemble(Arc::new(sample.disk.clone()), &small(1024));
    assert!(matches!(opened.err(), Some(OpenError::Damaged { .. })));
    let after: Vec<_> = sample.segments.iter().map(|p| sample.contents(p)).collect();
    assert!(before == after);
}

#[test]
fn the_refusal_names_file_positions_and_what_to_do() {
    let sample = sample();
    let path = &sample.segments[1];
    let mut contents = sample.contents(path);
    contents[70] ^= 1;
    sample.disk.corrupt(path, contents);
    let start = segment_start(path).get();
    let message = sample.open().unwrap_err().to_string();
    assert!(message.contains(&path.display().to_string()), "{message}");
    assert!(message.contains(&format!("positions {start} to ")), "{message}");
    assert!(message.contains("Restore this file"), "{message}");
}

#[test]
fn a_missing_segment_in_the_middle_is_refused() {
    let sample = sample();
    sample.disk.remove(&sample.segments[1]).unwrap();
    match sample.open() {
        Err(OpenError::Damaged { segment, from, to, what }) => {
            assert_eq!(segment, sample.segments[0]);
            assert_eq!(from, segment_start(&sample.segments[1]));
            assert_eq!(to, segment_start(&sample.segments[2]));
            assert_eq!(what, Damage::Missing);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_missing_segment_at_the_end_is_refused_when_a_reader_had_seen_it() {
    let sample = sample();
    let newest = sample.segments.last().unwrap();
    sample.disk.remove(newest).unwrap();
    let end = segment_start(newest);
    match sample.open_reaching(sample.end) {
        Err(OpenError::Behind { end: found, reached, .. }) => {
            assert_eq!((found, reached), (end, sample.end));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_empty_folder_is_refused_when_a_reader_had_seen_more() {
    let mut options = small(1024);
    options.must_reach = Position::new(8);
    let opened = assemble(Arc::new(FaultyDisk::new(1)), &options);
    assert!(matches!(opened.err(), Some(OpenError::Behind { .. })));
}

#[test]
fn a_segment_under_the_name_of_another_is_refused() {
    let sample = sample();
    let contents = sample.contents(&sample.segments[0]);
    sample.disk.corrupt(&sample.segments[1], contents);
    let what = match sample.open() {
        Err(OpenError::Damaged { what, .. }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(what, Damage::Header);
}

#[test]
fn a_newer_format_is_refused_with_advice() {
    let sample = sample();
    let path = &sample.segments[0];
    let mut contents = sample.contents(path);
    contents[8..12].copy_from_slice(&7u32.to_le_bytes());
    let checksum = crc32c::crc32c(&contents[..60]);
    contents[60..64].copy_from_slice(&checksum.to_le_bytes());
    sample.disk.corrupt(path, contents);
    let error = sample.open().unwrap_err();
    assert!(matches!(error, OpenError::Newer { found: 7, known: 1, .. }));
    assert!(error.to_string().contains("start the version that wrote it"));
}

#[test]
fn a_torn_tail_is_cut_at_the_last_whole_record_and_reported() {
    let sample = sample();
    let path = sample.segments.last().unwrap();
    let (start, used) = (segment_start(path), sample.used(sample.segments.len() - 1));
    let mut contents = sample.contents(path);
    contents[used - 20] = 0;
    contents[used - 19] ^= 1;
    sample.disk.corrupt(path, contents);
    let cut = sample.open().unwrap().cut.unwrap();
    // The last record: 32 bytes of header, 17 of payload, padded to 24.
    let at = Position::new(sample.end.get() - 56);
    assert_eq!((&cut.segment, cut.at), (path, at));
    let offset = segment::HEADER_BYTES + at.get() - start.get();
    assert!(cut.bytes > 32 && offset + cut.bytes <= used as u64);
}

#[test]
fn a_cut_is_made_once_and_for_good() {
    let sample = sample();
    let path = sample.segments.last().unwrap();
    let mut contents = sample.contents(path);
    let used = sample.used(sample.segments.len() - 1);
    contents[used - 20] ^= 1;
    sample.disk.corrupt(path, contents);
    let options = small(1024);
    let disk = Arc::new(sample.disk.clone());
    let (_, _, first) = assemble(disk, &options).unwrap();
    assert!(first.cut.is_some());
    let after = Arc::new(sample.disk.lose_power(1));
    let (_, _, second) = assemble(after, &options).unwrap();
    assert_eq!(second, Recovery { cut: None, ..first });
}

#[test]
fn a_tail_without_its_first_page_is_cut_whole() {
    let sample = sample();
    let path = sample.segments.last().unwrap();
    let mut contents = sample.contents(path);
    let first = (segment::HEADER_BYTES + sample.last_commit.get() - segment_start(path).get()) as usize;
    contents[first..first + 200].fill(0);
    sample.disk.corrupt(path, contents);
    let recovery = sample.open().unwrap();
    assert_eq!(recovery.end, sample.last_commit);
    assert_eq!(recovery.cut.map(|Cut { at, .. }| at), Some(sample.last_commit));
}

#[test]
fn a_payload_that_looks_like_a_later_frame_does_not_pass_for_damage() {
    // A sender guesses where its record will stand and puts a frame of a later commit in it; then
    // power is lost within that very commit.
    let sample = sample();
    let path = sample.segments.last().unwrap();
    let mut contents = sample.contents(path);
    let start = segment_start(path);
    let offset = (segment::HEADER_BYTES + sample.last_commit.get() - start.get()) as usize;
    let mut forged = vec![0; crate::log::frame::HEADER_BYTES];
    crate::log::frame::finish(&mut forged, 0);
    let inside = Position::new(sample.last_commit.get() + 64);
    crate::log::frame::stamp(&mut forged, inside, inside, crate::log::frame::seed(0));
    contents[offset + 64..offset + 96].copy_from_slice(&forged);
    sample.disk.corrupt(path, contents);
    assert_eq!(sample.open().unwrap().end, sample.last_commit);
}

#[test]
fn other_files_in_the_folder_are_left_alone() {
    let sample = sample();
    for name in ["README", "123.seg", "0000000000000000000x.seg"] {
        sample.disk.create(&Path::new("/data/log").join(name)).unwrap();
    }
    let recovery = sample.open().unwrap();
    assert_eq!((recovery.end, recovery.cut), (sample.end, None));
}

#[test]
fn a_header_says_what_it_was_given() {
    let header = Header { start: Position::new(77), salt: 5, created_ms: 1_700_000_000_000 };
    let disk = FaultyDisk::new(1);
    let file = disk.create(Path::new("/x")).unwrap();
    disk.corrupt(Path::new("/x"), header.to_bytes().to_vec());
    assert_eq!(Header::read(&*file).ok(), Some(header));
}
