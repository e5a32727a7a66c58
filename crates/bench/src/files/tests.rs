#![allow(clippy::unwrap_used, reason = "tests")]

use super::{FILE_EVENTS, write};
use cairn_model::Timestamp;
use std::path::PathBuf;

fn files_below(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn files_hold_as_many_events_as_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let written = write(folder.path(), 1, FILE_EVENTS + 7, Timestamp::from_seconds(1_767_225_600)).unwrap();
    assert_eq!((written.events, written.files), (FILE_EVENTS + 7, 2));
    let files = files_below(folder.path());
    let mut events = 0;
    for file in &files {
        let gzip = std::fs::read(file).unwrap();
        let size = u32::from_le_bytes(*gzip.last_chunk().unwrap()) as usize;
        let mut text = vec![0; size];
        libdeflater::Decompressor::new().gzip_decompress(&gzip, &mut text).unwrap();
        let log: serde_json::Value = serde_json::from_slice(&text).unwrap();
        events += log["Records"].as_array().unwrap().len() as u64;
    }
    assert_eq!(events, written.events);
    assert!(written.zstd_bytes > 0 && written.zstd_bytes < written.bytes);
}
