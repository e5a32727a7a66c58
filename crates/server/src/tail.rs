//! The live tail: events as they are appended, each tail a reader of the log with a place of its own.
//!
//! A tail holds nobody up and keeps nothing: a slow client lags in the log, and one that lags behind what
//! the log keeps is told what it missed. Tails that stand at the log's end share what one of them read.

mod recent;
mod stream;

use crate::jobs::Growth;
use bytes::Bytes;
use cairn_bucket::BoxError;
use cairn_lake::Matcher;
use cairn_model::Position;
use cairn_store::log::{Log, ReadError};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, StreamBody};
use recent::Recent;
use std::sync::Arc;
use stream::Follower;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// Tails that there may be at once.
pub(crate) const TAILS_MAX: usize = 64;

/// All tails of a running Cairn.
pub(crate) struct Tails {
    slots: Arc<Semaphore>,
    recent: Arc<Recent>,
    growth: Growth,
    /// Cancelled at the stop: a tail would never end by itself.
    closing: CancellationToken,
}

/// Why a tail cannot begin.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TailError {
    /// As many as there may be are open; trying again later helps.
    #[error("{TAILS_MAX} tails are open already, as many as there may be")]
    TooMany,
    /// It asks to go on from a place that no tail has given.
    #[error("{0} is not a position that a tail of this Cairn has given")]
    NotAPlace(Position),
    /// The log cannot be read.
    #[error(transparent)]
    Read(ReadError),
}

impl Tails {
    /// Follows a log.
    pub(crate) fn new(log: &Log) -> Tails {
        Tails {
            slots: Arc::new(Semaphore::new(TAILS_MAX)),
            recent: Arc::new(Recent::new(log.clone())),
            growth: Growth::of(log),
            closing: CancellationToken::new(),
        }
    }

    /// Begins a tail of the events that `matcher` lets through, behind `after`, or from its first look on. What
    /// comes is text of server-sent events, described at [`stream`]. `permit` is asked before each part of it:
    /// a tail ends once it says no.
    pub(crate) async fn open(
        &self,
        matcher: Matcher,
        after: Option<Position>,
        permit: Permit,
    ) -> Result<UnsyncBoxBody<Bytes, BoxError>, TailError> {
        let slot = Arc::clone(&self.slots).try_acquire_owned().map_err(|_| TailError::TooMany)?;
        if let Some(after) = after {
            self.check(after).await?;
        }
        let follower = Follower::new(self, matcher, after, permit, slot);
        Ok(StreamBody::new(follower.frames()).boxed_unsync())
    }

    /// Ends all tails; their clients go on elsewhere, or after the restart.
    pub(crate) fn close(&self) {
        self.closing.cancel();
    }

    /// A client may name any number; inside of a record nothing could be read.
    async fn check(&self, after: Position) -> Result<(), TailError> {
        let recent = Arc::clone(&self.recent);
        let read = tokio::task::spawn_blocking(move || recent.next(after)).await;
        match read.expect("reading the log does not panic") {
            Ok(_) | Err(ReadError::Released { .. }) => Ok(()),
            Err(ReadError::Beyond { .. } | ReadError::Damaged { .. }) => Err(TailError::NotAPlace(after)),
            Err(error @ ReadError::Io { .. }) => Err(TailError::Read(error)),
        }
    }
}

/// Whether who began a tail may still read.
pub(crate) type Permit = Box<dyn Fn() -> bool + Send>;

/// A tail's place among [`TAILS_MAX`], given back when it ends.
type Slot = OwnedSemaphorePermit;

#[cfg(test)]
mod tests;
