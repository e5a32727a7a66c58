//! `cairn backup`: a copy of a serving Cairn's data folder, at one position of its log.

use super::client::{Client, Connection, Refusal};
use super::counted::counted;
use super::{Failure, client_runtime, output};
use crate::backup::manifest::{DATA, Entry, Manifest, NAME, is_inside};
use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;
use clap::Args;
use http::Method;
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;

/// Parts of the archive that wait to be written.
const PARTS_MAX: usize = 8;
/// Bytes that are written to a file at a time.
const COPY_BYTES: usize = 256 << 10;

/// Copy a serving Cairn's data folder, consistent at one position of its log
#[derive(Args)]
#[command(
    after_help = "Example:\n  cairn backup ./backup-2026-11-21\n\nThe backup holds secret.key, under which every secret \
                        in it lies: guard it like the server itself.\n`cairn restore` makes a data folder of it again."
)]
pub(super) struct Backup {
    /// The folder to make; it must be empty if it exists
    folder: PathBuf,
    /// Leave out secret.key, which is kept elsewhere; `cairn restore --secret-key` then needs it
    #[arg(long)]
    without_secret_key: bool,
    #[command(flatten)]
    connection: Connection,
}

impl Backup {
    pub(super) fn run(self) -> Result<(), Failure> {
        let client = Client::new(&self.connection)?;
        make_folder(&self.folder)?;
        let manifest = client_runtime()?.block_on(self.fetch(&client))?;
        let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
        output::tell(&format!(
            "{}: {}, {}, every event acknowledged before {} (position {})",
            self.folder.display(),
            counted(manifest.files.len() as u64, "file"),
            counted(bytes, "byte"),
            manifest.created,
            manifest.position
        ));
        Ok(())
    }

    async fn fetch(&self, client: &Client) -> Result<Manifest, Failure> {
        let request = serde_json::json!({ "withoutSecretKey": self.without_secret_key }).to_string();
        let answer = client.call_streaming(Method::POST, "/_cairn/backup", &[], Bytes::from(request)).await?;
        let mut body = answer.into_body();
        let (sender, receiver) = mpsc::channel::<Bytes>(PARTS_MAX);
        let folder = self.folder.clone();
        let writing = tokio::task::spawn_blocking(move || write_backup(&folder, Parts::new(receiver)));
        let broke_off = |refusal: Refusal| Failure::Failed(format!("the backup broke off: {refusal}"));
        while let Some(part) = client.part(&mut body).await.map_err(broke_off)? {
            // The writer went away: what it says is the better error.
            if sender.send(part).await.is_err() {
                break;
            }
        }
        drop(sender);
        writing.await.map_err(Failure::failed)?
    }
}

/// Makes the folder, for its owner only: what is inside is as secret as the server.
fn make_folder(folder: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    let failed = |error: io::Error| Failure::Failed(format!("{}: {error}", folder.display()));
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            Some(_) => Err(Failure::Usage(format!("{} is not empty", folder.display()))),
            None => Ok(()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Writes the archive's files, checks them against the manifest at its end, and writes that last of all: a folder without
/// it is no backup, whatever cut it off.
fn write_backup(folder: &Path, archive: impl Read) -> Result<Manifest, Failure> {
    let failed = |error: io::Error| Failure::Failed(format!("{}: {error}", folder.display()));
    let mut written = HashMap::new();
    let mut manifest = None;
    for entry in tar::Archive::new(archive).entries().map_err(failed)? {
        let mut entry = entry.map_err(failed)?;
        let name = entry.path().map_err(failed)?.to_string_lossy().into_owned();
        if name == NAME {
            let mut json = Vec::new();
            entry.read_to_end(&mut json).map_err(failed)?;
            manifest = Some(Manifest::parse(&json).map_err(Failure::failed)?);
            continue;
        }
        let inside = name.strip_prefix(DATA).and_then(|name| name.strip_prefix('/'));
        let Some(inside) = inside.filter(|name| is_inside(name)) else {
            return Err(Failure::Failed(format!("the server sent a file outside of the backup: {name:?}")));
        };
        let copied = copy_durably(&mut entry, &folder.join(&name), inside).map_err(failed)?;
        written.insert(copied.name.clone(), copied);
    }
    let Some(manifest) = manifest else {
        return Err(Failure::Failed("the backup broke off; the folder holds a part of it".to_owned()));
    };
    check(&manifest, &written)?;
    sync_folders(&folder.join(DATA)).map_err(failed)?;
    copy_durably(&mut manifest.to_json().as_slice(), &folder.join(NAME), NAME).map_err(failed)?;
    sync_folder(folder).map_err(failed)?;
    Ok(manifest)
}

/// What arrived is what the server says that it sent.
fn check(manifest: &Manifest, written: &HashMap<String, Entry>) -> Result<(), Failure> {
    let differs = |file: &&Entry| written.get(&file.name) != Some(*file);
    match manifest.files.iter().find(differs) {
        Some(file) => Err(Failure::Failed(format!("{} did not arrive as it was sent", file.name))),
        None => Ok(()),
    }
}

/// Copies into a new file and syncs it. When this returns, the bytes survive power loss once the folder is synced too.
pub(super) fn copy_durably(from: &mut impl Read, path: &Path, name: &str) -> io::Result<Entry> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0; COPY_BYTES];
    let mut bytes = 0;
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        context.update(&buffer[..count]);
        file.write_all(&buffer[..count])?;
        bytes += count as u64;
    }
    file.sync_all()?;
    Ok(Entry { name: name.to_owned(), bytes, sha256: hex::encode(context.finish()) })
}

/// Syncs a folder and all below it, the deepest first.
pub(super) fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    sync_folder(folder)
}

pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The parts of the archive as one stream of bytes, on a thread that may block.
struct Parts {
    receiver: mpsc::Receiver<Bytes>,
    current: Bytes,
}

impl Parts {
    fn new(receiver: mpsc::Receiver<Bytes>) -> Parts {
        Parts { receiver, current: Bytes::new() }
    }
}

impl Read for Parts {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.receiver.blocking_recv() {
                Some(part) => self.current = part,
                None => return Ok(0),
            }
        }
        let count = self.current.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.current.split_to(count));
        Ok(count)
    }
}
