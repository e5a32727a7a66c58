//! How many connections there may be, by how many files the process may have open.

use std::process::Command;

/// Files that are kept for everything else: the log, the catalog, history, buckets.
const FILES_KEPT: u64 = 256;
/// Connections beyond this wait to be accepted, however many files there may be: each takes memory too.
const CONNECTIONS_MAX: u64 = 4096;
/// What a system that says nothing is taken to allow.
const FILES_USUAL: u64 = 1024;

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
///
/// Setting it takes a system call that the standard library does not have; util-linux's `prlimit`, which every
/// Debian has, makes it from outside. Where there is none, the limit stays as it is.
fn raise_open_files() -> u64 {
    let Some(limit) = open_files() else { return FILES_USUAL };
    if limit.now >= limit.most {
        return limit.now;
    }
    let process = std::process::id().to_string();
    let raised =
        Command::new("prlimit").args(["--pid", &process, &format!("--nofile={0}:{0}", limit.most)]).output();
    match raised {
        Ok(output) if output.status.success() => open_files().map_or(limit.now, |limit| limit.now),
        _ => {
            tracing::info!(files = limit.now, "the limit of open files could not be raised");
            limit.now
        }
    }
}

/// How many files the process may have open.
#[derive(Debug, PartialEq, Eq)]
struct OpenFiles {
    now: u64,
    /// What it may be raised to.
    most: u64,
}

fn open_files() -> Option<OpenFiles> {
    parse(&std::fs::read_to_string("/proc/self/limits").ok()?)
}

/// Reads the table of proc_pid_limits(5).
fn parse(limits: &str) -> Option<OpenFiles> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    let number = |word: &str| if word == "unlimited" { Some(u64::MAX) } else { word.parse().ok() };
    let mut words = line.split_whitespace();
    Some(OpenFiles { now: number(words.next()?)?, most: number(words.next()?)? })
}

#[cfg(test)]
mod tests;
