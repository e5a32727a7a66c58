//! How much of the outbox a trail may fill while its bucket takes nothing.
//!
//! A trail that is over its quota skips events; what it skips becomes a gap. The rule is that of shared
//! buffers in switches (Choudhury and Hahne, "Dynamic queue length thresholds for shared-memory packet
//! switches", 1998): no trail may hold more than what is still free. So one trail whose bucket is down fills
//! half of the outbox, two a third each, and there is always room for a trail whose bucket works.

use crate::error::DeliveryError;
use crate::options::Limits;
use cairn_model::TrailArn;
use std::collections::HashMap;
use std::path::Path;

/// What an object takes beside its bytes: its row, and what the file system rounds up to.
const BYTES_AN_OBJECT: u64 = 4096;

/// What waits in the outbox, by trail.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    trails: HashMap<TrailArn, u64>,
    /// Objects that wait.
    pub(crate) objects: u64,
    /// Their compressed bytes.
    pub(crate) bytes: u64,
}

impl Usage {
    /// Of rows of trail, objects and bytes.
    pub(crate) fn of(rows: Vec<(String, i64, i64)>) -> Result<Usage, DeliveryError> {
        let mut usage = Usage::default();
        for (trail, objects, bytes) in rows {
            let trail = trail.parse().map_err(|_| DeliveryError::Malformed { what: "a trail's usage" })?;
            usage.add(trail, objects.cast_unsigned(), bytes.cast_unsigned());
        }
        Ok(usage)
    }

    pub(crate) fn add(&mut self, trail: TrailArn, objects: u64, bytes: u64) {
        self.objects += objects;
        self.bytes += bytes;
        *self.trails.entry(trail).or_default() += space(objects, bytes);
    }

    /// What no trail may hold more of: the outbox's bytes that nobody uses, as far as the disk has them.
    pub(crate) fn free(&self, limits: &Limits, disk_free: u64) -> u64 {
        let of_outbox = limits.outbox_bytes.saturating_sub(space(self.objects, self.bytes));
        of_outbox.min(disk_free.saturating_sub(limits.keep_free_bytes))
    }

    /// Whether the trail holds more than `free`.
    pub(crate) fn is_over(&self, trail: &TrailArn, free: u64) -> bool {
        self.trails.get(trail).is_some_and(|held| *held > free)
    }
}

fn space(objects: u64, bytes: u64) -> u64 {
    bytes.saturating_add(objects.saturating_mul(BYTES_AN_OBJECT))
}

/// Free bytes of the disk that holds this folder; without end where the system does not say.
pub(crate) fn disk_free(folder: &Path) -> u64 {
    let stats = rustix::fs::statvfs(folder);
    stats.map_or(u64::MAX, |stats| stats.f_bavail.saturating_mul(stats.f_frsize))
}

#[cfg(test)]
mod tests;
