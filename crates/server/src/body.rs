//! Request bodies, read whole within a limit of size, time and memory.

use crate::ingest::Share;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body;
use std::time::Duration;
use tokio::time::Instant;

/// A client that sends nothing for this long is given up.
const STALL: Duration = Duration::from_secs(30);
/// So is one that takes longer than this in all.
const TOTAL: Duration = Duration::from_secs(300);

/// Why a body could not be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    #[error("the body did not arrive in time")]
    Stalled,
    #[error("the body broke off")]
    BrokeOff,
    /// Trying again later helps.
    #[error("too many large requests at once")]
    Busy,
}

/// Refuses a body whose header promises more than `bytes_max` bytes.
pub(crate) fn check_announced(body: &impl Body, bytes_max: usize) -> Result<(), BodyError> {
    if body.size_hint().lower() > bytes_max as u64 { Err(BodyError::TooLarge(bytes_max)) } else { Ok(()) }
}

/// Reads a body of at most `bytes_max` bytes into memory that `share` holds: it has to live as long as the
/// bytes. What the header promises beyond the limit is refused before a byte is read.
pub(crate) async fn read(
    body: impl Body<Data = Bytes> + Unpin,
    bytes_max: usize,
    share: &mut Share,
) -> Result<Bytes, BodyError> {
    let charge = |bytes| {
        // Taking memory fails for no other reason: a body's size was checked before.
        share.hold(bytes).map_err(|_| BodyError::Busy)
    };
    read_charged(body, bytes_max, charge).await
}

/// Reads a body; `charge` is told how much memory it takes so far, and may refuse.
pub(crate) async fn read_charged<E: From<BodyError>>(
    mut body: impl Body<Data = Bytes> + Unpin,
    bytes_max: usize,
    mut charge: impl FnMut(usize) -> Result<(), E>,
) -> Result<Bytes, E> {
    check_announced(&body, bytes_max)?;
    let hint = body.size_hint();
    let deadline = Instant::now() + TOTAL;
    let mut whole: Vec<u8> = Vec::new();
    loop {
        let patience = deadline.min(Instant::now() + STALL);
        let frame = tokio::time::timeout_at(patience, body.frame()).await.map_err(|_| BodyError::Stalled)?;
        let Some(frame) = frame else { return Ok(Bytes::from(whole)) };
        let frame = frame.map_err(|_| BodyError::BrokeOff)?;
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > bytes_max {
            return Err(BodyError::TooLarge(bytes_max).into());
        }
        charge(whole.len() + data.len())?;
        if whole.is_empty() && body.is_end_stream() {
            return Ok(data);
        }
        let announced = usize::try_from(hint.lower()).unwrap_or(0).min(1 << 20);
        whole.reserve(data.len().max(announced.saturating_sub(whole.len())));
        whole.extend_from_slice(&data);
    }
}

#[cfg(test)]
mod tests;
