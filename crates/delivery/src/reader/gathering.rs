//! A log file in the making.

use super::texts::{TextId, Texts};
use cairn_model::{Event, Timestamp};

const START: &[u8] = br#"{"Records":["#;
const END: &[u8] = b"]}";

/// Which events a log file will hold, in their order. It holds one at least.
#[derive(Clone, Debug)]
pub(crate) struct Gathering {
    texts: Vec<TextId>,
    /// Of the file before compression, END included.
    bytes: usize,
    oldest: Timestamp,
    newest: Timestamp,
}

impl Gathering {
    /// A file whose first event is `event`, kept as `text`.
    pub(super) fn start(event: &Event<'_>, text: TextId) -> Gathering {
        Gathering {
            texts: vec![text],
            bytes: START.len() + event.text().len() + END.len(),
            oldest: event.event_time(),
            newest: event.event_time(),
        }
    }

    /// How many bytes the file will have before compression if `event` is added.
    pub(super) fn bytes_with(&self, event: &Event<'_>) -> usize {
        self.bytes + 1 + event.text().len()
    }

    /// Adds an event, kept as `text`.
    pub(super) fn add(&mut self, event: &Event<'_>, text: TextId) {
        self.bytes = self.bytes_with(event);
        self.texts.push(text);
        self.oldest = self.oldest.min(event.event_time());
        self.newest = self.newest.max(event.event_time());
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
    pub(crate) fn write_to(&self, texts: &Texts, file: &mut Vec<u8>) {
        file.clear();
        file.reserve(self.bytes);
        file.extend_from_slice(START);
        for (index, text) in self.texts.iter().enumerate() {
            if index > 0 {
                file.push(b',');
            }
            file.extend_from_slice(texts.get(*text));
        }
        file.extend_from_slice(END);
    }
}
