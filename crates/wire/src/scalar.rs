//! Scalars whose JSON form is not the one serde would choose.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A timestamp of the JSON protocols: a number of seconds since 1970, kept to the millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub Timestamp);

impl Epoch {
    /// From seconds, rounded to the millisecond. `None` for what is no date of the years -9999
    /// to 9999.
    pub fn from_seconds(seconds: f64) -> Option<Epoch> {
        let milliseconds = (seconds * 1000.0).round();
        if !milliseconds.is_finite() {
            return None;
        }
        // The cast saturates, and what saturates is out of a Timestamp's range.
        Timestamp::from_millisecond(milliseconds as i64).ok().map(Epoch)
    }

    /// As it goes over the wire.
    pub fn as_seconds(self) -> f64 {
        self.0.as_millisecond() as f64 / 1000.0
    }
}

impl From<Timestamp> for Epoch {
    fn from(timestamp: Timestamp) -> Epoch {
        Epoch(timestamp)
    }
}

impl Serialize for Epoch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.as_seconds())
    }
}

impl<'de> Deserialize<'de> for Epoch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Epoch, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        Epoch::from_seconds(seconds).ok_or_else(|| D::Error::custom("no date"))
    }
}

/// Bytes, in JSON as padded base64 of the standard alphabet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blob(pub Vec<u8>);

impl Blob {
    /// From base64; `None` where it is none.
    pub fn from_base64(text: &str) -> Option<Blob> {
        STANDARD.decode(text).ok().map(Blob)
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Blob, D::Error> {
        let text = String::deserialize(deserializer)?;
        Blob::from_base64(&text).ok_or_else(|| D::Error::custom("no base64"))
    }
}

#[cfg(test)]
mod tests;
