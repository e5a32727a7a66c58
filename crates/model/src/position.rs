//! Places in the durable log.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A place in the durable log: the byte offset of a record in the log as if it were one endless
/// file. Positions only grow; a record's position never changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(u64);

impl Position {
    /// The start of the log.
    pub const ZERO: Position = Position(0);

    /// The position at this byte offset.
    pub const fn new(offset: u64) -> Position {
        Position(offset)
    }

    /// The byte offset.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
