//! What a process has used, as Linux tells under `/proc`.

use crate::error::BenchError;
use std::path::Path;

/// Ticks a second in `/proc/PID/stat`: 100 on every Linux, whatever the kernel's own (see proc_pid_stat(5),
/// USER_HZ).
const TICKS_PER_SECOND: f64 = 100.0;

/// CPU seconds that the process has used so far, in user and kernel mode, over all its threads.
pub(crate) fn cpu_seconds(pid: u32) -> Result<f64, BenchError> {
    let path = format!("/proc/{pid}/stat");
    let text = read(&path)?;
    parse_cpu(&text).ok_or_else(|| unreadable(&path))
}

/// CPU seconds of the processes that this one has started and waited for.
pub(crate) fn children_cpu_seconds() -> Result<f64, BenchError> {
    const PATH: &str = "/proc/self/stat";
    parse_children_cpu(&read(PATH)?).ok_or_else(|| unreadable(PATH))
}

/// The most memory that the process has had resident so far, in bytes.
pub(crate) fn peak_memory(pid: u32) -> Result<u64, BenchError> {
    let path = format!("/proc/{pid}/status");
    let text = read(&path)?;
    parse_memory(&text, "VmHWM:").ok_or_else(|| unreadable(&path))
}

/// The memory that the process has resident now, in bytes.
pub(crate) fn resident_memory(pid: u32) -> Result<u64, BenchError> {
    let path = format!("/proc/{pid}/status");
    let text = read(&path)?;
    parse_memory(&text, "VmRSS:").ok_or_else(|| unreadable(&path))
}

fn read(path: &str) -> Result<String, BenchError> {
    std::fs::read_to_string(path).map_err(BenchError::file(Path::new(path)))
}

fn unreadable(path: &str) -> BenchError {
    BenchError::file(Path::new(path))(std::io::ErrorKind::InvalidData.into())
}

/// Fields 14 and 15.
fn parse_cpu(stat: &str) -> Option<f64> {
    parse_seconds(stat, 14)
}

/// Fields 16 and 17.
fn parse_children_cpu(stat: &str) -> Option<f64> {
    parse_seconds(stat, 16)
}

/// The sum of two fields, counted from 1, `first` being beyond the second, which is a name in brackets that may hold
/// anything, brackets and spaces too.
fn parse_seconds(stat: &str, first: usize) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(first - 3);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    Some(ticks as f64 / TICKS_PER_SECOND)
}

fn parse_memory(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests;
