//! What several histories share, so that a thousand of them take little more than one.

use super::background::Background;
use crate::duplicates::Duplicates;
use crate::table::FileReader;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Threads for work that nobody waits for, and the memory for what is known of data files. Cloning shares it.
#[derive(Clone)]
pub struct Commons {
    pub(super) background: Arc<Background>,
    pub(super) duplicates: Arc<Duplicates>,
    pub(crate) reader: Arc<FileReader>,
}

impl Commons {
    /// Starts the threads.
    pub fn start() -> io::Result<Commons> {
        Ok(Commons {
            background: Arc::new(Background::start()?),
            duplicates: Arc::new(Duplicates::new()),
            // Nothing is opened by it: each history reads its own folder.
            reader: Arc::new(FileReader::new(PathBuf::new())),
        })
    }
}
