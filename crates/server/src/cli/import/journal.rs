//! What an import has done, on disk, so that one that was cut off goes on where it was.
//!
//! A file of JSON lines, to be appended to:
//!
//! | line | says |
//! |---|---|
//! | `{"cairnImportJournal":1,"server":S,"import":I}` | the first: version, server and import |
//! | `{"begun":F,"from":P}` | F was first sent when the server's log had reached P |
//! | `{"part":F,"batches":N,"from":P,"tally":T}` | N batches of F are in, the next ones beyond P |
//! | `{"done":F,"kind":K,"tally":T}` | F is in |
//! | `{"completed":true}` | the import came to its end: counts begin anew |
//!
//! F is the file's name, size and stamp: a file that has changed is another one. Lines are synced about once
//! a second. A crash of this machine loses those since; their files are sent again, and their events are told
//! apart as duplicates. A crash of this program alone loses none, but a last line that is cut.

use super::source::Item;
use super::tally::Tally;
use aws_lc_rs::digest::{SHA256, digest};
use cairn_decide::imports::Kind;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const VERSION: u64 = 1;
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// What tells a file from all others: a hash of its name, size and stamp.
type FileId = [u8; 16];

/// Why there is no journal.
#[derive(Debug, thiserror::Error)]
pub(super) enum JournalError {
    #[error("journal {path}: {source}")]
    Io { path: String, source: io::Error },
    #[error("journal {0}: another import is using it")]
    InUse(String),
    #[error(
        "journal {0} is of another import, or of another server: name another by --journal, or add --restart"
    )]
    Other(String),
    #[error(
        "journal {path} has format {version}; this cairn knows {VERSION}: use the newer one, or add --restart"
    )]
    Newer { path: String, version: u64 },
}

/// Which import a journal is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    #[serde(rename = "cairnImportJournal")]
    version: u64,
    /// The data folder that is imported into.
    server: String,
    /// A hash of what is imported and how.
    import: String,
}

impl Header {
    /// `what` is all that makes another import of it.
    pub(super) fn new(server: &str, what: &[String]) -> Header {
        let text = serde_json::to_string(what).expect("strings are JSON");
        let import = hex::encode(&digest(&SHA256, text.as_bytes()).as_ref()[..16]);
        Header { version: VERSION, server: server.to_owned(), import }
    }

    /// Where the journal is unless told otherwise: in `$XDG_STATE_HOME/cairn/imports/`. `None` if there is no
    /// home.
    pub(super) fn usual_path(&self) -> Option<PathBuf> {
        let absolute =
            |variable| std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
        let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
        let name = digest(&SHA256, format!("{} {}", self.server, self.import).as_bytes());
        Some(state.join("cairn/imports").join(format!("{}.journal", hex::encode(&name.as_ref()[..16]))))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Begun { begun: String, from: u64 },
    Part { part: String, batches: u64, from: u64, tally: Tally },
    Done { done: String, kind: String, tally: Tally },
    Completed { completed: bool },
}

/// How far a file has got that was begun and not finished.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Begun {
    /// What was sent and not noted as being in stands at this position of the server's log or beyond, if it
    /// is in.
    pub(super) from: u64,
    /// Batches that are in.
    pub(super) batches: u64,
    /// And their counts.
    pub(super) tally: Tally,
}

/// What was known when the journal was opened.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Files that are in, and whether an import that has come to its end brought them.
    done: HashMap<FileId, bool>,
    begun: HashMap<FileId, Begun>,
    /// Counts of the files that are in since the last import that has come to its end.
    pub(super) tally: Tally,
    /// And how many they are.
    pub(super) files: BTreeMap<Kind, u64>,
}

/// A journal that is open, and locked.
pub(super) struct Journal {
    path: String,
    file: File,
    synced: Instant,
    dirty: bool,
}

