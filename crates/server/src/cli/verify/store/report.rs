//! What the comparison of a data folder's parts found.

use super::retained::Judged;
use super::sighting::Sighting;
use crate::cli::verify::shown;
use cairn_model::Position;
use cairn_verify::{Place, Report};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::{self, Write};
use std::time::Duration;
use uuid::Uuid;

/// Differences that are kept; beyond them they are only counted.
const KEPT_MAX: usize = 1_000;
/// Differences that people are shown.
const SHOWN_MAX: usize = 50;
/// Names of log files that are kept, so that differences can name theirs.
const FILES_MAX: usize = 1_000_000;

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// An event of the log is not in history.
    NotInHistory,
    /// History has an event where the log has none.
    NotInLog,
    /// History and log have other contents for an event.
    OtherContent,
    /// History has the same event more than once.
    TwiceInHistory,
    /// A log file has an event that neither log nor history knows.
    DeliveredUnknown,
    /// A log file has an event with another content than log or history.
    DeliveredOtherContent,
    /// A trail took the event, and it is in no log file.
    NotDelivered,
    /// It is in more log files than trails took it for.
    DeliveredTwice,
    /// It is in a log file, and no trail took it.
    DeliveredUnasked,
    /// An event data store took the event, and its table does not have it.
    NotInStore,
    /// The table of an event data store has the event twice.
    TwiceInStore,
    /// A record of a log file is no event.
    NotAnEvent,
    /// A log file cannot be read.
    Unreadable(String),
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    what: What,
    /// The event's id, if it is about one.
    event_id: Option<String>,
    /// A position of the log, a log file, or where it should be.
    place: String,
}

/// Counts and differences.
#[derive(Debug, Default)]
pub(super) struct StoreReport {
    /// Events that the log still has.
    pub(super) log_events: u64,
    /// Events of history.
    pub(super) history_events: u64,
    /// Log files in the embedded buckets and in the outbox.
    pub(super) log_files: u64,
    /// Of these, in the outbox.
    pub(super) waiting_files: u64,
    /// Events in them.
    pub(super) delivered_events: u64,
    /// Log files of no trail as it is now: imported ones, say. They were left out.
    pub(super) other_files: u64,
    /// Event data stores that have a table.
    pub(super) stores: u64,
    /// Events in these.
    pub(super) store_events: u64,
    /// Different events, by account, time and id.
    pub(super) events: u64,
    /// Deliveries that a trail made beyond those that are known to be due, from before the log's beginning:
    /// whether the event came more than once, or the trail took other events then, it no longer tells.
    pub(super) unjudged: u64,
    differences: Vec<Difference>,
    differences_count: u64,
    /// Places of log files by the numbers that sightings have for them.
    files: HashMap<u64, String>,
    files_count: u64,
    /// The digests of the embedded buckets, and how long it took to prove them.
    pub(super) chains: Option<(Report, Duration)>,
}

impl What {
    fn code(&self) -> &'static str {
        match self {
            What::NotInHistory => "NotInHistory",
            What::NotInLog => "NotInLog",
            What::OtherContent => "OtherContent",
            What::TwiceInHistory => "TwiceInHistory",
            What::DeliveredUnknown => "DeliveredUnknown",
            What::DeliveredOtherContent => "DeliveredOtherContent",
            What::NotDelivered => "NotDelivered",
            What::DeliveredTwice => "DeliveredTwice",
            What::DeliveredUnasked => "DeliveredUnasked",
            What::NotInStore => "NotInStore",
            What::TwiceInStore => "TwiceInStore",
            What::NotAnEvent => "NotAnEvent",
            What::Unreadable(_) => "Unreadable",
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            What::NotInHistory => "the log has the event, history does not",
            What::NotInLog => "history has the event, the log does not",
            What::OtherContent => "history has another content of the event than the log",
            What::TwiceInHistory => "history has the event twice",
            What::DeliveredUnknown => "the log file has an event that neither log nor history knows",
            What::DeliveredOtherContent => {
                "the log file has another content of the event than log or history"
            }
            What::NotDelivered => "a trail took the event, and it is in no log file",
            What::DeliveredTwice => "the event is in more log files than trails took it for",
            What::DeliveredUnasked => "the event is in a log file, and no trail took it",
            What::NotInStore => "the event data store took the event, and its table does not have it",
            What::TwiceInStore => "the event data store's table has the event twice",
            What::NotAnEvent => "the log file has a record that is no event",
            What::Unreadable(why) => why,
        })
    }
}

impl Difference {
    /// About the event at a position of the log.
    pub(super) fn at_position(what: What, sighting: &Sighting) -> Difference {
        Difference { what, event_id: Some(sighting.id()), place: format!("position {}", sighting.position) }
    }

