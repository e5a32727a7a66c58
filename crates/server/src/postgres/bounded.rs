//! A stream whose messages are short: who sends a long one is cut off before it fills memory.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// No message that is taken is longer, in bytes.
const MESSAGE_BYTES_MAX: u32 = 256 << 10;
/// Nor one of a client that has not proved who it is.
const FIRST_BYTES_MAX: u32 = 10_000;

/// Reads what comes from a client, and follows where messages begin.
pub(super) struct Bounded<S> {
    stream: S,
    frames: Frames,
}

/// Where in its messages a client is.
#[derive(Debug)]
struct Frames {
    /// What has come of a message's type and length.
    head: Vec<u8>,
    /// Bytes of the message that are still to come.
    rest: u32,
    /// The first message has no type.
    has_types: bool,
    most: u32,
}

impl<S> Bounded<S> {
    pub(super) fn new(stream: S) -> Bounded<S> {
        let frames = Frames { head: Vec::new(), rest: 0, has_types: false, most: FIRST_BYTES_MAX };
        Bounded { stream, frames }
    }

    /// From now on messages may be as long as statements are.
    pub(super) fn trust(&mut self) {
        self.frames.most = MESSAGE_BYTES_MAX;
    }
}

impl Frames {
    fn follow(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while let Some(first) = bytes.first() {
            if self.rest > 0 {
                let passed = bytes.len().min(self.rest as usize);
                self.rest -= u32::try_from(passed).expect("no more than the rest");
                bytes = &bytes[passed..];
                continue;
            }
            self.head.push(*first);
            bytes = &bytes[1..];
            let length_at = usize::from(self.has_types);
            if let Some(length) = self.head.get(length_at..).and_then(|length| length.first_chunk()) {
                let length = u32::from_be_bytes(*length);
                if length > self.most {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "a message is too long"));
                }
                // The length counts itself.
                self.rest = length.saturating_sub(4);
                self.head.clear();
                self.has_types = true;
            }
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Bounded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        Poll::Ready(self.frames.follow(&buffer.filled()[before..]))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bounded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames() -> Frames {
        Frames { head: Vec::new(), rest: 0, has_types: false, most: 100 }
    }

    fn message(kind: &[u8], length: u32) -> Vec<u8> {
        let body = vec![0; (length as usize).saturating_sub(4)];
        [kind, &length.to_be_bytes(), &body].concat()
    }

    #[test]
    fn messages_are_followed_however_they_are_cut() {
        let all = [message(b"", 50), message(b"Q", 4), message(b"P", 100), message(b"X", 5)].concat();
        for size in [1, 3, 7, all.len()] {
            let mut frames = frames();
            assert!(all.chunks(size).all(|part| frames.follow(part).is_ok()), "{size}");
        }
    }

    #[test]
    fn a_long_message_is_refused_by_its_head() {
        assert!(frames().follow(&message(b"", 101)[..4]).is_err());
        let mut frames = frames();
        assert!(frames.follow(&message(b"", 8)).is_ok());
        assert!(frames.follow(b"Q\xff\xff\xff").is_ok());
        assert!(frames.follow(b"\xff").is_err());
    }
}
