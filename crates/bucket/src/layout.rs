//! Where an object lies: keys to paths and back (FORMAT.md, "Names").
//!
//! The folder tree follows the `/` of the keys, so that a folder holds neighbours in key order and a listing
//! reads only the folders it shows. Every name ends in a suffix that tells its kind, so that the key `a` (an
//! object) and the key `a/b` (a folder `a`) do not clash, and no name is ever empty, `.` or `..`.

use std::path::{Path, PathBuf};

/// Longest key in bytes, as in S3.
pub(crate) const KEY_BYTES_MAX: usize = 1024;
/// Bytes of a segment in one name. A longer segment goes on in a folder of its own: escaped threefold and
/// with its suffix a name stays within the 255 bytes that file systems allow.
const CHUNK_BYTES: usize = 80;

/// What a name in the tree stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// An object: its key ends here.
    Object,
    /// A folder of keys that go on right here, in the middle of a segment.
    Chunk,
    /// A folder of keys that go on after a `/`.
    Folder,
}

impl Kind {
    fn suffix(self) -> &'static str {
        match self {
            Kind::Object => ".obj",
            Kind::Chunk => ".c",
            Kind::Folder => ".d",
        }
    }
}

/// The file of the object `key` below the folder `objects`.
pub(crate) fn object_path(objects: &Path, key: &str) -> PathBuf {
    let mut path = objects.to_owned();
    let mut segments = key.as_bytes().split(|byte| *byte == b'/').peekable();
    while let Some(mut segment) = segments.next() {
        while segment.len() >= CHUNK_BYTES {
            let (chunk, rest) = segment.split_at(CHUNK_BYTES);
            path.push(name(chunk, Kind::Chunk));
            segment = rest;
        }
        let kind = if segments.peek().is_some() { Kind::Folder } else { Kind::Object };
        path.push(name(segment, kind));
    }
    path
}

/// The name of a piece of a key; `piece` is without the `/` that a [`Kind::Folder`] stands for.
pub(crate) fn name(piece: &[u8], kind: Kind) -> String {
    let mut name = String::with_capacity(piece.len() + 4);
    for byte in piece {
        if is_plain(*byte) {
            name.push(char::from(*byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    name.push_str(kind.suffix());
    name
}

/// The piece of a key and the kind that `name` stands for; nothing if we would not have given that name.
pub(crate) fn parse_name(text: &str) -> Option<(Vec<u8>, Kind)> {
    let kinds = [Kind::Object, Kind::Chunk, Kind::Folder];
    let (escaped, kind) =
        kinds.into_iter().find_map(|kind| Some((text.strip_suffix(kind.suffix())?, kind)))?;
    let is_plain_text = escaped.bytes().all(is_plain);
    let piece = match is_plain_text {
        true => escaped.as_bytes().to_vec(),
        false => percent_encoding::percent_decode_str(escaped).collect(),
    };
    let length_fits = match kind {
        Kind::Chunk => piece.len() == CHUNK_BYTES,
        Kind::Object | Kind::Folder => piece.len() < CHUNK_BYTES,
    };
    // Two names for one key would list it twice, so only the name we would give counts.
    (length_fits && (is_plain_text || name(&piece, kind) == text)).then_some((piece, kind))
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

#[cfg(test)]
mod tests;
