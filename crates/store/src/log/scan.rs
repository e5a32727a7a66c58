//! Checking a segment file from end to end, as a start does.

use super::frame::{self, Rest};
use super::segment::Segment;
use crate::disk::{DiskFile, read_up_to};
use cairn_model::Position;
use std::io;
use std::ops::Range;

/// Bytes read at a time. Larger frames are read whole.
const WINDOW_BYTES: usize = 1 << 20;
/// Bytes that are looked at together: what was allocated and not used yet is zeros, and much of the newest
/// segment.
const BLOCK_BYTES: usize = 4096;

/// The verified records from the start of a segment.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) records: u64,
    /// Where they end.
    pub(super) end: Position,
    /// Where the group commit of the last of them began; `None` if there are none.
    pub(super) last_commit_start: Option<Position>,
}

/// What stands in a segment file behind its verified records.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Survey {
    /// The first valid frame header there.
    pub(super) next_frame: Option<Position>,
    /// Whether any frame there is of a later commit than the bytes at the start of the survey:
    /// then those had been synced, and are damaged, not torn.
    pub(super) later_commit: bool,
    /// Where in the file the last byte that is not zero ends; `None` if all are zero.
    pub(super) content_end: Option<u64>,
}

/// Verifies the segment's records from its start to the first that is not whole.
pub(super) fn scan(file: &dyn DiskFile, segment: &Segment) -> io::Result<Scan> {
    let mut scan = Scan { records: 0, end: segment.start, last_commit_start: None };
    let mut window = vec![0; WINDOW_BYTES];
    loop {
        let count = read_up_to(file, &mut window, segment.offset_of(scan.end))?;
        let walk = frame::walk(&window[..count], scan.end, segment.seed);
        scan.records += walk.records;
        scan.end = Position::new(scan.end.get() + walk.verified as u64);
        scan.last_commit_start = walk.last_commit_start.or(scan.last_commit_start);
        let file_ends = count < window.len();
        match walk.rest {
            // The length is that of a verified header, so it may be believed.
            Rest::Needs(needed) if !file_ends => window.resize(WINDOW_BYTES.max(needed), 0),
            Rest::Needs(_) | Rest::Invalid => return Ok(scan),
        }
    }
}

/// Looks through everything behind the verified records, which end at `end`.
pub(super) fn survey(file: &dyn DiskFile, segment: &Segment, end: Position) -> io::Result<Survey> {
    let mut survey = Survey::default();
    let mut at = end;
    // Windows overlap by a header, so that each one is whole in one of them.
    let mut window = vec![0; WINDOW_BYTES];
    loop {
        let offset = segment.offset_of(at);
        let count = read_up_to(file, &mut window, offset)?;
        let last = count < window.len();
        let step = if last { count } else { count - frame::HEADER_BYTES };
        for block in (0..step).step_by(BLOCK_BYTES) {
            let block = block..step.min(block + BLOCK_BYTES);
            if !is_zero(&window[block.clone()]) {
                survey.look_through(&window[..count], block, at, end, segment);
            }
        }
        if last {
            return Ok(survey);
        }
        at = Position::new(at.get() + step as u64);
    }
}

/// Looks at all bytes, whatever the first is: faster than to stop at one that is not zero.
fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().fold(0, |all, byte| all | byte) == 0
}

impl Survey {
    /// Looks at a block of a window that begins at `at`.
    fn look_through(
        &mut self,
        window: &[u8],
        block: Range<usize>,
        at: Position,
        end: Position,
        segment: &Segment,
    ) {
        for start in block.step_by(frame::ALIGNMENT) {
            let word = &window[start..window.len().min(start + frame::ALIGNMENT)];
            if let Some(index) = word.iter().rposition(|byte| *byte != 0) {
                self.content_end = Some(segment.offset_of(at) + (start + index) as u64 + 1);
                let position = Position::new(at.get() + start as u64);
                self.note_frame(&window[start..], position, end, segment.seed);
            }
        }
    }

    fn note_frame(&mut self, bytes: &[u8], at: Position, end: Position, seed: u32) {
        // The one at the end itself is what did not verify.
        if at == end || !bytes.starts_with(&frame::MAGIC) {
            return;
        }
        if let Some(header) = frame::Header::read(bytes, at, seed) {
            self.next_frame.get_or_insert(at);
            self.later_commit |= header.commit_start > end;
        }
    }
}
