//! A log in memory.

use bytes::Bytes;
use cairn_lake::{Bodies, BodyError};
use cairn_model::event::{Admission, Door};
use cairn_model::{Origin, Position, Record, Timestamp};
use cairn_testkit::{ACCOUNT, Traffic};
use std::io::Write;
use std::ops::Range;
use std::time::Duration;

/// Records one behind the other; a record's position is where its length stands.
pub(crate) struct MemoryLog {
    bytes: Bytes,
    positions: Vec<Position>,
    text_bytes: u64,
}

const LENGTH_BYTES: usize = 4;

impl MemoryLog {
    /// `events` events of the seed's traffic, whose times go evenly from `start` over `span` seconds; each
    /// arrives three seconds after its time.
    pub(crate) fn generate(seed: u64, events: usize, start: Timestamp, span: u64) -> MemoryLog {
        let mut traffic = Traffic::new(seed);
        let mut door = Door::default();
        let (mut text, mut out) = (Vec::new(), Vec::with_capacity(events * 1_800));
        let mut log = MemoryLog { bytes: Bytes::new(), positions: Vec::with_capacity(events), text_bytes: 0 };
        for number in 0..events as u64 {
            let time = start.plus(Duration::from_micros(number * span * 1_000_000 / events as u64));
            let time = Timestamp::from_seconds(time.as_seconds());
            text.clear();
            traffic.next_event(time, &mut text);
            log.text_bytes += text.len() as u64;
            log.positions.push(Position::new(out.len() as u64));
            let at = out.len();
            out.extend_from_slice(&[0; LENGTH_BYTES]);
            Record::start_event(&mut out);
            let admission = Admission {
                origin: Origin::Posted,
                account: ACCOUNT.parse().expect("an account"),
                arrival: time.plus(Duration::from_secs(3)),
            };
            let admitted = door.admit(&text, &admission, || u128::from(number), &mut out);
            admitted.expect("traffic is made of events");
            let length = (out.len() - at - LENGTH_BYTES) as u32;
            out[at..at + LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
        }
        log.bytes = out.into();
        log
    }

    pub(crate) fn positions(&self) -> &[Position] {
        &self.positions
    }

    pub(crate) fn text_bytes(&self) -> u64 {
        self.text_bytes
    }

    pub(crate) fn end(&self) -> Position {
        Position::new(self.bytes.len() as u64)
    }

    fn range(&self, at: Position) -> Range<usize> {
        let start = at.get() as usize + LENGTH_BYTES;
        let length = self.bytes[at.get() as usize..start].try_into().expect("four bytes");
        start..start + u32::from_le_bytes(length) as usize
    }

    pub(crate) fn payload(&self, at: Position) -> &[u8] {
        &self.bytes[self.range(at)]
    }

    /// The position behind the record at `at`.
    pub(crate) fn behind(&self, at: Position) -> Position {
        Position::new(self.range(at).end as u64)
    }

    /// How large zstd makes the events as NDJSON.
    pub(crate) fn zstd_bytes(&self, level: i32) -> std::io::Result<u64> {
        let mut encoder = zstd::Encoder::new(Vec::new(), level)?;
        for at in &self.positions {
            let record = Record::decode(self.payload(*at)).expect("made by the door");
            encoder.write_all(record.event().text().as_bytes())?;
            encoder.write_all(b"\n")?;
        }
        Ok(encoder.finish()?.len() as u64)
    }
}

impl Bodies for MemoryLog {
    fn read(&self, at: Position) -> Result<Bytes, BodyError> {
        Ok(self.bytes.slice(self.range(at)))
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
