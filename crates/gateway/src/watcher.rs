//! Whoever records what passes.

use crate::exchange::Exchange;
use http::{request, response};

/// How much of each body is captured where nobody says otherwise, in bytes.
const CAPTURE_BYTES: usize = 1 << 20;

/// Follows one exchange and records it.
pub trait Watcher: Send + Unpin + 'static {
    /// Why a call is not forwarded.
    type Refusal: Send;

    /// Asked before a byte goes upstream, and before a connection is looked for: the place for what has to be
    /// durable first. `head` is as the client sent it. After a refusal `finished` is not called. If the client goes
    /// meanwhile, this is dropped where it stands and `finished` is called.
    fn forwarding(&mut self, head: &request::Parts)
    -> impl Future<Output = Result<(), Self::Refusal>> + Send;

    /// Told of the head of the upstream's answer; says how many bytes of its body to capture. Must not block.
    fn answered(&mut self, head: &response::Parts) -> usize {
        let _ = head;
        CAPTURE_BYTES
    }

    /// Records the exchange. When this is `Ok` under [`Hold::UntilRecorded`], the client gets the end of its
    /// answer. The future is never dropped before it is done, while the runtime lives: if nobody waits for it any
    /// longer, it goes on in a task of its own.
    fn finished(self, exchange: Exchange) -> impl Future<Output = Result<(), NotRecorded>> + Send + 'static;
}

/// The exchange could not be recorded. Whoever knows why has logged it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the call could not be recorded")]
pub struct NotRecorded;

/// What of an answer waits for the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// An answer of up to 256 KiB that comes at once is held whole; of any other, the end: the last byte where the
    /// head gives its length, else the mark of the end, with its trailers. If the exchange cannot be recorded, the
    /// former becomes [`Failure::NotRecorded`](crate::Failure::NotRecorded) and the latter breaks off. A client of
    /// HTTP/1.0, who is given no length, cannot tell an end from a break: all it learns is a closed connection.
    ///
    /// What follows a switch of protocols (`101`) is not held; it is recorded when both sides are done.
    UntilRecorded,
    /// Nothing. The exchange is recorded in a task of its own.
    Nothing,
}

/// How one request is forwarded.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// What of the answer waits for the record.
    pub hold: Hold,
    /// How many bytes of the request's body are captured.
    pub request_capture_bytes: usize,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan { hold: Hold::UntilRecorded, request_capture_bytes: CAPTURE_BYTES }
    }
}
