//! Bytes as objects hold them: one gzip member, and hashes.

use aws_lc_rs::digest::{SHA256, digest};
use cairn_model::Timestamp;
use libdeflater::{CompressionLvl, Compressor};
use std::time::Duration;

/// What an object is packed in. To be used again: the system clears fresh memory, and for megabytes of it
/// that takes a third as long as packing.
#[derive(Default)]
pub(crate) struct Workspace {
    /// The bytes to pack.
    pub(crate) plain: Vec<u8>,
    /// Its beginning is the packed bytes.
    gzip: Vec<u8>,
}

/// Bytes as one gzip member, and their hashes.
pub(crate) struct Packed<'a> {
    /// One gzip member, nothing behind it: `aws cloudtrail validate-logs` calls more INVALID.
    pub(crate) gzip: &'a [u8],
    /// Lower-case hex SHA-256 of `gzip`.
    pub(crate) gzip_sha256: String,
    /// Lower-case hex SHA-256 of the bytes before compression: what digests name.
    pub(crate) plain_sha256: String,
}

impl Workspace {
    /// Packs what is in `plain`.
    pub(crate) fn pack(&mut self, gzip_level: i32) -> Packed<'_> {
        let level = CompressionLvl::new(gzip_level).unwrap_or_default();
        let mut compressor = Compressor::new(level);
        let bound = compressor.gzip_compress_bound(self.plain.len());
        if self.gzip.len() < bound {
            // Not grown: what is allocated as zeros is not touched before it is written.
            self.gzip = vec![0; bound];
        }
        let length = compressor
            .gzip_compress(&self.plain, &mut self.gzip)
            .expect("the bound is what the compressor itself asked for");
        let gzip = &self.gzip[..length];
        Packed { gzip_sha256: sha256_hex(gzip), plain_sha256: sha256_hex(&self.plain), gzip }
    }
}

/// Lower-case hex SHA-256.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

/// How long workspaces are kept that nobody uses.
const KEPT_FOR: Duration = Duration::from_secs(5);

/// Workspaces that wait to be used again while many files are packed.
#[derive(Default)]
pub(crate) struct Workspaces {
    kept: Vec<Workspace>,
    used: Option<Timestamp>,
}

impl Workspaces {
    /// One to pack in.
    pub(crate) fn take(&mut self) -> Workspace {
        self.kept.pop().unwrap_or_default()
    }

    /// Keeps one for the next file.
    pub(crate) fn put_back(&mut self, workspace: Workspace, now: Timestamp) {
        self.kept.push(workspace);
        self.used = Some(now);
    }

    /// Lets go of memory that was not used for a while.
    pub(crate) fn let_go(&mut self, now: Timestamp) {
        if self.used.is_some_and(|used| now < used || now.since(used) >= KEPT_FOR) {
            *self = Workspaces::default();
        }
    }
}
