//! Events with context that was found out beside them.

use super::{Event, Field, HEADER_BYTES, SPAN_BYTES, TEXT_BYTES_MAX};

const KEY: &[u8] = b",\"eventContext\":";

impl Event<'_> {
    /// Bytes of its encoded form.
    pub fn encoded_len(&self) -> usize {
        HEADER_BYTES + self.spans.len() + self.text.len()
    }

    /// Appends the encoded form of the event with `context`, a JSON object, as its `eventContext`. `false`, and nothing
    /// appended, if the event has one already, or if its text would be longer than [`TEXT_BYTES_MAX`].
    pub fn write_with_context(&self, context: &str, out: &mut Vec<u8>) -> bool {
        let Some(open) = self.text.strip_suffix('}') else { return false };
        let text_bytes = open.len() + KEY.len() + context.len() + 1;
        if self.raw(Field::EventContext).is_some() || text_bytes > TEXT_BYTES_MAX {
            return false;
        }
        let mut header = *self.header;
        let spans = self.spans.len() / SPAN_BYTES + 1;
        header[32..36].copy_from_slice(&(spans as u32).to_le_bytes());
        header[36..40].copy_from_slice(&(text_bytes as u32).to_le_bytes());
        let (start, length) = ((open.len() + KEY.len()).to_le_bytes(), context.len().to_le_bytes());
        out.reserve(self.encoded_len() + SPAN_BYTES + KEY.len() + context.len());
        out.extend_from_slice(&header);
        out.extend_from_slice(self.spans);
        out.push(Field::EventContext as u8);
        out.extend_from_slice(&start[..3]);
        out.extend_from_slice(&length[..3]);
        out.extend_from_slice(open.as_bytes());
        out.extend_from_slice(KEY);
        out.extend_from_slice(context.as_bytes());
        out.push(b'}');
        true
    }
}

#[cfg(test)]
mod tests;