    /// About an event in a log file.
    pub(super) fn in_file(what: What, sighting: &Sighting, report: &StoreReport) -> Difference {
        let place = report.files.get(&sighting.position);
        let place = place.cloned().unwrap_or_else(|| "a log file".to_owned());
        Difference { what, event_id: Some(sighting.id()), place }
    }

    /// About an event that should be in a log file.
    pub(super) fn to(what: What, sighting: &Sighting, judged: &Judged) -> Difference {
        let destination = judged.destinations.get(sighting.destination);
        let place = format!("position {}, to {destination}", sighting.position);
        Difference { what, event_id: Some(sighting.id()), place }
    }

    /// About an event of an event data store, which stands at a position of the log.
    pub(super) fn in_store(what: What, store: Uuid, at: Position, event_id: Option<String>) -> Difference {
        Difference { what, event_id, place: format!("position {at}, event data store {store}") }
    }

    /// About a log file.
    pub(super) fn of_file(what: What, place: String) -> Difference {
        Difference { what, event_id: None, place }
    }

    fn json(&self) -> Value {
        let Difference { what, event_id, place } = self;
        json!({ "code": what.code(), "eventID": event_id, "place": place, "message": what.to_string() })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { what, event_id, place } = self;
        match event_id {
            Some(id) => write!(f, "event {id}, {place}: {what}"),
            None => write!(f, "{place}: {what}"),
        }
    }
}

impl StoreReport {
    pub(super) fn found(&mut self, difference: Difference) {
        self.differences_count += 1;
        if self.differences.len() < KEPT_MAX {
            self.differences.push(difference);
        }
    }

    /// A number for a log file, by which its name is found again.
    pub(super) fn name_file(&mut self, place: &Place) -> u64 {
        let number = self.files_count;
        self.files_count += 1;
        if self.files.len() < FILES_MAX {
            self.files.insert(number, place.to_string());
        }
        number
    }

    /// Differences, and findings about digests.
    pub(super) fn faults(&self) -> u64 {
        let chains = self.chains.as_ref();
        let chains = chains.map_or(0, |(report, _)| report.integrity_faults + report.completeness_faults);
        self.differences_count + chains
    }

    /// For people.
    pub(super) fn table(&self, took: Duration) -> String {
        let mut text = String::new();
        for difference in self.differences.iter().take(SHOWN_MAX) {
            line(&mut text, format_args!("{}", shown::printable(&difference.to_string())));
        }
        let left_out = self.differences_count.saturating_sub(self.differences.len().min(SHOWN_MAX) as u64);
        if left_out > 0 {
            line(&mut text, format_args!("... and {left_out} more; --output json lists them"));
        }
        if self.differences_count > 0 {
            text.push('\n');
        }
        if let Some((chains, took)) = &self.chains {
            text.push_str(&shown::table(chains, *took));
            text.push('\n');
        }
        let StoreReport { log_events, history_events, delivered_events, .. } = self;
        line(&mut text, format_args!("log        {log_events} events are still in it"));
        line(&mut text, format_args!("history    {history_events} events"));
        if self.stores > 0 {
            let StoreReport { stores, store_events, .. } = self;
            line(
                &mut text,
                format_args!("stores     {store_events} events in the tables of {stores} event data stores"),
            );
        }
        let files = format!("{} log files, {} of them in the outbox", self.log_files, self.waiting_files);
        line(&mut text, format_args!("delivered  {delivered_events} events in {files}"));
        if self.other_files > 0 {
            line(
                &mut text,
                format_args!("left out   {} log files that are of no trail as it is now", self.other_files),
            );
        }
        if self.unjudged > 0 {
            let unjudged = self.unjudged;
            line(
                &mut text,
                format_args!(
                    "not judged {unjudged} older deliveries: the log no longer tells how often they were due"
                ),
            );
        }
        let verdict = if self.differences_count == 0 { "good: all have the same events" } else { "BAD" };
        let differences = self.differences_count;
        line(
            &mut text,
            format_args!(
                "{} different events compared in {:.1} s, {differences} differences: {verdict}",
                self.events,
                took.as_secs_f64()
            ),
        );
        text
    }

    /// For programs.
    pub(super) fn json(&self, took: Duration) -> Value {
        json!({
            "good": self.faults() == 0,
            "logEvents": self.log_events, "historyEvents": self.history_events, "logFiles": self.log_files,
            "waitingFiles": self.waiting_files, "deliveredEvents": self.delivered_events,
            "otherFiles": self.other_files, "stores": self.stores, "storeEvents": self.store_events, "events": self.events, "unjudged": self.unjudged,
            "differenceCount": self.differences_count,
            "differences": self.differences.iter().map(Difference::json).collect::<Vec<_>>(),
            "digests": self.chains.as_ref().map(|(chains, took)| shown::json(chains, *took)),
            "seconds": took.as_secs_f64(),
        })
    }
}

fn line(text: &mut String, line: fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("a String takes all that is written");
}
