//! What the next cut will take, as far as it is not in the groups of trails.

use super::cut::CutFile;
use super::texts::{TextId, Texts};

/// Texts of events, and files that take no more of them.
#[derive(Default)]
pub(super) struct Buffer {
    pub(super) texts: Texts,
    pub(super) sealed: Vec<CutFile>,
    /// Events in lists of files, those that are in several counted as often.
    listed: usize,
}

/// Memory that one more event of a file takes beside its text; a list doubles when it grows.
const BYTES_A_LISTED_EVENT: usize = 2 * size_of::<TextId>();

impl Buffer {
    /// An event was put into a list.
    pub(super) fn listed_one(&mut self) {
        self.listed += 1;
    }

    /// Keeps a file whose list was copied from one that goes on.
    pub(super) fn seal_copy(&mut self, file: CutFile) {
        self.listed += file.gathering.events() as usize;
        self.sealed.push(file);
    }

    /// Memory that it takes, in bytes; the lists in the groups count too.
    pub(super) fn bytes(&self) -> usize {
        self.texts.bytes() + self.listed * BYTES_A_LISTED_EVENT
    }
}
