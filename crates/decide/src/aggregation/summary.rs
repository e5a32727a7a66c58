//! An aggregated event.

use super::WINDOW;
use super::facts::Dimension;
use cairn_model::{AccountId, Timestamp, json};
use std::io::Write;
use std::sync::Arc;

/// Values and how many events have each.
pub type Statistics = Vec<(Arc<str>, u64)>;

/// What an aggregated event says but for its id and its account. Statistics are the most frequent first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The region of the events.
    pub region: String,
    /// The window's start.
    pub start: Timestamp,
    /// The service of the events.
    pub source: Arc<str>,
    /// What they have in common.
    pub primary: (Dimension, Arc<str>),
    /// How many they are.
    pub events: u64,
    /// How often each value came among them; dimensions that none of them has are left out.
    pub details: Vec<(Dimension, Statistics)>,
}

impl Summary {
    /// The window's end.
    pub fn end(&self) -> Timestamp {
        self.start.plus(WINDOW)
    }

    /// Appends the event's JSON; `event_id` is a new UUID.
    pub fn write(&self, account: AccountId, event_id: &str, out: &mut Vec<u8>) {
        write!(out, r#"{{"eventVersion":"1.0","accountId":"{account}","eventId":"{event_id}","#)
            .expect(NEVER_FAILS);
        out.extend_from_slice(
            br#""eventCategory":"Aggregated","eventType":"AwsAggregatedEvent","awsRegion":"#,
        );
        json::write_string(out, &self.region);
        out.extend_from_slice(br#","eventSource":"#);
        json::write_string(out, &self.source);
        let (start, end) = (self.start, self.end());
        write!(out, r#","timeWindow":{{"windowStart":"{start}","windowEnd":"{end}","windowSize":"PT5M"}},"#)
            .expect(NEVER_FAILS);
        out.extend_from_slice(br#""summary":{"primaryDimension":"#);
        let (dimension, name) = &self.primary;
        write_dimension(out, *dimension, &[(Arc::clone(name), self.events)]);
        out.extend_from_slice(br#","details":["#);
        for (index, (dimension, statistics)) in self.details.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            write_dimension(out, *dimension, statistics);
        }
        out.extend_from_slice(b"]}}");
    }
}

const NEVER_FAILS: &str = "writing to memory does not fail";

fn write_dimension(out: &mut Vec<u8>, dimension: Dimension, statistics: &[(Arc<str>, u64)]) {
    let name = dimension.name();
    write!(out, r#"{{"dimension":"{name}","statistics":["#).expect(NEVER_FAILS);
    for (index, (name, value)) in statistics.iter().enumerate() {
        out.extend_from_slice(if index > 0 { br#",{"name":"# } else { br#"{"name":"# });
        json::write_string(out, name);
        write!(out, r#","value":{value}}}"#).expect(NEVER_FAILS);
    }
    out.extend_from_slice(br#"],"aggregationType":"Count"}"#);
}
