//! Whether what is forwarded now could be recorded.

use crate::clock;
use crate::journal::Journal;
use crate::metrics::free_bytes;
use cairn_model::Timestamp;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often the disk is asked, if calls come.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Bytes that wait for the log, beyond which nothing is begun.
const QUEUE_BYTES_MAX: usize = 256 << 20;

/// Watches the log and its disk.
pub(crate) struct Health {
    folder: PathBuf,
    reserve_bytes: u64,
    has_space: AtomicBool,
    looked: Mutex<Timestamp>,
}

impl Health {
    /// `reserve_bytes` of the disk of `folder` are to stay free.
    pub(crate) fn new(folder: PathBuf, reserve_bytes: u64) -> Health {
        Health { folder, reserve_bytes, has_space: AtomicBool::new(true), looked: Mutex::new(Timestamp::MIN) }
    }

    /// Whether the log can take what is begun now; if not, why, for the caller.
    pub(crate) fn check(&self, journal: &Journal) -> Result<(), &'static str> {
        self.look(clock::now());
        if !self.has_space.load(Ordering::Relaxed) {
            return Err("The disk is full. Nothing was done. Try again when there is space.");
        }
        if !journal.is_writable() {
            return Err("The log cannot be written, so nothing was done. Try again.");
        }
        match journal.log().queue_bytes() > QUEUE_BYTES_MAX {
            true => Err("Too many requests are waiting to be written. Nothing was done. Try again."),
            false => Ok(()),
        }
    }

    fn look(&self, now: Timestamp) {
        // Whoever finds it locked goes by what was found before.
        let Ok(mut looked) = self.looked.try_lock() else { return };
        if now.since(*looked) >= LOOK_EVERY {
            *looked = now;
            let free = free_bytes(&self.folder).unwrap_or(u64::MAX);
            self.has_space.store(free >= self.reserve_bytes, Ordering::Relaxed);
        }
    }
}
