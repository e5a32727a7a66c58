//! The buckets of a data folder, read from its files (FORMAT.md, "Buckets").

use super::{Metadata, NotAFolder, Opened, Place, Source, SourceError, open_file};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Bytes of a key's segment that go into one name.
const CHUNK_BYTES: usize = 80;
/// The last bytes of an object file: magic (8), version (4), JSON length (4), body length (8), checksum (4).
const FOOTER_BYTES: usize = 28;
const MAGIC: &[u8; 8] = b"CAIRNOBJ";
const VERSION: u32 = 1;
const JSON_BYTES_MAX: usize = 256 << 10;

/// The embedded bucket server's buckets: all of a data folder, or one of them.
#[derive(Debug)]
pub struct StoredBuckets {
    /// Their folders, by name.
    buckets: BTreeMap<String, PathBuf>,
}

#[derive(Deserialize)]
struct TrailerJson {
    headers: HeadersJson,
}

#[derive(Default, Deserialize)]
struct HeadersJson {
    #[serde(default)]
    user: BTreeMap<String, String>,
}

impl StoredBuckets {
    /// The names of the buckets.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.buckets.keys().cloned()
    }

    /// Takes a data folder, its folder `buckets`, or one bucket of it; nothing if the path is none of these.
    pub fn open(path: &Path) -> Result<Option<StoredBuckets>, NotAFolder> {
        if let Some(name) = bucket_name(path)? {
            return Ok(Some(StoredBuckets { buckets: BTreeMap::from([(name, path.to_owned())]) }));
        }
        let inner = path.join("buckets");
        let folder = if inner.is_dir() && path.join("log").is_dir() { inner } else { path.to_owned() };
        let failed = |source| NotAFolder::Io { path: folder.clone(), source };
        let mut buckets = BTreeMap::new();
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if let Some(name) = bucket_name(&path)? {
                buckets.insert(name, path);
            }
        }
        Ok((!buckets.is_empty()).then_some(StoredBuckets { buckets }))
    }
}

/// The name of a bucket's folder; nothing if it is none.
fn bucket_name(path: &Path) -> Result<Option<String>, NotAFolder> {
    #[derive(Deserialize)]
    struct BucketJson {
        version: u32,
        name: String,
    }
    let Ok(json) = std::fs::read(path.join("bucket.json")) else { return Ok(None) };
    match serde_json::from_slice::<BucketJson>(&json) {
        Ok(bucket) if bucket.version == VERSION => Ok(Some(bucket.name)),
        Ok(_) => Err(NotAFolder::Newer { path: path.to_owned() }),
        Err(_) => Ok(None),
    }
}

impl Source for StoredBuckets {
    fn list(&self, visit: &mut dyn FnMut(Place)) -> Result<(), SourceError> {
        for (bucket, folder) in &self.buckets {
            let mut visit_key = |path| visit(Place { bucket: Some(bucket.clone()), path });
            walk(&folder.join("objects"), &mut Vec::new(), &mut visit_key)?;
        }
        Ok(())
    }

    fn places(&self, bucket: &str, key: &str) -> Vec<Place> {
        vec![Place { bucket: Some(bucket.to_owned()), path: key.to_owned() }]
    }

    fn open(&self, place: &Place) -> Result<Opened, SourceError> {
        let bucket = place.bucket.as_deref().unwrap_or_default();
        let folder = self.buckets.get(bucket).ok_or(SourceError::NotFound)?;
        let file = open_file(&object_path(&folder.join("objects"), &place.path))?;
        let (metadata, body_bytes) = trailer(&file)?;
        Ok(Opened { metadata: Some(metadata), body: Box::new(file.take(body_bytes)) })
    }

    fn covers(&self, bucket: &str, _key: &str) -> Option<bool> {
        Some(self.buckets.contains_key(bucket))
    }
}

/// Gives every key below `folder`; `key` is what the folder stands for.
fn walk(folder: &Path, key: &mut Vec<u8>, visit: &mut dyn FnMut(String)) -> Result<(), SourceError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        // Deleting an object removes the folders that it leaves empty.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    for entry in entries {
        let name = entry?.file_name();
        let Some((stem, kind)) = name.to_str().and_then(|name| name.rsplit_once('.')) else { continue };
        let length = key.len();
        key.extend(percent_decode_str(stem));
        match kind {
            "d" | "c" => {
                if kind == "d" {
                    key.push(b'/');
                }
                walk(&folder.join(&name), key, visit)?;
            }
            "obj" => {
                if let Ok(key) = String::from_utf8(key.clone()) {
                    visit(key);
                }
            }
            _ => {}
        }
        key.truncate(length);
    }
    Ok(())
}

/// Where the object with this key lies.
fn object_path(objects: &Path, key: &str) -> PathBuf {
    let mut path = objects.to_owned();
    let (folders, last) = key.rsplit_once('/').map_or((None, key), |(folders, last)| (Some(folders), last));
    for segment in folders.into_iter().flat_map(|folders| folders.split('/')) {
        push(&mut path, segment.as_bytes(), "d");
    }
    push(&mut path, last.as_bytes(), "obj");
    path
}

fn push(path: &mut PathBuf, segment: &[u8], kind: &str) {
    let mut rest = segment;
    while let Some((chunk, after)) = rest.split_at_checked(CHUNK_BYTES) {
        path.push(format!("{}.c", escaped(chunk)));
        rest = after;
    }
    path.push(format!("{}.{kind}", escaped(rest)));
}

fn escaped(piece: &[u8]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let escape =
        |byte: &u8| if plain(*byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") };
    piece.iter().map(escape).collect()
}

/// Metadata and the length of the body. The trailer's own checksum is not asked: hash and signature of the
/// object tell more, and they do not stand beside it.
fn trailer(file: &File) -> Result<(Metadata, u64), SourceError> {
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the object's trailer is damaged");
    let file_bytes = file.metadata()?.len();
    let at = file_bytes.checked_sub(FOOTER_BYTES as u64).ok_or_else(damaged)?;
    let mut footer = [0; FOOTER_BYTES];
    file.read_exact_at(&mut footer, at)?;
    let number = |range: std::ops::Range<usize>| {
        footer[range].iter().rev().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte))
    };
    if footer[..8] != *MAGIC {
        return Err(damaged().into());
    }
    if number(8..12) != u64::from(VERSION) {
        let message = "the object is of a newer format: use the Cairn that wrote it";
        return Err(io::Error::new(io::ErrorKind::InvalidData, message).into());
    }
    let (json_bytes, body_bytes) = (number(12..16), number(16..24));
    let fits = json_bytes <= JSON_BYTES_MAX as u64 && body_bytes.checked_add(json_bytes) == Some(at);
    if !fits {
        return Err(damaged().into());
    }
    let mut json = vec![0; json_bytes as usize];
    file.read_exact_at(&mut json, body_bytes)?;
    let mut user = serde_json::from_slice::<TrailerJson>(&json).map_err(|_| damaged())?.headers.user;
    let metadata =
        Metadata { signature: user.remove("signature"), algorithm: user.remove("signature-algorithm") };
    Ok((metadata, body_bytes))
}
