//! Request bodies, read whole within a limit of size and time.

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use std::time::Duration;

/// A client that sends nothing for this long is given up.
const STALL: Duration = Duration::from_secs(30);

/// Why a body could not be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    #[error("the body did not arrive within {STALL:?} of its last piece")]
    Stalled,
    #[error("the body broke off")]
    BrokeOff,
}

/// Reads a body of at most `bytes_max` bytes. What the header promises beyond it is refused before a byte is read.
pub(crate) async fn read(mut body: Incoming, bytes_max: usize) -> Result<Bytes, BodyError> {
    let hint = body.size_hint();
    if hint.lower() > bytes_max as u64 {
        return Err(BodyError::TooLarge(bytes_max));
    }
    let mut whole: Vec<u8> = Vec::new();
    loop {
        let frame = tokio::time::timeout(STALL, body.frame()).await.map_err(|_| BodyError::Stalled)?;
        let Some(frame) = frame else { return Ok(Bytes::from(whole)) };
        let frame = frame.map_err(|_| BodyError::BrokeOff)?;
        let Ok(data) = frame.into_data() else { continue };
        if whole.len() + data.len() > bytes_max {
            return Err(BodyError::TooLarge(bytes_max));
        }
        if whole.is_empty() && body.is_end_stream() {
            return Ok(data);
        }
        let announced = usize::try_from(hint.lower()).unwrap_or(0).min(1 << 20);
        whole.reserve(data.len().max(announced.saturating_sub(whole.len())));
        whole.extend_from_slice(&data);
    }
}
