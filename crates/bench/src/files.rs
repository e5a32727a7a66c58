//! Log files as CloudTrail delivers them, to be imported.

use crate::error::BenchError;
use cairn_model::Timestamp;
use cairn_testkit::{ACCOUNT, Traffic};
use libdeflater::{CompressionLvl, Compressor};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// Events of one file.
const FILE_EVENTS: u64 = 5_000;
/// The time that all events are spread over, up to now.
const SPAN: Duration = Duration::from_secs(7 * 86_400);
const GZIP_LEVEL: i32 = 6;
const ZSTD_LEVEL: i32 = 9;

/// What was written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Files {
    pub(crate) events: u64,
    pub(crate) files: u64,
    /// Bytes of the files.
    pub(crate) bytes: u64,
    /// Bytes of the same events as lines under `zstd -9`, as one stream.
    pub(crate) zstd_bytes: u64,
}

/// Writes `events` events into gzip files of a trail's layout below `folder`.
pub(crate) fn write(folder: &Path, seed: u64, events: u64, now: Timestamp) -> Result<Files, BenchError> {
    let folder = folder.join(format!("AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2026/01/01"));
    fs::create_dir_all(&folder).map_err(BenchError::file(&folder))?;
    let level = CompressionLvl::new(GZIP_LEVEL).expect("libdeflate has levels 0 to 12");
    let mut compressor = Compressor::new(level);
    let failed = || BenchError::file(&folder);
    let mut zstd = zstd::Encoder::new(Count(0), ZSTD_LEVEL).map_err(failed())?;
    let mut traffic = Traffic::new(seed);
    let mut written = Files { events: 0, files: 0, bytes: 0, zstd_bytes: 0 };
    let begin = now.minus(SPAN);
    while written.events < events {
        let count = FILE_EVENTS.min(events - written.events);
        let times = (written.events..written.events + count)
            .map(|at| begin.plus(SPAN.mul_f64(at as f64 / events as f64)));
        let text = log_file(&mut traffic, times, &mut zstd).map_err(failed())?;
        let mut gzip = vec![0; compressor.gzip_compress_bound(text.len())];
        let size = compressor.gzip_compress(&text, &mut gzip).expect("the output has room for the bound");
        let name = format!("{ACCOUNT}_CloudTrail_us-east-1_20260101T0000Z_{:016}.json.gz", written.files);
        let path = folder.join(name);
        fs::write(&path, &gzip[..size]).map_err(BenchError::file(&path))?;
        written.events += count;
        written.files += 1;
        written.bytes += size as u64;
    }
    written.zstd_bytes = zstd.finish().map_err(failed())?.0;
    Ok(written)
}

/// `{"Records":[...]}`; the same events also go to `lines`, one a line.
fn log_file(
    traffic: &mut Traffic,
    times: impl Iterator<Item = Timestamp>,
    lines: &mut impl Write,
) -> std::io::Result<Vec<u8>> {
    let mut text = br#"{"Records":["#.to_vec();
    for (index, time) in times.enumerate() {
        if index > 0 {
            text.push(b',');
        }
        let start = text.len();
        traffic.next_event(time, &mut text);
        lines.write_all(&text[start..])?;
        lines.write_all(b"\n")?;
    }
    text.extend_from_slice(b"]}");
    Ok(text)
}

/// Counts bytes and keeps none.
struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
