//! A backup on its way to the client: one tar archive, the manifest last.

use super::manifest::{DATA, Entry, Manifest, NAME};
use super::{Collected, Source};
use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;
use cairn_bucket::BoxError;
use cairn_model::Timestamp;
use futures::stream;
use http_body::Frame;
use http_body_util::StreamBody;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use tokio::sync::{OwnedMutexGuard, mpsc};

/// Bytes that go out at a time.
const PART_BYTES: usize = 256 << 10;
/// Parts that wait for a slow client; then the reading of files waits too.
const PARTS_MAX: usize = 8;

/// Who reads the archive gets parts of it, or the error that cut it off.
type Part = Result<Frame<Bytes>, BoxError>;

/// Streams the archive as it is read from disk, in bounded memory. What was collected, and the turn, are held until the
/// end of it, or until the client goes away.
pub(crate) fn stream(
    collected: Collected,
    turn: OwnedMutexGuard<()>,
    now: Timestamp,
) -> StreamBody<impl futures::Stream<Item = Part> + Send> {
    let (sender, receiver) = mpsc::channel(PARTS_MAX);
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let out = BufWriter::with_capacity(PART_BYTES, Parts(sender.clone()));
        if let Err(error) = write_archive(&collected, now, out) {
            tracing::error!(%error, "a backup broke off");
            // The client sees a body that breaks off, never one that looks whole.
            let _ = sender.blocking_send(Err(error.into()));
        }
    });
    StreamBody::new(stream::unfold(receiver, async |mut receiver| {
        let part = receiver.recv().await?;
        Some((part, receiver))
    }))
}

fn write_archive(collected: &Collected, now: Timestamp, out: impl Write) -> io::Result<()> {
    let mut archive = tar::Builder::new(out);
    let mut entries = Vec::with_capacity(collected.files().len());
    for source in collected.files() {
        // A file that a user deleted since is not of the copy; those that the copy hangs on are held.
        if let Some(entry) = append(&mut archive, source)? {
            entries.push(entry);
        }
    }
    let manifest = Manifest::new(collected.end(), now, entries).to_json();
    archive.append_data(&mut header(manifest.len() as u64), NAME, manifest.as_slice())?;
    archive.into_inner()?.flush()
}

/// Adds a file; `None` if it may be gone and is.
fn append(archive: &mut tar::Builder<impl Write>, source: &Source) -> io::Result<Option<Entry>> {
    let file = match File::open(&source.path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && is_in_use(source) => return Ok(None),
        opened => opened?,
    };
    // A file gives way to another as a whole: the opened one stays as it is.
    let bytes = if is_in_use(source) { file.metadata()?.len() } else { source.bytes };
    let mut hashed = Hashed { file: file.take(bytes), context: Context::new(&SHA256), bytes: 0 };
    archive.append_data(&mut header(bytes), format!("{DATA}/{}", source.name), &mut hashed)?;
    if hashed.bytes != bytes {
        let message = format!("{} has {} bytes, not {bytes}", source.path.display(), hashed.bytes);
        return Err(io::Error::other(message));
    }
    let sha256 = hex::encode(hashed.context.finish());
    Ok(Some(Entry { name: source.name.clone(), bytes, sha256 }))
}

/// Objects of buckets are their owners' to replace and delete, also while a backup runs.
fn is_in_use(source: &Source) -> bool {
    source.name.starts_with("buckets/")
}

fn header(bytes: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o600);
    header.set_entry_type(tar::EntryType::Regular);
    header
}

/// Reads a file and hashes what was read.
struct Hashed {
    file: io::Take<File>,
    context: Context,
    bytes: u64,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.context.update(&buffer[..count]);
        self.bytes += count as u64;
        Ok(count)
    }
}

/// Writes into the response.
struct Parts(mpsc::Sender<Part>);

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = Frame::data(Bytes::copy_from_slice(bytes));
        let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "the client went away");
        self.0.blocking_send(Ok(part)).map_err(gone)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
