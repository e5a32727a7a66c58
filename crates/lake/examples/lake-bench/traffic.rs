//! A log in memory that forgets what is committed, so that a table may become larger than memory.

use bytes::Bytes;
use cairn_lake::{Bodies, BodyError};
use cairn_model::event::{Admission, Door};
use cairn_model::{Event, Origin, Position, Record, Timestamp};
use cairn_testkit::{ACCOUNT, Traffic};
use std::ops::Range;
use std::sync::Mutex;
use std::time::Duration;

/// Events that one seed decides, with times that go evenly from a start over a span.
pub(crate) struct Events {
    traffic: Traffic,
    start: Timestamp,
    span: Duration,
    total: u64,
    made: u64,
}

impl Events {
    pub(crate) fn new(seed: u64, total: u64, start: Timestamp, span: Duration) -> Events {
        Events { traffic: Traffic::new(seed), start, span, total, made: 0 }
    }

    /// Appends the next event's text, and returns its time; `None` after the last.
    pub(crate) fn next(&mut self, text: &mut Vec<u8>) -> Option<Timestamp> {
        if self.made == self.total {
            return None;
        }
        let share = u128::from(self.made) * self.span.as_micros() / u128::from(self.total);
        let time = self.start.plus(Duration::from_micros(share as u64));
        let time = Timestamp::from_seconds(time.as_seconds());
        self.made += 1;
        self.traffic.next_event(time, text);
        Some(time)
    }
}

/// Records one behind the other; a record's position is where its length stands.
#[derive(Default)]
pub(crate) struct PassingLog(Mutex<Part>);

#[derive(Clone, Default)]
struct Part {
    start: u64,
    bytes: Bytes,
}

const LENGTH_BYTES: usize = 4;

impl PassingLog {
    /// Replaces what the log holds by up to `count` further events, and returns their positions and the time of the
    /// last one. All that it held must be committed.
    pub(crate) fn advance(
        &self,
        events: &mut Events,
        count: usize,
    ) -> Option<(Vec<Position>, Position, Timestamp)> {
        let start = self.end();
        let (mut door, mut text, mut out) = (Door::default(), Vec::new(), Vec::new());
        let mut positions = Vec::with_capacity(count);
        let mut last = None;
        while positions.len() < count {
            text.clear();
            let Some(time) = events.next(&mut text) else { break };
            let number = u128::from(events.made);
            positions.push(Position::new(start + out.len() as u64));
            append(&mut out, &mut door, &text, time, number);
            last = Some(time);
        }
        let end = Position::new(start + out.len() as u64);
        *self.part() = Part { start, bytes: out.into() };
        last.map(|last| (positions, end, last))
    }

    /// Hands the events at `positions` to `take`.
    pub(crate) fn read_events<T>(
        &self,
        positions: &[Position],
        take: impl FnOnce(&mut dyn Iterator<Item = (Position, Event<'_>)>) -> T,
    ) -> T {
        let part = self.part().clone();
        let mut events = positions.iter().map(|at| {
            let record = Record::decode(&part.bytes[part.range(*at)]).expect("made by the door");
            (*at, record.event())
        });
        take(&mut events)
    }

    /// The position behind the record at `at`.
    pub(crate) fn behind(&self, at: Position) -> Position {
        let part = self.part();
        Position::new(part.start + part.range(at).end as u64)
    }

    fn end(&self) -> u64 {
        let part = self.part();
        part.start + part.bytes.len() as u64
    }

    fn part(&self) -> std::sync::MutexGuard<'_, Part> {
        self.0.lock().expect("nothing panics while it holds the part")
    }
}

fn append(out: &mut Vec<u8>, door: &mut Door, text: &[u8], time: Timestamp, number: u128) {
    let at = out.len();
    out.extend_from_slice(&[0; LENGTH_BYTES]);
    Record::start_event(out);
    let admission = Admission {
        origin: Origin::Posted,
        account: ACCOUNT.parse().expect("an account"),
        arrival: time.plus(Duration::from_secs(3)),
    };
    door.admit(text, &admission, || number, out).expect("traffic is made of events");
    let length = (out.len() - at - LENGTH_BYTES) as u32;
    out[at..at + LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
}

impl Part {
    fn range(&self, at: Position) -> Range<usize> {
        let from = (at.get() - self.start) as usize;
        let start = from + LENGTH_BYTES;
        let length = self.bytes[from..start].try_into().expect("four bytes");
        start..start + u32::from_le_bytes(length) as usize
    }
}

impl Bodies for PassingLog {
    fn read(&self, at: Position) -> Result<Bytes, BodyError> {
        let part = self.part();
        Ok(part.bytes.slice(part.range(at)))
    }

    fn read_all(
        &self,
        range: Range<Position>,
        take: &mut dyn FnMut(Position, Bytes),
    ) -> Result<(), BodyError> {
        let mut at = range.start;
        while at < range.end {
            take(at, self.read(at)?);
            at = self.behind(at);
        }
        Ok(())
    }
}
