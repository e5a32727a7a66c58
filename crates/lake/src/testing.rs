//! What the tests of this crate share: events, a log in memory, histories in temporary folders.
#![allow(clippy::unwrap_used, reason = "tests")]

pub(crate) mod faulty;
pub(crate) mod objects;

use crate::{Bodies, BodyError, Categories, History, HistoryOptions, Lookup};
use bytes::Bytes;
use cairn_model::event::{Admission, Door};
use cairn_model::{Origin, Position, Record, Timestamp};
use proptest::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// When all events arrive unless a test says otherwise.
pub(crate) const ARRIVAL: &str = "2026-03-01T09:00:00Z";

pub(crate) fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// An event's encoded form.
pub(crate) fn admit(text: &str) -> Vec<u8> {
    admit_at(text, time(ARRIVAL), Origin::Posted)
}

pub(crate) fn admit_at(text: &str, arrival: Timestamp, origin: Origin) -> Vec<u8> {
    let admission = Admission { origin, account: "111122223333".parse().unwrap(), arrival };
    let mut out = Vec::new();
    static IDS: AtomicU64 = AtomicU64::new(1);
    let id = || u128::from(IDS.fetch_add(1, Relaxed));
    Door::default().admit(text.as_bytes(), &admission, id, &mut out).unwrap();
    out
}

/// A log in memory: each record's position is its number times ten.
#[derive(Default)]
pub(crate) struct MemoryLog {
    records: Mutex<Vec<Option<Bytes>>>,
}

/// Between the positions of two records.
pub(crate) const STEP: u64 = 10;

impl MemoryLog {
    pub(crate) fn add(&self, event: &[u8]) -> Position {
        let mut payload = Vec::new();
        Record::start_event(&mut payload);
        payload.extend_from_slice(event);
        let mut records = self.records.lock().unwrap();
        records.push(Some(payload.into()));
        Position::new((records.len() as u64 - 1) * STEP)
    }

    pub(crate) fn end(&self) -> Position {
        Position::new(self.records.lock().unwrap().len() as u64 * STEP)
    }

    /// Drops the records below `position`, as the log does behind its slowest reader.
    pub(crate) fn drop_below(&self, position: Position) {
        let end = (position.get() / STEP) as usize;
        self.records.lock().unwrap()[..end].fill(None);
    }

    /// Appends everything from what `history` has seen to the end of the log.
    pub(crate) fn feed(&self, history: &History) {
        self.feed_to(history, self.end());
    }

    pub(crate) fn feed_to(&self, history: &History, end: Position) {
        let start = history.seen();
        let payloads: Vec<(Position, Bytes)> = (start.get() / STEP..end.get() / STEP)
            .map(|number| Position::new(number * STEP))
            .map(|at| (at, self.read(at).unwrap()))
            .collect();
        let mut events = payloads.iter().map(|(at, payload)| (*at, Record::decode(payload).unwrap().event()));
        history.append(&mut events, end).unwrap();
    }
}

impl Bodies for MemoryLog {
    fn read(&self, at: Position) -> Result<Bytes, BodyError> {
        let records = self.records.lock().unwrap();
        let record = &records[(at.get() / STEP) as usize];
        record.clone().ok_or(BodyError::Gone)
    }

    fn read_all(
        &self,
        range: Range<Position>,
        take: &mut dyn FnMut(Position, Bytes),
    ) -> Result<(), BodyError> {
        for number in range.start.get() / STEP..range.end.get().div_ceil(STEP) {
            let at = Position::new(number * STEP);
            take(at, self.read(at)?);
        }
        Ok(())
    }
}

/// A history over a log, in a folder that goes with it.
pub(crate) struct Rig {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) log: Arc<MemoryLog>,
    pub(crate) history: History,
}

impl Rig {
    pub(crate) async fn new() -> Rig {
        let folder = tempfile::tempdir().unwrap();
        let log = Arc::new(MemoryLog::default());
        let history = open(&folder, &log).await;
        Rig { folder, log, history }
    }

    /// Closes and opens again what is on disk; the tail is fed from the log as a start would.
    pub(crate) async fn reopen(self) -> Rig {
        let Rig { folder, log, history } = self;
        drop(history);
        let history = open(&folder, &log).await;
        log.feed(&history);
        Rig { folder, log, history }
    }

    pub(crate) fn add(&self, text: &str) -> Position {
        self.log.add(&admit(text))
    }

    /// The texts of all events found, over as many pages as it takes.
    pub(crate) async fn all(&self, mut lookup: Lookup) -> Vec<crate::Found> {
        let mut found = Vec::new();
        loop {
            let page = self.history.lookup(lookup.clone()).await.unwrap();
            assert!(page.events.len() <= lookup.limit);
            found.extend(page.events);
            match page.next {
                Some(next) => lookup.after = Some(next),
                None => return found,
            }
        }
    }
}

pub(crate) fn options(dir: &std::path::Path) -> HistoryOptions {
    HistoryOptions::new(dir.join("lake/history"), "eu-central-1".to_owned())
}

async fn open(folder: &tempfile::TempDir, log: &Arc<MemoryLog>) -> History {
    let bodies: Arc<dyn Bodies> = log.clone();
    History::open(options(folder.path()), bodies).await.unwrap()
}

/// Everything, 50 a page, an hour after [`ARRIVAL`].
pub(crate) fn everything() -> Lookup {
    Lookup {
        account: None,
        region: None,
        categories: Categories::ALL,
        filters: Vec::new(),
        text: None,
        from: None,
        to: None,
        limit: 50,
        after: None,
        deadline: None,
        now: time(ARRIVAL).plus(Duration::from_secs(3600)),
    }
}

/// An event of a second, with more members.
pub(crate) fn event(second: u32, name: &str, members: &str) -> String {
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!(
        r#"{{"eventTime":"2026-03-01T{hour:02}:{minute:02}:{second:02}Z","eventSource":"s3.amazonaws.com","eventName":"{name}"{members}}}"#
    )
}

/// Any JSON value as text, numbers in all their forms.
pub(crate) fn json_value() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        Just("-0".to_owned()),
        Just("1.0".to_owned()),
        Just("1.00E+02".to_owned()),
        Just("12345678901234567890123".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>()
            .prop_filter("JSON has no infinities", |number| number.is_finite())
            .prop_map(|number| format!("{number:e}")),
    ];
    let text = any::<String>().prop_map(|text| serde_json::Value::from(text).to_string());
    let escaped = any::<Vec<u16>>().prop_map(|units| {
        let text = String::from_utf16_lossy(&units);
        let units = text.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
        format!("\"{}\"", units.collect::<String>())
    });
    let scalar = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|flag| flag.to_string()),
        number,
        text,
        escaped,
    ];
    scalar.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6)
                .prop_map(|values| format!("[ {} ]", values.join(" ,\n"))),
            prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(|members| {
                let members = members
                    .into_iter()
                    .map(|(key, value)| format!("{} : {value}", serde_json::Value::from(key)));
                format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
            }),
        ]
    })
}
