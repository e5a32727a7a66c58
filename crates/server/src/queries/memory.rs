//! What queries take of the machine's memory beyond what the engine counts.
//!
//! The engine counts what its operators hold, and makes them spill; what some of them make of it at their end, such as the lists
//! of `array_agg`, it does not. So the process is watched too.

use std::fs;

/// What else may grow while a query runs: events on their way in, look-ups, pages of results.
const OTHERS_BYTES: u64 = 512 << 20;
/// Bytes of a page of memory, as `/proc` counts.
const PAGE_BYTES: u64 = 4096;

/// How large the process may become while a query runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct MemoryBound {
    bytes: u64,
}

impl MemoryBound {
    /// For a query that begins now, `query_memory` being what the engine counts at most.
    pub(super) fn from_now(query_memory: usize) -> MemoryBound {
        let counted = 2 * query_memory as u64;
        MemoryBound {
            bytes: resident_bytes().unwrap_or(0).saturating_add(counted).saturating_add(OTHERS_BYTES),
        }
    }

    /// Whether the process has become larger.
    pub(super) fn is_exceeded(self) -> bool {
        resident_bytes().is_some_and(|bytes| bytes > self.bytes)
    }
}

/// Memory that the process has; `None` where the system does not tell.
fn resident_bytes() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(pages * PAGE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_grows_beyond_its_bound_is_noticed() {
        let bound = MemoryBound::from_now(64 << 20);
        assert!(!bound.is_exceeded());
        assert!(MemoryBound { bytes: 1 << 20 }.is_exceeded());
    }
}
