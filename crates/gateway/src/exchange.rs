//! What is known of one exchange when it is over.

use crate::capture::Passed;
use http::{request, response};
use std::sync::Arc;
use std::time::Duration;

/// One request and what became of it.
#[derive(Debug)]
pub struct Exchange {
    /// The request's head as the client sent it, without its extensions.
    pub request: request::Parts,
    /// What went by of the request's body, as the client sent it.
    pub request_body: Passed,
    /// The head of the upstream's answer, as the client gets it, if one came.
    pub response: Option<response::Parts>,
    /// What came of the answer's body. After a switch of protocols (`101`) only its bytes are counted.
    pub response_body: Passed,
    /// How it ended.
    pub outcome: Outcome,
    /// From the begin of forwarding to the head of the answer.
    pub answered_after: Option<Duration>,
    /// From the begin of forwarding to the end of the exchange.
    pub took: Duration,
}

/// How an exchange ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The upstream's answer came whole.
    Answered,
    /// The upstream has seen nothing of the call.
    NotSent(NotSent),
    /// The upstream did not begin an answer in time, or before the gateway was cut; the call may have taken effect.
    TimedOut,
    /// The upstream broke off, before its answer or, if there is a `response`, amid it. The call may have taken
    /// effect.
    UpstreamBroke(Arc<str>),
    /// The client went, or broke off or stopped its own body, or the gateway was cut, before the answer was whole.
    /// `request_body.ended`
    /// tells whether all of the request had been sent; if not even a connection was there yet, nothing was.
    ClientGone,
}

/// Why a call was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// No connection came about.
    #[error("no connection to the upstream came about: {0}")]
    Unreachable(Arc<str>),
    /// Too many calls are under way or waiting at this upstream.
    #[error("too many calls are under way at the upstream")]
    Full,
    /// The request could not be signed for the upstream.
    #[error("the request could not be signed for the upstream")]
    CannotSign,
    /// The request asks for a tunnel (`CONNECT`), or its target is none for a server.
    #[error("the request is not one that can be forwarded")]
    Unforwardable,
}
