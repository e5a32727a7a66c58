//! Server-sent events (WHATWG HTML, section 9.2), as far as Cairn sends them: lines end with `\n`.

/// The largest message, in bytes: an event is 1 MiB at most.
const BYTES_MAX: usize = 16 << 20;

/// Takes bytes as they come and gives messages.
#[derive(Default)]
pub(super) struct Messages {
    buffer: Vec<u8>,
    /// Bytes at the start of the buffer that were given out.
    taken: usize,
    /// Bytes of the buffer that are known to hold no end of a message.
    searched: usize,
}

/// One message; one without data is a sign of life.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    /// The log position to go on from.
    pub(super) id: Option<u64>,
    pub(super) event: String,
    pub(super) data: String,
}

/// What came is no stream of Cairn's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("what came is not a stream of events")]
pub(super) struct NotMessages;

impl Messages {
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.taken);
        self.searched -= self.taken;
        self.taken = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next message that is there whole.
    pub(super) fn next(&mut self) -> Result<Option<Message>, NotMessages> {
        let from = self.searched.max(self.taken);
        let Some(end) = memchr::memmem::find(&self.buffer[from..], b"\n\n") else {
            // Its first half may have come.
            self.searched = from.max(self.buffer.len().saturating_sub(1));
            return if self.buffer.len() - self.taken > BYTES_MAX { Err(NotMessages) } else { Ok(None) };
        };
        let end = from + end;
        let block = &self.buffer[self.taken..end];
        let message = parse(std::str::from_utf8(block).map_err(|_| NotMessages)?)?;
        self.taken = end + 2;
        self.searched = self.taken;
        Ok(Some(message))
    }
}

fn parse(block: &str) -> Result<Message, NotMessages> {
    let mut message = Message::default();
    for line in block.split('\n') {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => message.id = Some(value.parse().map_err(|_| NotMessages)?),
            "event" => value.clone_into(&mut message.event),
            "data" => message.data.push_str(value),
            // Comments, how soon to come back, and what a later Cairn may add.
            _ => {}
        }
    }
    Ok(message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{BYTES_MAX, Message, Messages, NotMessages};

    const STREAM: &str = "retry: 1000\nid: 8\n\nid: 16\nevent: event\ndata: {\"a\":\"b: c\"}\n\n: hello\n\n";

    fn all(messages: &mut Messages) -> Vec<Message> {
        std::iter::from_fn(|| messages.next().unwrap()).collect()
    }

    #[test]
    fn messages_come_out_whole_wherever_the_stream_is_cut() {
        for cut in 0..=STREAM.len() {
            let mut messages = Messages::default();
            messages.feed(&STREAM.as_bytes()[..cut]);
            let mut found = all(&mut messages);
            messages.feed(&STREAM.as_bytes()[cut..]);
            found.extend(all(&mut messages));
            let event =
                Message { id: Some(16), event: "event".to_owned(), data: "{\"a\":\"b: c\"}".to_owned() };
            let start = Message { id: Some(8), ..Message::default() };
            assert_eq!(found, [start, event, Message::default()], "cut at {cut}");
        }
    }

    #[test]
    fn what_is_no_stream_of_events_is_refused() {
        let refused = |bytes: &[u8]| {
            let mut messages = Messages::default();
            messages.feed(bytes);
            messages.next()
        };
        assert_eq!(refused(b"id: x\n\n"), Err(NotMessages));
        assert_eq!(refused(b"data: \xff\n\n"), Err(NotMessages));
        assert_eq!(refused(&vec![b'x'; BYTES_MAX + 1]), Err(NotMessages));
    }
}
