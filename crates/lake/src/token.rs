//! Page tokens.
//!
//! Text form: base64 of 33 bytes: version 1 (1), then little-endian `upper` (8), event time (8),
//! position (8), fingerprint (8). Opaque to callers; changing it only breaks pages under way.

use crate::keys::OrderKey;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cairn_model::Position;
use std::fmt;
use std::str::FromStr;

/// Where the next page of a look-up starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageToken {
    /// What arrived at or above this position is on no later page.
    pub(crate) upper: Position,
    /// The next page holds events below this one.
    pub(crate) after: OrderKey,
    /// Of the look-up's parameters.
    pub(crate) fingerprint: u64,
}

/// The text is not a page token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a page token")]
pub struct NotAPageToken;

const VERSION: u8 = 1;
const BYTES: usize = 33;

impl fmt::Display for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.upper.get().to_le_bytes());
        bytes.extend_from_slice(&self.after.event_time.to_le_bytes());
        bytes.extend_from_slice(&self.after.position.to_le_bytes());
        bytes.extend_from_slice(&self.fingerprint.to_le_bytes());
        f.write_str(&STANDARD.encode(bytes))
    }
}

impl FromStr for PageToken {
    type Err = NotAPageToken;

    fn from_str(text: &str) -> Result<PageToken, NotAPageToken> {
        let bytes = STANDARD.decode(text).map_err(|_| NotAPageToken)?;
        let bytes: [u8; BYTES] = bytes.try_into().map_err(|_| NotAPageToken)?;
        if bytes[0] != VERSION {
            return Err(NotAPageToken);
        }
        let (numbers, _) = bytes[1..].as_chunks::<8>();
        Ok(PageToken {
            upper: Position::new(u64::from_le_bytes(numbers[0])),
            after: OrderKey {
                event_time: i64::from_le_bytes(numbers[1]),
                position: u64::from_le_bytes(numbers[2]),
            },
            fingerprint: u64::from_le_bytes(numbers[3]),
        })
    }
}

#[cfg(test)]
mod tests;
