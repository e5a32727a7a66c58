//! One tail as a stream of server-sent events (WHATWG HTML, section 9.2).
//!
//! | event | data | id |
//! |---|---|---|
//! | `event` | the record, one line of JSON | the log position behind it |
//! | `gap` | `{"from": position, "to": position}`: what the log had dropped before it was read | `to` |
//! | none | none: a sign of life, and how far the log was searched | that position |
//!
//! A client that sends the last id that it got back as `Last-Event-ID` misses nothing and gets nothing
//! twice.

use super::recent::Recent;
use super::{Permit, Slot, Tails};
use crate::jobs::Growth;
use bytes::Bytes;
use cairn_bucket::BoxError;
use cairn_lake::Matcher;
use cairn_model::record::NotARecord;
use cairn_model::{Position, Record};
use cairn_store::log::{Chunk, ReadError};
use futures::Stream;
use http_body::Frame;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long a tail is silent before it gives a sign of life.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The shortest time between two looks at the log's end: below it, 64 tails would do little but wake up.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How soon a client that lost the connection is asked to come back, in milliseconds.
const RETRY_MS: u32 = 1000;

/// A tail on its way through the log.
pub(super) struct Follower {
    recent: Arc<Recent>,
    growth: Growth,
    closing: CancellationToken,
    matcher: Arc<Matcher>,
    /// What was read up to; `None` before the first look.
    at: Option<Position>,
    /// Where to begin, unless at the end.
    after: Option<Position>,
    looked: Instant,
    said: Instant,
    permit: Permit,
    _slot: Slot,
}

/// What one look at the log brings.
enum Look {
    /// Text for the client, which may be empty, and where to read on.
    Read(String, Position),
    /// There is nothing new.
    Waiting,
}

/// Why a tail cannot go on.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Record(#[from] NotARecord),
}

impl Follower {
    pub(super) fn new(
        tails: &Tails,
        matcher: Matcher,
        after: Option<Position>,
        permit: Permit,
        slot: Slot,
    ) -> Follower {
        let now = Instant::now();
        Follower {
            recent: Arc::clone(&tails.recent),
            growth: tails.growth.clone(),
            closing: tails.closing.clone(),
            matcher: Arc::new(matcher),
            at: None,
            after,
            looked: now,
            said: now,
            permit,
            _slot: slot,
        }
    }

    /// What goes to the client, as it comes; ends at the stop, and when the client may no longer read.
    pub(super) fn frames(self) -> impl Stream<Item = Result<Frame<Bytes>, BoxError>> {
        futures::stream::try_unfold(self, |mut follower| async move {
            let text = follower.next().await.map_err(|stopped| {
                tracing::error!(error = %stopped, "a tail cannot go on");
                BoxError::from(stopped)
            })?;
            // Asked last, so that what was read while a key was taken away does not go out.
            let text = text.filter(|_| (follower.permit)());
            Ok(text.map(|text| (Frame::data(Bytes::from(text)), follower)))
        })
    }

    /// The next text for the client; `None` at the stop.
    async fn next(&mut self) -> Result<Option<String>, Stopped> {
        let Some(mut at) = self.at else {
            let at = self.after.unwrap_or_else(|| self.recent.end());
            self.at = Some(at);
            return Ok(Some(format!("retry: {RETRY_MS}\n{}", mark(at))));
        };
        loop {
            if self.closing.is_cancelled() {
                return Ok(None);
            }
            if let Look::Read(text, next) = self.look(at).await? {
                at = next;
                self.at = Some(at);
                if !text.is_empty() {
                    self.said = Instant::now();
                    return Ok(Some(text));
                }
            } else {
                self.wait(at).await;
            }
            if self.said.elapsed() >= HEARTBEAT {
                self.said = Instant::now();
                return Ok(Some(mark(at)));
            }
        }
    }

    /// Reads and filters on a thread that may block. Where there is little to read, some more is let gather.
    async fn look(&mut self, at: Position) -> Result<Look, Stopped> {
        if self.recent.is_near_end(at) {
            tokio::select! {
                () = self.closing.cancelled() => {}
                () = tokio::time::sleep_until(self.looked + LOOK_EVERY) => {}
            }
        }
        self.looked = Instant::now();
        let (recent, matcher) = (Arc::clone(&self.recent), Arc::clone(&self.matcher));
        let looked = tokio::task::spawn_blocking(move || match recent.next(at) {
            Ok(Some(chunk)) => Ok(Look::Read(told(&chunk, &matcher)?, chunk.next())),
            Ok(None) => Ok(Look::Waiting),
            Err(ReadError::Released { first, .. }) => Ok(Look::Read(gap(at, first), first)),
            Err(error) => Err(error.into()),
        });
        looked.await.expect("reading the log does not panic")
    }

    /// Waits until the log has grown beyond `at`, a sign of life is due, or the stop.
    async fn wait(&mut self, at: Position) {
        let due = self.said + HEARTBEAT;
        tokio::select! {
            () = self.closing.cancelled() => {}
            () = self.growth.beyond(at) => {}
            () = tokio::time::sleep_until(due) => {}
        }
    }
}

/// The events of a chunk that the matcher lets through.
fn told(chunk: &Chunk, matcher: &Matcher) -> Result<String, NotARecord> {
    let mut text = String::new();
    let mut records = chunk.iter().peekable();
    while let Some((_, payload)) = records.next() {
        if let Some(event) = Record::decode(payload)?.event_for_all()
            && matcher.matches(&event)
        {
            let next = records.peek().map_or(chunk.next(), |(next, _)| *next);
            tell(&mut text, event.text(), next);
        }
    }
    Ok(text)
}

fn tell(text: &mut String, record: &str, next: Position) {
    // Writing to a String cannot fail.
    let _ = write!(text, "id: {next}\nevent: event\ndata: ");
    // A line break in JSON can only be white space between its parts.
    text.extend(record.chars().map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c }));
    text.push_str("\n\n");
}

fn gap(from: Position, to: Position) -> String {
    format!("id: {to}\nevent: gap\ndata: {{\"from\":{from},\"to\":{to}}}\n\n")
}

/// A block without data: clients take note of its id and tell nobody.
fn mark(at: Position) -> String {
    format!("id: {at}\n\n")
}
