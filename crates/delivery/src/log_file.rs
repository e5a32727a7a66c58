//! Log files: events gathered as JSON text, then one gzip member.

use aws_lc_rs::digest::{SHA256, digest};
use cairn_model::{Event, Timestamp};
use libdeflater::{CompressionLvl, Compressor};

const START: &[u8] = br#"{"Records":["#;
const END: &[u8] = b"]}";

/// The text of a log file in the making. Holds one event at least.
pub(crate) struct Gathering {
    text: Vec<u8>,
    oldest: Timestamp,
    newest: Timestamp,
}

impl Gathering {
    pub(crate) fn start(event: &Event<'_>) -> Gathering {
        let mut text = START.to_vec();
        text.extend_from_slice(event.text().as_bytes());
        Gathering { text, oldest: event.event_time(), newest: event.event_time() }
    }

    /// How many bytes the file will have before compression if `event` is added.
    pub(crate) fn bytes_with(&self, event: &Event<'_>) -> usize {
        self.text.len() + 1 + event.text().len() + END.len()
    }

    pub(crate) fn add(&mut self, event: &Event<'_>) {
        self.text.push(b',');
        self.text.extend_from_slice(event.text().as_bytes());
        self.oldest = self.oldest.min(event.event_time());
        self.newest = self.newest.max(event.event_time());
    }

    /// The finished file.
    pub(crate) fn finish(mut self, gzip_level: i32) -> LogFile {
        self.text.extend_from_slice(END);
        LogFile { packed: Packed::new(&self.text, gzip_level), oldest: self.oldest, newest: self.newest }
    }
}

/// A finished log file.
pub(crate) struct LogFile {
    pub(crate) packed: Packed,
    /// The earliest eventTime in it.
    pub(crate) oldest: Timestamp,
    /// The latest.
    pub(crate) newest: Timestamp,
}

/// Bytes as one gzip member, and their hashes.
pub(crate) struct Packed {
    /// One gzip member, nothing behind it: `aws cloudtrail validate-logs` calls more INVALID.
    pub(crate) gzip: Vec<u8>,
    /// Lower-case hex SHA-256 of `gzip`.
    pub(crate) gzip_sha256: String,
    /// Lower-case hex SHA-256 of the bytes before compression: what digests name.
    pub(crate) plain_sha256: String,
}

impl Packed {
    pub(crate) fn new(plain: &[u8], gzip_level: i32) -> Packed {
        let gzip = gzip(plain, gzip_level);
        Packed { gzip_sha256: sha256_hex(&gzip), plain_sha256: sha256_hex(plain), gzip }
    }
}

/// Lower-case hex SHA-256.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

fn gzip(plain: &[u8], level: i32) -> Vec<u8> {
    let level = CompressionLvl::new(level).unwrap_or_default();
    let mut compressor = Compressor::new(level);
    let mut out = vec![0; compressor.gzip_compress_bound(plain.len())];
    let length =
        compressor.gzip_compress(plain, &mut out).expect("the bound is what the compressor itself asked for");
    out.truncate(length);
    out
}
