//! Files of the operator's that are read again when they change.

use crate::clock;
use cairn_model::Timestamp;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

/// How often a file is looked at, if calls come.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A larger file is refused.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// What a file says.
pub(crate) struct Reloaded<T> {
    path: PathBuf,
    parse: Parse<T>,
    current: RwLock<Arc<T>>,
    looked: Mutex<Looked>,
}

/// Reads a file's text. What is wrong with it is for the operator.
pub(crate) type Parse<T> = fn(&str) -> Result<T, String>;

struct Looked {
    at: Timestamp,
    /// Size and time of what was read, or tried, last.
    seen: Option<(u64, SystemTime)>,
}

/// Why a file cannot be used. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("{path}: {source}")]
    Unreadable { path: String, source: io::Error },
    #[error("{path} is larger than {FILE_BYTES_MAX} bytes")]
    TooLarge { path: String },
    #[error("{path}: {what}")]
    Content { path: String, what: String },
}

impl<T: Send + Sync + 'static> Reloaded<T> {
    /// Reads the file.
    pub(crate) fn load(path: &Path, parse: Parse<T>) -> Result<Reloaded<T>, FileError> {
        let looked = Mutex::new(Looked { at: clock::now(), seen: seen(path) });
        let current = RwLock::new(Arc::new(read(path, parse)?));
        Ok(Reloaded { path: path.to_owned(), parse, current, looked })
    }

    /// What it says now. Reads it again if it has changed; a file that cannot be used is told of once, and what it said
    /// before holds on.
    pub(crate) async fn current(self: &Arc<Self>, now: Timestamp) -> Arc<T> {
        if self.is_due(now) {
            let file = Arc::clone(self);
            let looked = tokio::task::spawn_blocking(move || file.look()).await;
            looked.expect("reading a file does not panic");
        }
        self.read()
    }

    /// The same on a thread that may block.
    pub(crate) fn current_here(&self, now: Timestamp) -> Arc<T> {
        if self.is_due(now) {
            self.look();
        }
        self.read()
    }

    fn read(&self) -> Arc<T> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_due(&self, now: Timestamp) -> bool {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let due = now.since(looked.at) >= LOOK_EVERY;
        if due {
            looked.at = now;
        }
        due
    }

    fn look(&self) {
        let found = seen(&self.path);
        {
            let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
            if looked.seen == found {
                return;
            }
            looked.seen = found;
        }
        match read(&self.path, self.parse) {
            Ok(read) => {
                tracing::info!(path = %self.path.display(), "the file was reloaded");
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(read);
            }
            Err(error) => tracing::error!(%error, "what the file said before goes on being used"),
        }
    }
}

fn seen(path: &Path) -> Option<(u64, SystemTime)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

fn read<T>(path: &Path, parse: Parse<T>) -> Result<T, FileError> {
    let shown = || path.display().to_string();
    let unreadable = |source| FileError::Unreadable { path: shown(), source };
    if std::fs::metadata(path).map_err(unreadable)?.len() > FILE_BYTES_MAX {
        return Err(FileError::TooLarge { path: shown() });
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    parse(&text).map_err(|what| FileError::Content { path: shown(), what })
}

#[cfg(test)]
mod tests;
