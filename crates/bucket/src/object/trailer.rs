//! The end of an object file, which holds all that is known of the object (FORMAT.md, "Object files").

use super::{Headers, ObjectInfo, Sha256};
use crate::checksum::Checksum;
use crate::error::BucketError;
use crate::tags::Tags;
use cairn_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// The last bytes of an object file: magic, version (u32), length of the JSON (u32), length of the body
/// (u64), CRC-32C (u32) of the JSON and the footer before the checksum; integers little-endian.
const FOOTER_BYTES: usize = 28;
const MAGIC: &[u8; 8] = b"CAIRNOBJ";
const VERSION: u32 = 1;
/// Read at once from the end of the file: nearly every trailer fits, so a listing costs one read an object.
const TAIL_BYTES: u64 = 4096;
/// Above what 1,024 bytes of key, 2 KiB of metadata, 10 tags and 10,000 sizes of parts can take when escaped.
const JSON_BYTES_MAX: usize = 256 * 1024;

/// The JSON of the trailer.
#[derive(Serialize, Deserialize)]
struct Stored {
    key: String,
    etag: String,
    sha256: String,
    modified_us: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locked_until_us: Option<Timestamp>,
    headers: StoredHeaders,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    tags: Tags,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    checksum: Option<Checksum>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<(u32, u64)>,
}

/// [`Headers`] as JSON.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredHeaders {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_encoding: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_disposition: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cache_control: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    user: BTreeMap<String, String>,
}

/// The bytes that follow the body.
pub(crate) fn trailer(info: &ObjectInfo) -> Vec<u8> {
    let mut bytes =
        serde_json::to_vec(&Stored::from(info.clone())).expect("strings and numbers always serialize");
    let json_bytes = u32::try_from(bytes.len()).expect("keys and metadata are bounded far below 4 GiB");
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&json_bytes.to_le_bytes());
    bytes.extend_from_slice(&info.size.to_le_bytes());
    let checksum = crc32c::crc32c(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes
}

/// Opens the object file at `path`, which must hold the object `key`.
///
/// Errors: [`BucketError::NoSuchKey`], [`BucketError::Damaged`], [`BucketError::TooNew`], or what the disk
/// says.
pub(crate) fn open(path: &Path, key: &str) -> Result<(File, ObjectInfo), BucketError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => BucketError::NoSuchKey,
        _ => BucketError::from(error),
    })?;
    let info = match read_trailer(&file)? {
        Trailer::Whole(info) if info.key == key => *info,
        Trailer::Whole(_) | Trailer::Damaged => return Err(BucketError::Damaged(path.to_owned())),
        Trailer::TooNew(found) => {
            return Err(BucketError::TooNew { path: path.to_owned(), found, known: VERSION });
        }
    };
    Ok((file, info))
}

enum Trailer {
    Whole(Box<ObjectInfo>),
    /// The file is not one of ours, whole and unchanged in its trailer.
    Damaged,
    /// Of this later version.
    TooNew(u32),
}

fn read_trailer(file: &File) -> io::Result<Trailer> {
    let file_bytes = file.metadata()?.len();
    let tail = read_tail(file, file_bytes, TAIL_BYTES)?;
    let Some(footer) = tail.last_chunk::<FOOTER_BYTES>().and_then(Footer::parse) else {
        return Ok(Trailer::Damaged);
    };
    if footer.version > VERSION {
        return Ok(Trailer::TooNew(footer.version));
    }
    let trailer_bytes = (footer.json_bytes + FOOTER_BYTES) as u64;
    if footer.json_bytes > JSON_BYTES_MAX || footer.body_bytes.checked_add(trailer_bytes) != Some(file_bytes)
    {
        return Ok(Trailer::Damaged);
    }
    let tail = match trailer_bytes <= tail.len() as u64 {
        true => tail,
        false => read_tail(file, file_bytes, trailer_bytes)?,
    };
    let trailer = &tail[tail.len() - (footer.json_bytes + FOOTER_BYTES)..];
    if crc32c::crc32c(&trailer[..trailer.len() - 4]) != footer.checksum {
        return Ok(Trailer::Damaged);
    }
    let stored = serde_json::from_slice::<Stored>(&trailer[..footer.json_bytes]).ok();
    let info = stored.and_then(|stored| stored.info(footer.body_bytes));
    Ok(info.map_or(Trailer::Damaged, |info| Trailer::Whole(Box::new(info))))
}

fn read_tail(file: &File, file_bytes: u64, wanted: u64) -> io::Result<Vec<u8>> {
    let length = wanted.min(file_bytes);
    let mut tail = vec![0; usize::try_from(length).expect("a tail is at most some hundred KiB")];
    file.read_exact_at(&mut tail, file_bytes - length)?;
    Ok(tail)
}

struct Footer {
    version: u32,
    json_bytes: usize,
    body_bytes: u64,
    checksum: u32,
}

impl Footer {
    fn parse(bytes: &[u8; FOOTER_BYTES]) -> Option<Footer> {
        let (magic, rest) = bytes.split_first_chunk::<8>()?;
        let (version, rest) = rest.split_first_chunk::<4>()?;
        let (json_bytes, rest) = rest.split_first_chunk::<4>()?;
        let (body_bytes, rest) = rest.split_first_chunk::<8>()?;
        let (checksum, _) = rest.split_first_chunk::<4>()?;
        let json_bytes = usize::try_from(u32::from_le_bytes(*json_bytes)).ok()?;
        (magic == MAGIC).then(|| Footer {
            version: u32::from_le_bytes(*version),
            json_bytes,
            body_bytes: u64::from_le_bytes(*body_bytes),
            checksum: u32::from_le_bytes(*checksum),
        })
    }
}

impl From<ObjectInfo> for Stored {
    fn from(info: ObjectInfo) -> Stored {
        Stored {
            key: info.key,
            etag: info.etag,
            sha256: info.sha256.to_string(),
            modified_us: info.modified,
            locked_until_us: info.locked_until,
            headers: StoredHeaders::from(info.headers),
            tags: info.tags,
            checksum: info.checksum,
            parts: info.parts,
        }
    }
}

impl From<Headers> for StoredHeaders {
    fn from(headers: Headers) -> StoredHeaders {
        StoredHeaders {
            content_type: headers.content_type,
            content_encoding: headers.content_encoding,
            content_disposition: headers.content_disposition,
            content_language: headers.content_language,
            cache_control: headers.cache_control,
            expires: headers.expires,
            user: headers.user,
        }
    }
}

impl From<StoredHeaders> for Headers {
    fn from(stored: StoredHeaders) -> Headers {
        Headers {
            content_type: stored.content_type,
            content_encoding: stored.content_encoding,
            content_disposition: stored.content_disposition,
            content_language: stored.content_language,
            cache_control: stored.cache_control,
            expires: stored.expires,
            user: stored.user,
        }
    }
}

impl Stored {
    fn info(self, size: u64) -> Option<ObjectInfo> {
        let mut sha256 = [0; 32];
        hex::decode_to_slice(&self.sha256, &mut sha256).ok()?;
        Some(ObjectInfo {
            key: self.key,
            size,
            etag: self.etag,
            sha256: Sha256(sha256),
            modified: self.modified_us,
            locked_until: self.locked_until_us,
            headers: Headers::from(self.headers),
            tags: self.tags,
            checksum: self.checksum,
            parts: self.parts,
        })
    }
}