impl Journal {
    /// Opens a journal, or makes it. What it says of positions beyond `end`, where the server's log ends, is
    /// of a log that is gone: those files are to be imported again. `restart` forgets everything.
    pub(super) fn open(
        path: &Path,
        header: &Header,
        end: u64,
        restart: bool,
    ) -> Result<(Journal, Known), JournalError> {
        let shown = path.display().to_string();
        let failed = |source| JournalError::Io { path: shown.clone(), source };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let opened = OpenOptions::new().read(true).append(true).create(true).open(path);
        let mut file = opened.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalError::InUse(shown)),
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        if restart {
            file.set_len(0).map_err(failed)?;
        }
        let mut known = Known::default();
        let whole = read(&shown, &file, header, end, &mut known)?;
        // A last line that a crash has cut must not become part of the next.
        file.set_len(whole).and_then(|()| file.seek(SeekFrom::End(0))).map_err(failed)?;
        let mut journal = Journal { path: shown.clone(), file, synced: Instant::now(), dirty: false };
        if whole == 0 {
            journal.write(header)?;
        }
        Ok((journal, known))
    }

    /// Notes that a file is about to be sent.
    pub(super) fn begin(&mut self, item: &Item, from: u64) -> Result<(), JournalError> {
        self.write(&Line::Begun { begun: file_id(item), from })
    }

    /// Notes that some batches of a file are in.
    pub(super) fn part(&mut self, item: &Item, so_far: &Begun) -> Result<(), JournalError> {
        let Begun { from, batches, tally } = so_far.clone();
        self.write(&Line::Part { part: file_id(item), batches, from, tally })
    }

    /// Notes that a file is in.
    pub(super) fn finish(&mut self, item: &Item, kind: Kind, tally: &Tally) -> Result<(), JournalError> {
        self.write(&Line::Done { done: file_id(item), kind: kind.name().to_owned(), tally: tally.clone() })
    }

    /// Notes that the import has come to its end. When this returns, all that was noted survives power loss.
    pub(super) fn complete(&mut self) -> Result<(), JournalError> {
        self.write(&Line::Completed { completed: true })?;
        self.sync()
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.file.sync_data().map_err(|source| JournalError::Io { path: self.path.clone(), source })?;
        (self.synced, self.dirty) = (Instant::now(), false);
        Ok(())
    }

    fn write(&mut self, line: &impl Serialize) -> Result<(), JournalError> {
        let mut text = serde_json::to_vec(line).expect("journal lines have string keys only");
        text.push(b'\n');
        let written = self.file.write_all(&text);
        written.map_err(|source| JournalError::Io { path: self.path.clone(), source })?;
        self.dirty = true;
        if self.synced.elapsed() >= SYNC_EVERY { self.sync() } else { Ok(()) }
    }
}

/// Lines are good to have; that they could not be synced at the end is no reason to fail.
impl Drop for Journal {
    fn drop(&mut self) {
        if self.dirty {
            let _ = self.sync();
        }
    }
}

impl Known {
    /// Whether a file is in; if so, whether an import that has come to its end brought it.
    pub(super) fn done(&self, item: &Item) -> Option<bool> {
        self.done.get(&file_hash(&file_id(item))).copied()
    }

    /// How far a file has got that is not in.
    pub(super) fn begun(&self, item: &Item) -> Option<&Begun> {
        self.begun.get(&file_hash(&file_id(item)))
    }

    fn take(&mut self, line: Line, end: u64) {
        match line {
            // The first time counts: whatever was sent since may be in.
            Line::Begun { begun, from } if from <= end => {
                let begun = self.begun.entry(file_hash(&begun));
                begun.or_insert_with(|| Begun { from, ..Begun::default() });
            }
            Line::Part { part, batches, from, tally } if tally.ranges.end().max(from) <= end => {
                self.begun.insert(file_hash(&part), Begun { from, batches, tally });
            }
            Line::Done { done, kind, tally } if tally.ranges.end() <= end => {
                let hash = file_hash(&done);
                self.begun.remove(&hash);
                // A file that was done twice, because its entry was lost at first, counts once more: so do
                // its events.
                self.done.insert(hash, false);
                self.tally.add(&tally);
                *self.files.entry(Kind::of_name(&kind)).or_default() += 1;
            }
            Line::Completed { .. } => {
                self.done.values_mut().for_each(|completed| *completed = true);
                // What was begun and not done had failed. Its batches that are in were counted, and are not sent again:
                // trails would deliver them twice.
                self.begun.values_mut().for_each(|begun| begun.tally = Tally::default());
                self.tally = Tally::default();
                self.files.clear();
            }
            Line::Begun { .. } | Line::Part { .. } | Line::Done { .. } => {}
        }
    }
}

/// Reads all whole lines; returns how many bytes they are.
fn read(path: &str, file: &File, header: &Header, end: u64, known: &mut Known) -> Result<u64, JournalError> {
    let mut reader = BufReader::new(file);
    let (mut line, mut whole) = (Vec::new(), 0);
    loop {
        line.clear();
        let length = reader.read_until(b'\n', &mut line);
        let length = length.map_err(|source| JournalError::Io { path: path.to_owned(), source })?;
        if !line.ends_with(b"\n") {
            return Ok(whole);
        }
        if whole == 0 {
            check_header(path, &line, header)?;
        } else if let Ok(line) = serde_json::from_slice(&line) {
            known.take(line, end);
        }
        whole += length as u64;
    }
}

fn check_header(path: &str, line: &[u8], header: &Header) -> Result<(), JournalError> {
    let found: Value = serde_json::from_slice(line).unwrap_or(Value::Null);
    match found["cairnImportJournal"].as_u64() {
        Some(version) if version > VERSION => Err(JournalError::Newer { path: path.to_owned(), version }),
        Some(_) if serde_json::from_value::<Header>(found).is_ok_and(|found| found == *header) => Ok(()),
        _ => Err(JournalError::Other(path.to_owned())),
    }
}

fn file_id(item: &Item) -> String {
    format!("{} {} {}", item.bytes, item.stamp, item.name)
}

fn file_hash(id: &str) -> FileId {
    let hash = digest(&SHA256, id.as_bytes());
    *hash.as_ref().first_chunk().expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests;
