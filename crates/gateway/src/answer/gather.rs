//! Small answers, which are held whole.

use super::received::{Broke, Part, Received};
use crate::capture::{Held, Memory};
use crate::watcher::Watcher;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::response;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::time::Duration;

/// The largest answer that is held whole, in bytes.
const HELD_WHOLE_BYTES: u64 = 256 << 10;
/// How long one may take to come. What takes longer may be a stream whose reader waits for each part.
const PATIENCE: Duration = Duration::from_millis(100);
/// Answers that are streams by their type, and never come at once.
const STREAMS: [&str; 2] = ["text/event-stream", "application/vnd.amazon.eventstream"];

/// What of an answer is at hand before its head goes on.
pub(crate) struct Gathered {
    pub(crate) data: VecDeque<Bytes>,
    /// The memory of it.
    pub(crate) held: Held,
}

/// How far gathering came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of the answer is at hand.
    Whole,
    /// It is too large, too slow, or there is no memory to hold it: more is to come.
    Part,
}

/// Takes the answer whole, if it is a small one and comes at once.
pub(crate) async fn gather<W: Watcher>(
    received: &mut Received<W>,
    head: &response::Parts,
    memory: &Memory,
) -> Result<(Extent, Gathered), Broke> {
    let mut gathered = Gathered { data: VecDeque::new(), held: memory.hold_nothing() };
    if received.is_over() {
        return Ok((Extent::Whole, gathered));
    }
    if received.left().is_some_and(|left| left > HELD_WHOLE_BYTES) || is_stream(head) {
        return Ok((Extent::Part, gathered));
    }
    let extent = match tokio::time::timeout(PATIENCE, gathered.take_all(received)).await {
        Ok(extent) => extent?,
        Err(_elapsed) => Extent::Part,
    };
    Ok((extent, gathered))
}

impl Gathered {
    /// Nothing is lost if this is dropped before it is done.
    async fn take_all<W: Watcher>(&mut self, received: &mut Received<W>) -> Result<Extent, Broke> {
        loop {
            match poll_fn(|context| received.poll_part(context)).await? {
                Part::End => return Ok(Extent::Whole),
                Part::Data(data) => {
                    let has_memory = self.held.more(data.len());
                    self.data.push_back(data);
                    if !has_memory || received.under_way.download.bytes > HELD_WHOLE_BYTES {
                        return Ok(Extent::Part);
                    }
                }
            }
        }
    }
}

fn is_stream(head: &response::Parts) -> bool {
    let kind = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    STREAMS.iter().any(|stream| kind.eq_ignore_ascii_case(stream))
}
