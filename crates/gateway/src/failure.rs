//! Why the caller has to make an answer of its own.

use crate::exchange::NotSent;
use std::sync::Arc;

/// No answer of the upstream can be passed on. What the client is told is the caller's to word, in the form of the
/// protocol that it speaks.
#[derive(Debug, thiserror::Error)]
pub enum Failure<R> {
    /// The watcher did not let the call through; it was not forwarded.
    #[error("the call was refused")]
    Refused(R),
    /// Nothing was sent: 502, or 503 for [`NotSent::Full`]. Trying again is safe.
    #[error(transparent)]
    NotSent(NotSent),
    /// No answer came in time: 504. The call may have taken effect.
    #[error("the upstream did not answer in time")]
    TimedOut,
    /// The connection broke before the answer was whole: 502. The call may have taken effect.
    #[error("the upstream broke off: {0}")]
    UpstreamBroke(Arc<str>),
    /// The request's body failed or stopped: 400 or 408, if anybody is still there to read it. A body that the caller
    /// itself makes fail, because what it contains is wrong, ends here too.
    #[error("the client broke off")]
    ClientGone,
    /// The call went through and could not be recorded: 503. The call has taken effect.
    #[error("the call could not be recorded")]
    NotRecorded,
}
