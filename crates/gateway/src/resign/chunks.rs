//! `aws-chunked` bodies with signed chunks, whose signatures do not hold for another signer.
//!
//! ```text
//! 10000;chunk-signature=<hex>\r\n <65536 bytes> \r\n ... 0;chunk-signature=<hex>\r\n
//! [x-amz-checksum-crc32:<base64>\r\n x-amz-trailer-signature:<hex>\r\n] \r\n
//! ```
//!
//! Format: <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html>.

use crate::BoxError;
use crate::upload::{Stage, UploadTrace};
use bytes::{Buf, Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// The longest line between the chunks, in bytes.
const LINE_BYTES_MAX: usize = 8 << 10;

/// What happens to a body's chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Nothing.
    Kept,
    /// They are undone: the content alone is sent.
    Undone,
    /// They stay, without signatures.
    Unsigned,
}

/// The body is not in the chunks that its head promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body is not framed as aws-chunked")]
pub(crate) struct NotChunked;

/// A body with its chunks undone, or without signatures.
pub(crate) struct Chunked<B> {
    body: B,
    /// The exact length of what is handed out, if it is known.
    left: Option<u64>,
    decoder: Decoder,
    /// Decoded, and not handed out.
    ready: VecDeque<Bytes>,
    trace: Arc<UploadTrace>,
}

impl<B> Chunked<B> {
    /// `framing` is not [`Framing::Kept`]; `length` is that of the content. Where it
    /// is framed wrongly, `trace` is told that the client broke off.
    pub(crate) fn new(body: B, framing: Framing, length: Option<u64>, trace: Arc<UploadTrace>) -> Chunked<B> {
        let undone = framing == Framing::Undone;
        Chunked {
            body,
            left: length.filter(|_| undone),
            decoder: Decoder::new(undone),
            ready: VecDeque::new(),
            trace,
        }
    }

    /// The client is at fault, and is told so.
    fn break_off(&self) -> BoxError {
        self.trace.enter(Stage::Broke);
        NotChunked.into()
    }
}

impl<B: Body<Data = Bytes, Error = BoxError> + Unpin> Body for Chunked<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            // What is handed out last is so only when all has come: nobody asks for what is behind it.
            let hands_out = self.ready.len() > 1 || self.decoder.is_over();
            if hands_out && let Some(data) = self.ready.pop_front() {
                self.left = self.left.map(|left| left.saturating_sub(data.len() as u64));
                return Poll::Ready(Some(Ok(Frame::data(data))));
            }
            let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(context)) else {
                return Poll::Ready((!self.decoder.is_over()).then(|| Err(self.break_off())));
            };
            let Ok(data) = frame?.into_data() else { continue };
            let this = &mut *self;
            if this.decoder.decode(data, &mut this.ready).is_err() {
                return Poll::Ready(Some(Err(self.break_off())));
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

struct Decoder {
    undone: bool,
    expects: Expects,
    line: BytesMut,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expects {
    Size,
    Data(u64),
    /// The end of the line that the data stand on.
    DataEnd,
    Trailer,
    Nothing,
}

impl Decoder {
    fn new(undone: bool) -> Decoder {
        Decoder { undone, expects: Expects::Size, line: BytesMut::new() }
    }

    fn is_over(&self) -> bool {
        self.expects == Expects::Nothing
    }

    fn decode(&mut self, mut input: Bytes, output: &mut VecDeque<Bytes>) -> Result<(), NotChunked> {
        while !input.is_empty() {
            match self.expects {
                Expects::Data(left) => {
                    let taken = input.split_to(left.min(input.len() as u64) as usize);
                    let left = left - taken.len() as u64;
                    self.expects = if left == 0 { Expects::DataEnd } else { Expects::Data(left) };
                    output.push_back(taken);
                }
                Expects::Nothing => return Err(NotChunked),
                Expects::Size | Expects::DataEnd | Expects::Trailer => {
                    if let Some(line) = self.take_line(&mut input)? {
                        self.understand(&line, output)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The next line without its end; `None` if there is only a part of it.
    fn take_line(&mut self, input: &mut Bytes) -> Result<Option<Bytes>, NotChunked> {
        let end = input.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(input.len(), |end| end + 1);
        if self.line.len() + taken > LINE_BYTES_MAX {
            return Err(NotChunked);
        }
        self.line.extend_from_slice(&input[..taken]);
        input.advance(taken);
        if end.is_none() {
            return Ok(None);
        }
        let mut line = self.line.split().freeze();
        if !line.ends_with(b"\r\n") {
            return Err(NotChunked);
        }
        line.truncate(line.len() - 2);
        Ok(Some(line))
    }

    fn understand(&mut self, line: &[u8], output: &mut VecDeque<Bytes>) -> Result<(), NotChunked> {
        match self.expects {
            Expects::Size => {
                let size = line.split(|byte| *byte == b';').next().unwrap_or_default();
                self.put(size, output);
                self.expects = match parse_size(size)? {
                    0 => Expects::Trailer,
                    bytes => Expects::Data(bytes),
                };
            }
            Expects::DataEnd if line.is_empty() => {
                self.put(line, output);
                self.expects = Expects::Size;
            }
            Expects::Trailer => {
                if !is_signature(line) {
                    self.put(line, output);
                }
                self.expects = if line.is_empty() { Expects::Nothing } else { Expects::Trailer };
            }
            Expects::DataEnd | Expects::Data(_) | Expects::Nothing => return Err(NotChunked),
        }
        Ok(())
    }

    /// Hands out a line of the framing, if that stays.
    fn put(&self, line: &[u8], output: &mut VecDeque<Bytes>) {
        if !self.undone {
            output.push_back([line, b"\r\n"].concat().into());
        }
    }
}

fn parse_size(size: &[u8]) -> Result<u64, NotChunked> {
    let size = std::str::from_utf8(size).map_err(|_| NotChunked)?;
    // A sign would be taken too.
    if !size.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(NotChunked);
    }
    u64::from_str_radix(size, 16).map_err(|_| NotChunked)
}

fn is_signature(line: &[u8]) -> bool {
    const NAME: &[u8] = b"x-amz-trailer-signature:";
    line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME))
}

#[cfg(test)]
mod tests;
