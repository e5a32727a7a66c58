//! What is saved of the stores as readers of the log (FORMAT.md, "Event data stores").
//!
//! A crash leaves the file of before or that of after; either is true, since tables pass over what they have.

use cairn_decide::taking::Definitions;
use cairn_model::{Channel, EventDataStore, Organization, Position};
use cairn_store::disk::LocalDisk;
use cairn_store::durable_file::write_durably;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file's name.
pub(crate) const NAME: &str = "state";
const FORMAT: &str = "cairn-stores";
const VERSION: u32 = 1;

/// How far all tables are, and what decides from there on which events are taken.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// All events below are in tables.
    pub(super) position: Position,
    /// As of this position.
    pub(super) definitions: Arc<Definitions>,
}

/// The saved state cannot be used. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StateError {
    #[error("stores/state: {0}")]
    Io(#[from] io::Error),
    #[error("stores/state is damaged; restore it from a backup")]
    Damaged,
    #[error("stores/state is of format version {found}, this Cairn knows up to {VERSION}")]
    Newer { found: u32 },
    #[error("stores/state: {0}")]
    Json(#[from] serde_json::Error),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    position: u64,
    stores: Vec<EventDataStore>,
    channels: Vec<Channel>,
    organizations: Vec<Organization>,
}

pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join(NAME)
}

impl State {
    /// The saved state; `None` if none was saved.
    pub(super) fn read(folder: &Path) -> Result<Option<State>, StateError> {
        match std::fs::read(path(folder)) {
            Ok(bytes) => State::parse(&bytes).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// When this returns, the state survives power loss.
    pub(super) fn write(&self, disk: &LocalDisk, folder: &Path) -> Result<(), StateError> {
        if !folder.is_dir() {
            std::fs::create_dir_all(folder)?;
            folder.parent().map_or(Ok(()), |parent| std::fs::File::open(parent)?.sync_all())?;
        }
        Ok(write_durably(disk, &path(folder), &self.to_bytes()?)?)
    }

    /// One line with format, version and the CRC-32 of what follows, then JSON.
    fn to_bytes(&self) -> Result<Vec<u8>, StateError> {
        let stored = Stored {
            position: self.position.get(),
            stores: self.definitions.takers().map(|taker| taker.store().clone()).collect(),
            channels: self.definitions.channels().cloned().collect(),
            organizations: self.definitions.organizations().cloned().collect(),
        };
        let json = serde_json::to_vec(&stored)?;
        let mut bytes = format!("{FORMAT} {VERSION} {:08x}\n", libdeflater::crc32(&json)).into_bytes();
        bytes.extend(json);
        Ok(bytes)
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<State, StateError> {
        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or(StateError::Damaged)?;
        let (head, json) = (&bytes[..end], &bytes[end + 1..]);
        let head = std::str::from_utf8(head).map_err(|_| StateError::Damaged)?;
        let mut parts = head.split(' ');
        let (format, version, checksum) = (parts.next(), parts.next(), parts.next());
        let version: u32 = version.and_then(|text| text.parse().ok()).ok_or(StateError::Damaged)?;
        if format != Some(FORMAT) {
            return Err(StateError::Damaged);
        }
        if version > VERSION {
            return Err(StateError::Newer { found: version });
        }
        if version != VERSION {
            return Err(StateError::Damaged);
        }
        if checksum != Some(&format!("{:08x}", libdeflater::crc32(json))) {
            return Err(StateError::Damaged);
        }
        let stored: Stored = serde_json::from_slice(json)?;
        let definitions = Definitions::new(
            stored.stores.into_iter().map(Arc::new),
            stored.channels.into_iter().map(Arc::new),
            stored.organizations.into_iter().map(Arc::new),
        );
        Ok(State { position: Position::new(stored.position), definitions: Arc::new(definitions) })
    }
}
