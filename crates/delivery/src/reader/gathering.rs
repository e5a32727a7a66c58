//! A log file in the making.

use super::texts::{TextId, Texts};
use cairn_decide::names::LogKind;
use cairn_model::{Event, Timestamp};

/// What stands before and behind the events of a file.
type Envelope = (&'static [u8], &'static [u8]);

const RECORDS: Envelope = (br#"{"Records":["#, b"]}");

/// Aggregated events are a list alone: so files of CloudTrail's were found to be.
const LIST: Envelope = (b"[", b"]");

fn envelope(kind: LogKind) -> Envelope {
    match kind {
        LogKind::CloudTrail | LogKind::Insight | LogKind::NetworkActivity => RECORDS,
        LogKind::Aggregated => LIST,
    }
}

/// An event of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) text: TextId,
    /// Of the text.
    pub(super) bytes: usize,
    /// Its eventTime; of an aggregated event, the start of its window.
    pub(super) oldest: Timestamp,
    /// Likewise, and the end.
    pub(super) newest: Timestamp,
}

impl Entry {
    /// An event that is kept as `text`.
    pub(super) fn of(event: &Event<'_>, text: TextId) -> Entry {
        let time = event.event_time();
        Entry { text, bytes: event.text().len(), oldest: time, newest: time }
    }
}

/// Which events a log file will hold, in their order. It holds one at least.
#[derive(Clone, Debug)]
pub(crate) struct Gathering {
    texts: Vec<TextId>,
    /// Of the file before compression, at most.
    bytes: usize,
    oldest: Timestamp,
    newest: Timestamp,
}

impl Gathering {
    /// A file with a first event.
    pub(super) fn start(entry: &Entry) -> Gathering {
        Gathering {
            texts: vec![entry.text],
            bytes: RECORDS.0.len() + entry.bytes + RECORDS.1.len(),
            oldest: entry.oldest,
            newest: entry.newest,
        }
    }

    /// How many bytes the file will have before compression if the event is added.
    pub(super) fn bytes_with(&self, entry: &Entry) -> usize {
        self.bytes + 1 + entry.bytes
    }

    /// Adds an event.
    pub(super) fn add(&mut self, entry: &Entry) {
        self.bytes = self.bytes_with(entry);
        self.texts.push(entry.text);
        self.oldest = self.oldest.min(entry.oldest);
        self.newest = self.newest.max(entry.newest);
    }

    /// What gatherings of the same events have in common, and few others.
    pub(super) fn mark(&self) -> (usize, Option<TextId>, Option<TextId>) {
        (self.bytes, self.texts.first().copied(), self.texts.last().copied())
    }

    /// Whether the files will have the same bytes.
    pub(super) fn has_events_of(&self, other: &Gathering) -> bool {
        self.texts == other.texts
    }

    /// How many events it holds.
    pub(crate) fn events(&self) -> u64 {
        self.texts.len() as u64
    }

    /// The earliest eventTime in it.
    pub(crate) fn oldest(&self) -> Timestamp {
        self.oldest
    }

    /// The latest.
    pub(crate) fn newest(&self) -> Timestamp {
        self.newest
    }

    /// Writes the file, before compression, to `file`; `texts` are those that its ids are of.
    pub(crate) fn write_to(&self, kind: LogKind, texts: &Texts, file: &mut Vec<u8>) {
        let (start, end) = envelope(kind);
        file.clear();
        file.reserve(self.bytes);
        file.extend_from_slice(start);
        for (index, text) in self.texts.iter().enumerate() {
            if index > 0 {
                file.push(b',');
            }
            file.extend_from_slice(texts.get(*text));
        }
        file.extend_from_slice(end);
    }
}
