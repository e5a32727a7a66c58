//! What one record of the durable log holds.
//!
//! | first byte | then |
//! |---|---|
//! | 1 | an event |
//! | 2 | length of the changes (4, little-endian), the changes as a JSON array, an event |

use crate::event::NotAnEvent;
use crate::{Change, Event};

const EVENT: u8 = 1;
const CHANGES_AND_EVENT: u8 = 2;

/// A record of the log: an event, or an event and the control-plane changes that its call made.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    changes: Option<&'a [u8]>,
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
        let json = serde_json::to_vec(changes).expect("changes have string keys only");
        out.push(CHANGES_AND_EVENT);
        out.extend_from_slice(&(json.len() as u32).to_le_bytes());
        out.extend_from_slice(&json);
    }

    /// Reads a record's payload.
    pub fn decode(bytes: &'a [u8]) -> Result<Record<'a>, NotARecord> {
        let (kind, rest) = bytes.split_first().ok_or(NotARecord::Malformed)?;
        match *kind {
            EVENT => Ok(Record { changes: None, event: Event::decode(rest)? }),
            CHANGES_AND_EVENT => {
                let (length, rest) = rest.split_first_chunk().ok_or(NotARecord::Malformed)?;
                let (changes, event) = rest
                    .split_at_checked(u32::from_le_bytes(*length) as usize)
                    .ok_or(NotARecord::Malformed)?;
                Ok(Record { changes: Some(changes), event: Event::decode(event)? })
            }
            kind => Err(NotARecord::Kind(kind)),
        }
    }

    /// The event.
    pub fn event(&self) -> Event<'a> {
        self.event
    }

    /// Whether it holds changes; asked before [`Record::changes`], which parses them.
    pub fn has_changes(&self) -> bool {
        self.changes.is_some()
    }

    /// The changes, in the order in which they take effect.
    pub fn changes(&self) -> Result<Vec<Change>, NotARecord> {
        match self.changes {
            None => Ok(Vec::new()),
            Some(json) => Ok(serde_json::from_slice(json)?),
        }
    }
}
