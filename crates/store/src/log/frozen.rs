//! The log held still for a copy: what a backup reads while the log goes on.

use super::Shared;
use cairn_model::Position;
use std::path::PathBuf;
use std::sync::Arc;

/// A log whose segments stay until this is dropped. Appending and reading go on.
pub struct Hold {
    shared: Arc<Shared>,
}

/// One segment file as far as a copy needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrozenSegment {
    /// The file.
    pub path: PathBuf,
    /// How many of its bytes, from the first on, belong to the copy: behind them stand later records, or
    /// space for them.
    pub bytes: u64,
}

/// The log as it was at one position. A folder with these files, cut to these lengths, is a log that ends
/// there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// Where the copy ends.
    pub end: Position,
    /// Its segments, oldest first.
    pub segments: Vec<FrozenSegment>,
}

impl Hold {
    pub(super) fn new(shared: &Arc<Shared>) -> Hold {
        shared.segments.hold();
        Hold { shared: Arc::clone(shared) }
    }

    /// The log as it is now. What is copied of the files later is the same, as bytes below the end never
    /// change.
    pub fn freeze(&self) -> Frozen {
        let end = self.shared.committed();
        Frozen { end, segments: self.shared.segments.frozen_at(end) }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.shared.segments.let_go();
    }
}
