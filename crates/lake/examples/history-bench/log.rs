//! A log in memory, of which only what is still needed is kept.

use bytes::Bytes;
use cairn_lake::{Bodies, BodyError};
use cairn_model::event::{Admission, Door};
use cairn_model::{Origin, Position, Record, Timestamp};
use cairn_testkit::{ACCOUNT, Traffic};
use std::collections::VecDeque;
use std::io::Write;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What decides the events of a log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) events: usize,
    pub(crate) start: Timestamp,
    /// Over how many seconds their times are spread.
    pub(crate) span: u64,
}

/// Makes the events of a log, one after the other.
pub(crate) struct Source {
    plan: Plan,
    traffic: Traffic,
    made: usize,
}

/// Records one behind the other; a record's position is where its length stands.
#[derive(Default)]
pub(crate) struct MemoryLog(Mutex<VecDeque<Segment>>);

/// Some records in a row.
#[derive(Clone)]
pub(crate) struct Segment {
    start: u64,
    bytes: Bytes,
    pub(crate) positions: Vec<Position>,
    pub(crate) text_bytes: u64,
}

const LENGTH_BYTES: usize = 4;
const SEGMENT_EVENTS: usize = 50_000;

impl Source {
    pub(crate) fn new(plan: Plan) -> Source {
        Source { plan, traffic: Traffic::new(plan.seed), made: 0 }
    }

    /// The next event; each is at its place in the span. `None` behind the last.
    fn next_event(&mut self, text: &mut Vec<u8>) -> Option<Timestamp> {
        let Plan { events, start, span, .. } = self.plan;
        let number = self.made as u64;
        if self.made == events {
            return None;
        }
        self.made += 1;
        let time = start.plus(Duration::from_micros(number * span * 1_000_000 / events as u64));
        let time = Timestamp::from_seconds(time.as_seconds());
        text.clear();
        self.traffic.next_event(time, text);
        Some(time)
    }

    /// How large zstd makes the first `count` of the events as NDJSON.
    pub(crate) fn zstd_bytes(plan: Plan, count: usize, level: i32) -> std::io::Result<u64> {
        let (mut source, mut text) = (Source::new(plan), Vec::new());
        let mut encoder = zstd::Encoder::new(Vec::new(), level)?;
        for _ in 0..count {
            if source.next_event(&mut text).is_none() {
                break;
            }
            encoder.write_all(&text)?;
            encoder.write_all(b"\n")?;
        }
        Ok(encoder.finish()?.len() as u64)
    }
}

impl MemoryLog {
    /// Appends the next events, which each arrive three seconds after their time; `None` behind the last.
    pub(crate) fn grow(&self, source: &mut Source) -> Option<Segment> {
        let mut door = Door::default();
        let start = self.lock().back().map_or(0, Segment::end);
        let (mut text, mut out) = (Vec::new(), Vec::with_capacity(SEGMENT_EVENTS * 1_800));
        let (mut positions, mut text_bytes) = (Vec::with_capacity(SEGMENT_EVENTS), 0);
        while positions.len() < SEGMENT_EVENTS
            && let Some(time) = source.next_event(&mut text)
        {
            text_bytes += text.len() as u64;
            let number = source.made as u128;
            let at = out.len();
            positions.push(Position::new(start + at as u64));
            out.extend_from_slice(&[0; LENGTH_BYTES]);
            Record::start_event(&mut out);
            let admission = Admission {
                origin: Origin::Posted,
                account: ACCOUNT.parse().expect("an account"),
                arrival: time.plus(Duration::from_secs(3)),
            };
            let admitted = door.admit(&text, &admission, || number, &mut out);
            admitted.expect("traffic is made of events");
            let length = (out.len() - at - LENGTH_BYTES) as u32;
            out[at..at + LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
        }
        let segment = Segment { start, bytes: out.into(), positions, text_bytes };
        self.lock().push_back(segment.clone());
        (!segment.positions.is_empty()).then_some(segment)
    }

    /// Forgets segments that lie wholly below `committed`, but for the last.
    pub(crate) fn release(&self, committed: Position) {
        let mut segments = self.lock();
        while segments.len() > 1 && segments[0].end() <= committed.get() {
            segments.pop_front();
        }
    }

    pub(crate) fn end(&self) -> Position {
        Position::new(self.lock().back().map_or(0, Segment::end))
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Segment>> {
        // Segments are put in and taken out whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn segment(&self, at: Position) -> Option<Segment> {
        let segments = self.lock();
        let number = segments.partition_point(|segment| segment.end() <= at.get());
        segments.get(number).filter(|segment| segment.start <= at.get()).cloned()
    }
}

impl Segment {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    fn range(&self, at: Position) -> Range<usize> {
        let at = (at.get() - self.start) as usize;
        let start = at + LENGTH_BYTES;
        let length = self.bytes[at..start].try_into().expect("four bytes");
        start..start + u32::from_le_bytes(length) as usize
    }

    pub(crate) fn payload(&self, at: Position) -> &[u8] {
        &self.bytes[self.range(at)]
    }

    /// The position behind the record at `at`.
    pub(crate) fn behind(&self, at: Position) -> Position {
        Position::new(self.start + self.range(at).end as u64)
    }
}

impl Bodies for MemoryLog {
    fn read(&self, at: Position) -> Result<Bytes, BodyError> {
        let segment = self.segment(at).ok_or(BodyError::Gone)?;
        Ok(segment.bytes.slice(segment.range(at)))
    }

    fn read_all(
        &self,
        range: Range<Position>,
        take: &mut dyn FnMut(Position, Bytes),
    ) -> Result<(), BodyError> {
        let mut at = range.start;
        while at < range.end {
            let segment = self.segment(at).ok_or(BodyError::Gone)?;
            while at < range.end && at.get() < segment.end() {
                take(at, segment.bytes.slice(segment.range(at)));
                at = segment.behind(at);
            }
        }
        Ok(())
    }
}
