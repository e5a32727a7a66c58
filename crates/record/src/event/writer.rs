//! Writing an event's members one behind the other. A tree of them would be built to be thrown away.

use serde::Serialize;
use serde_json::Value;

/// Bytes that most events fit into.
const BYTES: usize = 2048;

/// An object of which members are still written.
pub(super) struct Writer {
    text: Vec<u8>,
}

impl Writer {
    /// An object without members.
    pub(super) fn begin() -> Writer {
        let mut text = Vec::with_capacity(BYTES);
        text.push(b'{');
        Writer { text }
    }

    /// Adds a member. Its name needs no escapes.
    pub(super) fn member(&mut self, name: &str, value: &(impl Serialize + ?Sized)) {
        if self.text.len() > 1 {
            self.text.push(b',');
        }
        self.text.push(b'"');
        self.text.extend_from_slice(name.as_bytes());
        self.text.extend_from_slice(b"\":");
        serde_json::to_writer(&mut self.text, value)
            .expect("all keys are strings, and writing to memory cannot fail");
    }

    /// Adds a member if there is a value for it.
    pub(super) fn optional(&mut self, name: &str, value: Option<impl Serialize>) {
        if let Some(value) = value {
            self.member(name, &value);
        }
    }

    /// Adds a member, or what `instead` gives for its size in bytes if that is more than `bytes_max`.
    pub(super) fn fitted(
        &mut self,
        name: &str,
        value: &impl Serialize,
        bytes_max: usize,
        instead: impl FnOnce(usize) -> Value,
    ) {
        let before = self.text.len();
        self.member(name, value);
        // Quotes and colon; and a comma behind the first member.
        let size = self.text.len() - before - name.len() - 3 - usize::from(before > 1);
        if size > bytes_max {
            self.text.truncate(before);
            self.text.shrink_to(BYTES);
            self.member(name, &instead(size));
        }
    }

    /// The whole object.
    pub(super) fn end(mut self) -> Vec<u8> {
        self.text.push(b'}');
        self.text
    }
}
