#![allow(clippy::unwrap_used, reason = "tests")]

mod damage;
mod format;
mod frozen;
mod machine;
mod recent;
mod simulation;
mod threads;

use super::{Batch, LogOptions, Verify};

/// Options for a log of small segments, so that tests cross many of their borders. All is verified.
fn small(segment_bytes: u64) -> LogOptions {
    LogOptions {
        segment_bytes,
        commit_bytes: 4096,
        queue_bytes: 64 << 10,
        reserve_bytes: 0,
        verify: Verify::All,
        ..LogOptions::new("/data/log")
    }
}

fn batch(payloads: &[&[u8]]) -> Batch {
    let mut batch = Batch::default();
    for payload in payloads {
        batch.push_payload(payload);
    }
    batch
}
