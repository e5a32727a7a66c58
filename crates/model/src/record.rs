//! What one record of the durable log holds.
//!
//! | first byte | then |
//! |---|---|
//! | 1 | an event |
//! | 2 | length of the changes (4, little-endian), the changes as a JSON array, an event |
//! | 3 | a mark: its kind (1) and a version of the shared catalog (8, little-endian); then as 2 |
//! | 4 | number of destinations (1), the id of each (16), an event |

use crate::event::NotAnEvent;
use crate::{Change, Event};

const EVENT: u8 = 1;
const CHANGES_AND_EVENT: u8 = 2;
const MARKED: u8 = 3;
const IMPORTED_TO: u8 = 4;

const DECIDED: u8 = 1;
const ADOPTED: u8 = 2;
const RECTIFIED: u8 = 3;

/// How changes relate to a catalog that several processes share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// This process decided them on the catalog's state of a version. They take effect if that is still its version when
    /// they come to the catalog.
    Decided {
        /// The version.
        version: u64,
    },
    /// Other processes made them, up to a version.
    Adopted {
        /// The version.
        version: u64,
    },
    /// The same, and what was decided right before came too late: these state what is true instead.
    Rectified {
        /// The version.
        version: u64,
    },
}

/// The id of an event data store, as the 16 bytes of its UUID.
pub type StoreId = [u8; 16];

/// A record of the log: an event, or an event and the control-plane changes that its call made, or an event that was
/// imported to certain event data stores.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    mark: Option<Mark>,
    changes: Option<&'a [u8]>,
    destinations: Option<&'a [StoreId]>,
    event: Event<'a>,
}

/// The bytes are not a record of a known kind.
#[derive(Debug, thiserror::Error)]
pub enum NotARecord {
    /// A kind that this Cairn does not know.
    #[error("record of kind {0}, which this Cairn does not know")]
    Kind(u8),
    /// Its event is not one.
    #[error(transparent)]
    Event(#[from] NotAnEvent),
    /// Its changes are none that this Cairn knows.
    #[error("changes that this Cairn does not know: {0}")]
    Changes(#[from] serde_json::Error),
    /// Not what the format says.
    #[error("not a record")]
    Malformed,
}

impl<'a> Record<'a> {
    /// Starts a record that holds an event only; the event's encoded form follows.
    pub fn start_event(out: &mut Vec<u8>) {
        out.push(EVENT);
    }

    /// Starts a record of changes and the event of their call; the event's encoded form follows.
    pub fn start_changes(changes: &[Change], out: &mut Vec<u8>) {
        out.push(CHANGES_AND_EVENT);
        write_changes(changes, out);
    }

    /// The same with a mark.
    pub fn start_marked(mark: Mark, changes: &[Change], out: &mut Vec<u8>) {
        let (kind, version) = match mark {
            Mark::Decided { version } => (DECIDED, version),
            Mark::Adopted { version } => (ADOPTED, version),
            Mark::Rectified { version } => (RECTIFIED, version),
        };
        out.extend_from_slice(&[MARKED, kind]);
        out.extend_from_slice(&version.to_le_bytes());
        write_changes(changes, out);
    }

    /// Starts a record of an event that was imported to these event data stores, 255 at most, and to nothing else; the
    /// event's encoded form follows.
    pub fn start_imported_to(stores: &[StoreId], out: &mut Vec<u8>) {
        let count = u8::try_from(stores.len()).expect("an import has one destination, or few");
        out.extend_from_slice(&[IMPORTED_TO, count]);
        out.extend_from_slice(stores.as_flattened());
    }

    /// Reads a record's payload.
    pub fn decode(bytes: &'a [u8]) -> Result<Record<'a>, NotARecord> {
        let (kind, rest) = bytes.split_first().ok_or(NotARecord::Malformed)?;
        match *kind {
            EVENT => {
                Ok(Record { mark: None, changes: None, destinations: None, event: Event::decode(rest)? })
            }
            CHANGES_AND_EVENT => Record::decode_changes(None, rest),
            MARKED => {
                let (mark, rest) = decode_mark(rest)?;
                Record::decode_changes(Some(mark), rest)
            }
            IMPORTED_TO => {
                let (stores, rest) = decode_destinations(rest)?;
                let event = Event::decode(rest)?;
                Ok(Record { mark: None, changes: None, destinations: Some(stores), event })
            }
            kind => Err(NotARecord::Kind(kind)),
        }
    }

    fn decode_changes(mark: Option<Mark>, bytes: &'a [u8]) -> Result<Record<'a>, NotARecord> {
        let (length, rest) = bytes.split_first_chunk().ok_or(NotARecord::Malformed)?;
        let (changes, event) =
            rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or(NotARecord::Malformed)?;
        Ok(Record { mark, changes: Some(changes), destinations: None, event: Event::decode(event)? })
    }

    /// The event.
    pub fn event(&self) -> Event<'a> {
        self.event
    }

    /// The event data stores that its event was imported to, by StartImport: these take it whatever else their selectors
    /// say beyond its category, and no other store, no trail, event history nor live tail does. `None`: the event is for
    /// whoever takes it.
    pub fn destinations(&self) -> Option<&'a [StoreId]> {
        self.destinations
    }

    /// The event, unless it was imported to certain stores only.
    pub fn event_for_all(&self) -> Option<Event<'a>> {
        self.destinations.is_none().then_some(self.event)
    }

    /// Whether it holds changes; asked before [`Record::changes`], which parses them.
    pub fn has_changes(&self) -> bool {
        self.changes.is_some()
    }

    /// How the changes relate to a shared catalog, if one is shared.
    pub fn mark(&self) -> Option<Mark> {
        self.mark
    }

    /// The changes, in the order in which they take effect.
    pub fn changes(&self) -> Result<Vec<Change>, NotARecord> {
        match self.changes {
            None => Ok(Vec::new()),
            Some(json) => Ok(serde_json::from_slice(json)?),
        }
    }
}

fn write_changes(changes: &[Change], out: &mut Vec<u8>) {
    let json = serde_json::to_vec(changes).expect("changes have string keys only");
    out.extend_from_slice(&(json.len() as u32).to_le_bytes());
    out.extend_from_slice(&json);
}

fn decode_destinations(bytes: &[u8]) -> Result<(&[StoreId], &[u8]), NotARecord> {
    let (count, rest) = bytes.split_first().ok_or(NotARecord::Malformed)?;
    let length = usize::from(*count) * size_of::<StoreId>();
    let (stores, rest) = rest.split_at_checked(length).ok_or(NotARecord::Malformed)?;
    Ok((stores.as_chunks().0, rest))
}

fn decode_mark(bytes: &[u8]) -> Result<(Mark, &[u8]), NotARecord> {
    let (kind, rest) = bytes.split_first().ok_or(NotARecord::Malformed)?;
    let (version, rest) = rest.split_first_chunk().ok_or(NotARecord::Malformed)?;
    let version = u64::from_le_bytes(*version);
    let mark = match *kind {
        DECIDED => Mark::Decided { version },
        ADOPTED => Mark::Adopted { version },
        RECTIFIED => Mark::Rectified { version },
        // As an unknown kind of record: a newer Cairn wrote it.
        _ => return Err(NotARecord::Kind(MARKED)),
    };
    Ok((mark, rest))
}

#[cfg(test)]
mod tests;
