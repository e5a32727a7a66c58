//! `cairn restore`: a backup becomes a data folder.

use super::backup::{copy_durably, sync_folder, sync_folders};
use super::counted::counted;
use super::{Failure, output};
use crate::backup::manifest::{DATA, Entry, KEY_FILE, Manifest, NAME};
use crate::setup::{self, RESTORING};
use clap::Args;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Make a data folder of a backup
#[derive(Args)]
#[command(
    after_help = "Example:\n  cairn restore ./backup-2026-11-21 --data ./cairn-data\n  cairn serve --data ./cairn-data"
)]
pub(super) struct Restore {
    /// The backup's folder
    backup: PathBuf,
    /// The data folder to make; it must hold nothing of a Cairn's
    #[arg(long, default_value = "./cairn-data", env = "CAIRN_DATA")]
    data: PathBuf,
    /// The file secret.key of a backup that was made without it
    #[arg(long)]
    secret_key: Option<PathBuf>,
}

impl Restore {
    pub(super) fn run(self) -> Result<(), Failure> {
        let manifest = read_manifest(&self.backup)?;
        self.check_key(&manifest)?;
        let _lock = setup::lock_for_restore(&self.data).map_err(Failure::failed)?;
        let failed = |error: io::Error| Failure::Failed(format!("{}: {error}", self.data.display()));
        let aside = self.data.join(RESTORING);
        match aside.exists() {
            true => clear_unfinished(&aside, &self.data).map_err(failed)?,
            false => refuse_used(&self.data)?,
        }
        // A crash from here on leaves this folder, and `serve` refuses to start beside it.
        fs::create_dir(&aside).map_err(failed)?;
        sync_folder(&self.data).map_err(failed)?;
        for file in &manifest.files {
            restore(&self.backup, &aside, file)?;
        }
        if let Some(key) = &self.secret_key {
            let mut from =
                File::open(key).map_err(|error| Failure::Failed(format!("{}: {error}", key.display())))?;
            copy_durably(&mut from, &aside.join(KEY_FILE), KEY_FILE).map_err(failed)?;
        }
        sync_folders(&aside).map_err(failed)?;
        move_up(&aside, &self.data).map_err(failed)?;
        output::tell(&format!(
            "{}: {} of {}, every event acknowledged before {}. Start it: cairn serve --data {}",
            self.data.display(),
            counted(manifest.files.len() as u64, "file"),
            self.backup.display(),
            manifest.created,
            self.data.display(),
        ));
        Ok(())
    }

    fn check_key(&self, manifest: &Manifest) -> Result<(), Failure> {
        let inside = manifest.files.iter().any(|file| file.name == KEY_FILE);
        match (inside, &self.secret_key) {
            (true, Some(_)) => Err(Failure::Usage("the backup has its own secret.key".to_owned())),
            (false, None) => {
                let message = "the backup was made without secret.key; give it with --secret-key FILE";
                Err(Failure::Usage(message.to_owned()))
            }
            _ => Ok(()),
        }
    }
}

fn read_manifest(backup: &Path) -> Result<Manifest, Failure> {
    let path = backup.join(NAME);
    match fs::read(&path) {
        Ok(json) => Manifest::parse(&json).map_err(Failure::failed),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Failure::Failed(format!(
            "{} is not there: this is no backup, or one that broke off",
            path.display()
        ))),
        Err(error) => Err(Failure::Failed(format!("{}: {error}", path.display()))),
    }
}

/// Restoring mixes nothing: what a Cairn has written stays alone. Files that are not Cairn's do not matter.
fn refuse_used(data: &Path) -> Result<(), Failure> {
    let used = setup::OWN_NAMES.iter().find(|name| data.join(name).exists());
    match used {
        None => Ok(()),
        Some(name) => Err(Failure::Usage(format!(
            "{} holds a Cairn's {name} already; restore into a fresh folder",
            data.display()
        ))),
    }
}

/// Removes what an earlier restore left that was cut off: what stands beside its folder has come out of it, because it
/// began with nothing there and no server has started since.
fn clear_unfinished(aside: &Path, data: &Path) -> io::Result<()> {
    for name in setup::OWN_NAMES {
        let path = data.join(name);
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::remove_dir_all(aside)
}

/// Copies a file and compares it with what the manifest says.
fn restore(backup: &Path, aside: &Path, file: &Entry) -> Result<(), Failure> {
    let source = backup.join(DATA).join(&file.name);
    let failed = |error: io::Error| Failure::Failed(format!("{}: {error}", source.display()));
    let mut from = File::open(&source).map_err(failed)?;
    let copied = copy_durably(&mut from, &aside.join(&file.name), &file.name).map_err(failed)?;
    if copied != *file {
        return Err(Failure::Failed(format!("{} is not what was backed up", source.display())));
    }
    Ok(())
}

/// Gives everything its place. The emptied folder goes last, so until then no server starts on a part.
fn move_up(aside: &Path, data: &Path) -> io::Result<()> {
    for entry in fs::read_dir(aside)? {
        let entry = entry?;
        fs::rename(entry.path(), data.join(entry.file_name()))?;
    }
    sync_folder(data)?;
    fs::remove_dir(aside)?;
    sync_folder(data)
}
