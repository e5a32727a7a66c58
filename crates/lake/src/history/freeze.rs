//! A state of the table that stays on disk for as long as a backup takes.

use super::Shared;
use crate::error::LakeError;
use crate::table::{Hold, Table};
use cairn_model::Position;
use std::path::{Path, PathBuf};

/// One consistent state of the table. Its files do not change, and none of them is deleted until this is
/// dropped; commits, look-ups and joins go on meanwhile, and the table grows by what they leave behind.
#[derive(Debug)]
pub struct Frozen {
    dir: PathBuf,
    files: Vec<String>,
    committed: Position,
    _hold: Hold,
    /// While it is there, copies of a bucket's objects stay in the folder.
    _copies: Option<std::sync::Arc<()>>,
}

impl Frozen {
    /// The table's folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The files that make the table, by their paths relative to its folder: data files, then those of its
    /// log. A folder with just these is a table.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// Every event below this position that history takes is in these files; those at or above it are not.
    pub fn committed(&self) -> Position {
        self.committed
    }
}

impl Shared {
    /// See [`super::History::freeze`].
    pub(super) async fn freeze(&self) -> Result<Frozen, LakeError> {
        let mut table = self.table.lock().await;
        table.settle().await?;
        // From here on nothing is deleted: deleting, too, takes the lock.
        let hold = table.hold();
        let view = table.view();
        self.publish(std::sync::Arc::clone(&view));
        let dir = self.reader.dir().to_owned();
        let mut files: Vec<String> = view.files.iter().map(|file| file.path.clone()).collect();
        if let Some(remote) = self.reader.remote() {
            remote.keep_log().await?;
        }
        files.extend(log_files(&table, &dir)?);
        let copies = match self.reader.remote() {
            Some(remote) => Some(remote.keep_all(&files).await?),
            None => None,
        };
        Ok(Frozen { dir, files, committed: view.committed, _hold: hold, _copies: copies })
    }
}

/// The files of the table's log that tell its state: the newest checkpoint, if there is one, and the
/// entries after it. `_last_checkpoint` is not among them: it changes, and is only a hint.
fn log_files(table: &Table, dir: &Path) -> Result<Vec<String>, LakeError> {
    const LOG: &str = "_delta_log";
    let version = table.version();
    let mut checkpoint: Option<u64> = None;
    for entry in dir.join(LOG).read_dir()? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(".checkpoint.parquet"));
        let number = number.and_then(|number| number.parse().ok()).filter(|number| *number <= version);
        checkpoint = checkpoint.max(number);
    }
    let mut files = Vec::new();
    files.extend(checkpoint.map(|number| format!("{LOG}/{number:020}.checkpoint.parquet")));
    let first = checkpoint.map_or(0, |number| number + 1);
    files.extend((first..=version).map(|number| format!("{LOG}/{number:020}.json")));
    Ok(files)
}
