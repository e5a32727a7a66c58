//! A request's worth of events that can be posted again and again, each time as new events.

use crate::event_ids::{EventIds, ID_LENGTH};
use crate::traffic::{TIME_LENGTH, Traffic};
use cairn_model::Timestamp;

/// Events as NDJSON whose times and ids can be renewed in place. Renewing costs far less than generating, so
/// a load generator can prepare its bodies and still never post an event twice.
#[derive(Clone, Debug)]
pub struct Batch {
    text: Vec<u8>,
    /// Where the event times stand.
    times: Vec<usize>,
    /// Where the ids stand that must be unique.
    ids: Vec<usize>,
}

impl Batch {
    /// `events` events of `traffic`, each on a line of its own.
    pub fn new(traffic: &mut Traffic, events: usize, time: Timestamp) -> Batch {
        let mut batch = Batch {
            text: Vec::new(),
            times: Vec::with_capacity(events),
            ids: Vec::with_capacity(2 * events),
        };
        for _ in 0..events {
            let marks = traffic.next_event(time, &mut batch.text);
            batch.text.push(b'\n');
            batch.times.push(marks.event_time);
            batch.ids.push(marks.event_id);
            batch.ids.extend(marks.request_id);
        }
        batch
    }

    /// Gives every event the time `time` and new ids.
    pub fn renew(&mut self, ids: &mut EventIds, time: Timestamp) {
        let time = time.to_string();
        for at in &self.times {
            self.text[*at..at + TIME_LENGTH].copy_from_slice(time.as_bytes());
        }
        for at in &self.ids {
            self.text[*at..at + ID_LENGTH].copy_from_slice(&ids.next_id());
        }
    }

    /// The events, each line ended.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// How many events it has.
    pub fn events(&self) -> usize {
        self.times.len()
    }
}

#[cfg(test)]
mod tests;
