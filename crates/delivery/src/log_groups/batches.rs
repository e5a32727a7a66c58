//! A log file as PutLogEvents takes it: one log event for each event, in calls of a bounded size.
//!
//! Bounds: Amazon CloudWatch Logs API Reference, "PutLogEvents".

use crate::target::LogEvent;
use cairn_model::Timestamp;
use libdeflater::Decompressor;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::ops::Range;

/// A call's bytes: those of its messages, and [`BYTES_AN_EVENT`] for each.
const BATCH_BYTES: usize = 1_048_576;
const BYTES_AN_EVENT: usize = 26;
const BATCH_EVENTS: usize = 10_000;
const BATCH_SPAN_MILLIS: i64 = 24 * 3_600_000;

/// Larger events go to buckets only: AWS CloudTrail User Guide, "Sending events to CloudWatch Logs".
const EVENT_BYTES: usize = 256 * 1024;

/// Times that CloudWatch Logs takes: 14 days ago to 2 hours ahead, less five minutes for clocks that differ.
const PAST_MILLIS: i64 = 14 * 86_400_000 - 300_000;
const AHEAD_MILLIS: i64 = 2 * 3_600_000 - 300_000;

/// The calls that a file takes, one after the other. Keeps the file's text and one call's messages in memory.
pub(crate) struct Batches {
    /// The text, without white space that means nothing.
    text: Vec<u8>,
    /// Each event's time and where it stands, in the order of times.
    events: Vec<(i64, Range<usize>)>,
    /// Of them, how many were taken.
    taken: usize,
    too_large: usize,
}

#[derive(Deserialize)]
struct LogFile<'a> {
    #[serde(rename = "Records", borrow)]
    records: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Timed {
    #[serde(rename = "eventTime")]
    event_time: Option<String>,
}

impl Batches {
    /// Unpacks one of our own log files, whose hash was checked; `None` if it is none.
    pub(crate) fn of(gzip: &[u8], now: Timestamp) -> Option<Batches> {
        let mut text = plain(gzip)?;
        compact(&mut text);
        let (records, mut start) = records(&text)?;
        let mut events = Vec::with_capacity(records.len());
        let mut too_large = 0;
        for record in records {
            let place = start..start + record.get().len();
            // Behind it stands a comma.
            start = place.end + 1;
            match place.len() > EVENT_BYTES {
                true => too_large += 1,
                false => events.push((time(record.get(), now), place)),
            }
        }
        // Of events of one time the order stays.
        events.sort_by_key(|(time, _)| *time);
        Some(Batches { text, events, taken: 0, too_large })
    }

    /// How many events are left out for their size.
    pub(crate) fn too_large(&self) -> usize {
        self.too_large
    }

    /// How many of the events to come fit into one call.
    fn fitting(&self) -> usize {
        let rest = &self.events[self.taken..];
        let first = rest.first().map_or(0, |(time, _)| *time);
        let mut bytes = 0;
        let fits = |(time, place): &&(i64, Range<usize>)| {
            bytes += place.len() + BYTES_AN_EVENT;
            bytes <= BATCH_BYTES && time - first <= BATCH_SPAN_MILLIS
        };
        rest.iter().take(BATCH_EVENTS).take_while(fits).count()
    }
}

impl Iterator for Batches {
    type Item = Vec<LogEvent>;

    fn next(&mut self) -> Option<Vec<LogEvent>> {
        let end = self.taken + self.fitting();
        let batch = &self.events[self.taken..end];
        self.taken = end;
        let event = |(time, place): &(i64, Range<usize>)| LogEvent {
            time_millis: *time,
            message: String::from_utf8_lossy(&self.text[place.clone()]).into_owned(),
        };
        (!batch.is_empty()).then(|| batch.iter().map(event).collect())
    }
}

/// The last four bytes of one of our own files are the length of its text.
fn plain(gzip: &[u8]) -> Option<Vec<u8>> {
    let length = u32::from_le_bytes(*gzip.last_chunk()?);
    let mut plain = vec![0; usize::try_from(length).ok()?];
    let length = Decompressor::new().gzip_decompress(gzip, &mut plain).ok()?;
    plain.truncate(length);
    Some(plain)
}

/// Takes white space out that stands between tokens.
fn compact(json: &mut Vec<u8>) {
    let (mut in_text, mut is_escaped) = (false, false);
    json.retain(|byte| {
        if in_text {
            in_text = is_escaped || *byte != b'"';
            is_escaped = !is_escaped && *byte == b'\\';
            return true;
        }
        in_text = *byte == b'"';
        !byte.is_ascii_whitespace()
    });
}

/// The events of a compact file, and where the first one starts. Aggregated events are a list alone.
fn records(text: &[u8]) -> Option<(Vec<&RawValue>, usize)> {
    match text.first()? {
        b'[' => Some((serde_json::from_slice(text).ok()?, b"[".len())),
        _ => {
            let LogFile { records } = serde_json::from_slice(text).ok()?;
            Some((records, br#"{"Records":["#.len()))
        }
    }
}

/// The event's time, or now if it has none that a log group takes.
fn time(event: &str, now: Timestamp) -> i64 {
    let now = millis(now);
    let timed: Option<Timed> = serde_json::from_str(event).ok();
    let time = timed.and_then(|timed| Timestamp::parse(&timed.event_time?).map(millis));
    time.filter(|time| (now - PAST_MILLIS..=now + AHEAD_MILLIS).contains(time)).unwrap_or(now)
}

fn millis(time: Timestamp) -> i64 {
    time.as_micros().div_euclid(1000)
}

#[cfg(test)]
mod tests;
