//! Where an event was seen, in a form of fixed size, and the files that hold many of them.

use cairn_lake::ContentHash;
use cairn_model::{AccountId, Timestamp};
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;

/// Files; a hundred million sightings fit the memory of a small machine file by file.
const FILES: usize = 128;
/// Event ids are UUIDs nearly always; of others the beginning is kept, for people.
const ID_BYTES: usize = 36;
/// See [`Sighting::encode`].
const BYTES: usize = 16 + 16 + 8 + 8 + 4 + 1 + 1 + ID_BYTES;

/// In which role an event was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Kind {
    /// In the log, at `position`.
    Log = 0,
    /// In history, at `position`.
    History = 1,
    /// A trail whose files go to `destination` took it, at `position`.
    Taken = 2,
    /// In a log file of `destination`; `position` stands for the file.
    Delivered = 3,
}

/// An event as it was seen somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sighting {
    /// Of account, time and id.
    pub(super) identity: [u8; 16],
    pub(super) content: ContentHash,
    pub(super) kind: Kind,
    /// In the log, or a number for a file.
    pub(super) position: u64,
    /// What history's retention counts from, at the least; microseconds since 1970.
    pub(super) kept_from: i64,
    /// The number of a destination.
    pub(super) destination: u32,
    /// Whether it was in the future when it arrived: history leaves it out.
    pub(super) future: bool,
    pub(super) event_id: [u8; ID_BYTES],
}

impl Sighting {
    /// An event that was seen; who saw it where is filled in by the caller.
    pub(super) fn of(account: AccountId, time: Timestamp, event_id: &str, content: ContentHash) -> Sighting {
        let mut what = Vec::with_capacity(20 + event_id.len());
        what.extend_from_slice(account.as_bytes());
        what.extend_from_slice(&time.as_micros().to_le_bytes());
        what.extend_from_slice(event_id.as_bytes());
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &what);
        let mut kept_id = [0; ID_BYTES];
        let length = event_id.len().min(ID_BYTES);
        kept_id[..length].copy_from_slice(&event_id.as_bytes()[..length]);
        Sighting {
            identity: *hash.as_ref().first_chunk().expect("a SHA-256 has 32 bytes"),
            content,
            kind: Kind::Log,
            position: 0,
            kept_from: time.as_micros(),
            destination: 0,
            future: false,
            event_id: kept_id,
        }
    }

    /// The event's id, for people.
    pub(super) fn id(&self) -> String {
        String::from_utf8_lossy(&self.event_id).trim_end_matches('\0').to_owned()
    }

    fn encode(&self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        bytes[..16].copy_from_slice(&self.identity);
        bytes[16..32].copy_from_slice(&self.content);
        bytes[32..40].copy_from_slice(&self.position.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.kept_from.to_le_bytes());
        bytes[48..52].copy_from_slice(&self.destination.to_le_bytes());
        bytes[52] = self.kind as u8;
        bytes[53] = u8::from(self.future);
        bytes[54..].copy_from_slice(&self.event_id);
        bytes
    }

    fn decode(bytes: &[u8; BYTES]) -> Sighting {
        let kind = match bytes[52] {
            0 => Kind::Log,
            1 => Kind::History,
            2 => Kind::Taken,
            _ => Kind::Delivered,
        };
        let eight = |at: usize| *bytes[at..].first_chunk::<8>().expect("it is longer");
        let sixteen = |at: usize| *bytes[at..].first_chunk::<16>().expect("it is longer");
        Sighting {
            identity: sixteen(0),
            content: sixteen(16),
            kind,
            position: u64::from_le_bytes(eight(32)),
            kept_from: i64::from_le_bytes(eight(40)),
            destination: u32::from_le_bytes(*bytes[48..].first_chunk().expect("it is longer")),
            future: bytes[53] != 0,
            event_id: *bytes[54..].first_chunk().expect("it is as long"),
        }
    }
}

/// Sightings on disk, in scratch files that go with it.
pub(super) struct Spill {
    files: Vec<BufWriter<File>>,
    folder: Scratch,
}

/// A folder that is removed with what is in it.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays lies in the system's folder for scratch files, which it cleans.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Spill {
    /// Makes the files below the system's folder for scratch files (`TMPDIR`).
    pub(super) fn new() -> io::Result<Spill> {
        let path = std::env::temp_dir().join(format!("cairn-verify-{:032x}", crate::clock::random_bits()));
        fs::create_dir(&path)?;
        let folder = Scratch(path);
        let file = |number: usize| Ok(BufWriter::new(File::create(folder.0.join(number.to_string()))?));
        let files = (0..FILES).map(file).collect::<io::Result<_>>()?;
        Ok(Spill { files, folder })
    }

    pub(super) fn put(&mut self, sighting: &Sighting) -> io::Result<()> {
        let number = usize::from(sighting.identity[0]) % FILES;
        self.files[number].write_all(&sighting.encode())
    }

    /// Gives all sightings of one event at a time, sorted by content and kind. Takes memory for those of one file.
    pub(super) fn events(mut self, visit: &mut dyn FnMut(&[Sighting])) -> io::Result<()> {
        for file in &mut self.files {
            file.flush()?;
        }
        for number in 0..FILES {
            let mut sightings = read(File::open(self.folder.0.join(number.to_string()))?)?;
            sightings.sort_unstable_by_key(|sighting| {
                (sighting.identity, sighting.content, sighting.kind, sighting.destination, sighting.position)
            });
            sightings.chunk_by(|one, other| one.identity == other.identity).for_each(&mut *visit);
        }
        Ok(())
    }
}

fn read(file: File) -> io::Result<Vec<Sighting>> {
    let count = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX) / BYTES;
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut bytes = [0; BYTES];
    let mut sightings = Vec::with_capacity(count);
    for _ in 0..count {
        reader.read_exact(&mut bytes)?;
        sightings.push(Sighting::decode(&bytes));
    }
    Ok(sightings)
}
