//! How many connections there may be, by how many files the process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are kept for everything else: the log, the catalog, history, buckets.
const FILES_KEPT: u64 = 256;
/// Connections beyond this wait to be accepted, however many files there may be: each takes memory too.
const CONNECTIONS_MAX: u64 = 4096;

/// Raises the limit of open files as far as the system lets, and says how many connections fit in it.
pub(super) fn connections_max() -> usize {
    let files = raise_open_files();
    let connections = connections_for(files);
    tracing::debug!(files, connections, "limits");
    connections
}

/// Half of what few files are left over are for connections, as answering one may take a file.
fn connections_for(files: u64) -> usize {
    let fitting = files.saturating_sub(FILES_KEPT).max(files / 2);
    usize::try_from(fitting.clamp(1, CONNECTIONS_MAX)).unwrap_or(1)
}

/// The limit of open files after raising it to what the system lets the process have at most.
fn raise_open_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::info!(%error, "the limit of open files could not be raised");
        }
    }
    // None: there is no limit.
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
