//! What the machine can do at best: no server is faster than its disk, and the same machine differs from run
//! to run.

use crate::error::BenchError;
use crate::quantiles::{Quantiles, median};
use libdeflater::{CompressionLvl, Compressor};
use rustix::fs::FallocateFlags;
use std::fs::File;
use std::hint::black_box;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// What does not depend on the run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Probes {
    /// Gigabytes of memory copied a second, on one core.
    pub(crate) copy_gigabytes: f64,
    /// Megabytes of events that libdeflate compresses a second at level 6, on one core.
    pub(crate) gzip_megabytes: f64,
    /// How many times smaller they become.
    pub(crate) gzip_ratio: f64,
    /// Whether `work` is in memory, where a disk's times mean nothing.
    pub(crate) work_in_memory: bool,
}

/// How long fdatasync takes after appending to a preallocated file, as a log does.
#[derive(Clone, Debug)]
pub(crate) struct Disk {
    /// After 4 KiB: the least that a single event costs.
    pub(crate) small: Quantiles,
    /// After 1 MiB: about a request's worth of events.
    pub(crate) large: Quantiles,
}

const SMALL: (usize, usize) = (4 << 10, 400);
const LARGE: (usize, usize) = (1 << 20, 100);
const COPY_BYTES: usize = 256 << 20;
const REPEATS: usize = 5;
const GZIP_LEVEL: i32 = 6;

/// Measures one core's speed with `events`, and looks at the disk of `work`.
pub(crate) fn probe(work: &Path, events: Vec<u8>) -> Result<Probes, BenchError> {
    let (gzip_megabytes, gzip_ratio) = gzip(&events);
    drop(events);
    Ok(Probes { copy_gigabytes: copy(), gzip_megabytes, gzip_ratio, work_in_memory: is_in_memory(work)? })
}

/// The median of some repeats, in units of `bytes` a second.
fn speed(bytes: usize, mut step: impl FnMut()) -> f64 {
    let measure = |_| {
        let start = Instant::now();
        step();
        bytes as f64 / start.elapsed().as_secs_f64()
    };
    median(&(0..REPEATS).map(measure).collect::<Vec<_>>())
}

fn copy() -> f64 {
    let source = vec![1u8; COPY_BYTES];
    let mut target = vec![2u8; COPY_BYTES];
    let bytes = speed(COPY_BYTES, || {
        target.copy_from_slice(black_box(&source));
        black_box(&mut target);
    });
    bytes / 1e9
}

fn gzip(events: &[u8]) -> (f64, f64) {
    let level = CompressionLvl::new(GZIP_LEVEL).expect("libdeflate has levels 0 to 12");
    let mut compressor = Compressor::new(level);
    let mut out = vec![0; compressor.gzip_compress_bound(events.len())];
    let mut size = 0;
    let bytes = speed(events.len(), || {
        size =
            compressor.gzip_compress(black_box(events), &mut out).expect("the output has room for the bound");
    });
    (bytes / 1e6, events.len() as f64 / size as f64)
}

fn is_in_memory(folder: &Path) -> Result<bool, BenchError> {
    /// Of tmpfs; see statfs(2).
    const TMPFS_MAGIC: rustix::fs::FsWord = 0x0102_1994;
    let stats = rustix::fs::statfs(folder).map_err(|error| BenchError::file(folder)(error.into()))?;
    Ok(stats.f_type == TMPFS_MAGIC)
}

impl Disk {
    /// Measures the disk that `folder` is on, within a second or a few.
    pub(crate) fn measure(folder: &Path) -> Result<Disk, BenchError> {
        Ok(Disk { small: appends(folder, SMALL)?, large: appends(folder, LARGE)? })
    }
}

/// Times of fdatasync alone: the write before it goes to memory.
fn appends(folder: &Path, (bytes, count): (usize, usize)) -> Result<Quantiles, BenchError> {
    let path = folder.join("fdatasync-probe");
    let measured = append_times(&path, bytes, count).map_err(BenchError::file(&path));
    // What is left is removed with the folder.
    drop(std::fs::remove_file(&path));
    measured.map(Quantiles::of)
}

fn append_times(path: &Path, bytes: usize, count: usize) -> std::io::Result<Vec<Duration>> {
    let file = File::create(path)?;
    rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, (bytes * count) as u64)?;
    file.sync_all()?;
    let block: Vec<u8> = (0..bytes).map(|at| at as u8).collect();
    let append = |index: usize| {
        file.write_all_at(&block, (index * bytes) as u64)?;
        let start = Instant::now();
        file.sync_data()?;
        Ok(start.elapsed())
    };
    (0..count).map(append).collect()
}

#[cfg(test)]
mod tests;
