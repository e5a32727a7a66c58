//! Forwards HTTP requests to an upstream and watches what passes.
//!
//! ```text
//! Request -> Gateway::forward -> Upstream (pool, TLS, HTTP/1.1 or 2) -> Response<AnswerBody>
//!                 |                                                          |
//!         Watcher::forwarding          Watcher::answered             Watcher::finished, exactly once
//! ```
//!
//! Bodies stream both ways in constant memory, byte for byte. The gateway knows nothing of events or of AWS, but
//! for the framing that has to change when a request is signed anew ([`Resign`]): whoever records is a [`Watcher`].
//!
//! What it promises:
//!
//! - **Once [`Watcher::forwarding`] has been called, [`Watcher::finished`] is called exactly once**, unless the
//!   former refused: whatever fails, panics, or is dropped when. Dropping the future of [`Gateway::forward`] or the
//!   [`AnswerBody`] is how a client hangs up: the upstream's request is aborted and the rest of the recording goes
//!   on by itself. So call `forward` from the connection's own task, not from one that outlives the client.
//! - **With [`Hold::UntilRecorded`] no caller sees the end of an answer before it is recorded.**
//! - **A request is sent at most once**, except that one of which provably no byte was written (the connection from
//!   the pool was dead) goes out on a new connection.
//! - **Nothing end-to-end is changed**: path and query byte for byte, `Host`, `Authorization`, all headers but those
//!   of the hop, `Content-Length` or chunked, trailers. `Via` is not added. To what protocols a client may switch is
//!   fixed, for inside of another HTTP it could make calls that nobody sees.
//! - **Everything can be ended**: after [`Gateway::cut`] nothing waits for an upstream any longer, and what was under
//!   way is recorded.
//! - **Everything is bounded**: requests under way and waiting by upstream, captured bytes by gateway, buffers by
//!   connection. What does not fit is answered [`Failure::NotSent`], or is captured as a shorter [`Passed`].
//!
//! Everything here runs on Tokio, with IO and time enabled.

mod answer;
mod capture;
mod cut;
mod detached;
mod exchange;
mod failure;
mod gateway;
mod headers;
mod resign;
mod tunnel;
mod under_way;
mod upload;
mod upstream;
mod watcher;

pub use answer::AnswerBody;
pub use capture::Passed;
pub use exchange::{Exchange, NotSent, Outcome};
pub use failure::Failure;
pub use gateway::Gateway;
pub use headers::strip_named_by_connection;
pub use resign::{CannotSign, Payload, PayloadHash, Resign, Signing};
pub use upstream::{HostHeader, NotAnUpstream, Protocol, Timeouts, Trust, Upstream, UpstreamOptions};
pub use watcher::{Hold, NotRecorded, Plan, Watcher};

/// Why a body broke off.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

#[cfg(test)]
mod tests;
