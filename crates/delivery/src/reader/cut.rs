//! What a cut takes out of the reader.

use super::gathering::Gathering;
use super::texts::Texts;
use super::{GenerationId, ViewUpdate};
use cairn_decide::names::LogKind;
use cairn_model::{AccountId, Position, Trail};
use std::collections::HashMap;
use std::sync::Arc;

/// Everything that the reader held, and the part of the log that it came from.
pub(crate) struct Cut {
    /// The texts that the files are made of.
    pub(crate) texts: Arc<Texts>,
    pub(crate) files: Vec<CutFile>,
    pub(crate) update: ViewUpdate,
    /// Where the cut before ended.
    pub(crate) from: Position,
    /// The position that this one reaches.
    pub(crate) position: Position,
    /// Events come so fast that compressing them well would hold them up.
    pub(crate) in_haste: bool,
}

/// A log file that takes no more events, and where it goes. Its bytes are the same for all.
pub(crate) struct CutFile {
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) kind: LogKind,
    /// Whether its events tell of gaps, so that no quota leaves them out.
    pub(crate) tells_of_gap: bool,
    pub(crate) gathering: Gathering,
}

/// Makes one of files that have the same bytes, whoever they go to: trails whose selectors differ often take
/// the same events.
pub(super) fn merge_equal(files: Vec<CutFile>) -> Vec<CutFile> {
    let mut merged: Vec<CutFile> = Vec::with_capacity(files.len());
    let mut places = HashMap::with_capacity(files.len());
    for file in files {
        let mark = (file.kind, file.tells_of_gap, file.gathering.mark());
        let place = *places.entry(mark).or_insert(merged.len());
        match merged.get_mut(place) {
            Some(same) if same.gathering.has_events_of(&file.gathering) => {
                same.recipients.extend(file.recipients);
            }
            _ => merged.push(file),
        }
    }
    merged
}

/// A trail that a log file goes to.
pub(crate) struct Recipient {
    /// The trail as it was when it took the events.
    pub(crate) trail: Arc<Trail>,
    /// Whose events these are.
    pub(crate) account: AccountId,
    /// The region whose folder the file goes to.
    pub(crate) region: String,
    /// The generation of digests that will name it; none while validation is off.
    pub(crate) generation: Option<GenerationId>,
}
