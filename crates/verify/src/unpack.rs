//! Gzip files to the hash of what they hold.
//!
//! Hashes in digests are over the bytes before compression, so everything is decompressed: files of usual
//! size at once by the fastest decoder there is, others piece by piece.

use aws_lc_rs::digest::{Context, SHA256};
use flate2::{Decompress, FlushDecompress, Status};
use libdeflater::{DecompressionError, Decompressor};
use memchr::memmem;
use std::io::{self, Read};

/// Compressed bytes that are decoded at once; a log file has at most 50 MB before compression.
const WHOLE_GZIP_MAX: usize = 32 << 20;
/// Plain bytes that are decoded at once.
const WHOLE_PLAIN_MAX: usize = 96 << 20;
/// Deflate cannot do better than 1032 to 1, so what claims more is no gzip member of that length.
const RATIO_MAX: usize = 1040;
/// Bytes of one piece of a larger file.
const PIECE_BYTES: usize = 256 << 10;
/// Header and trailer of an empty gzip member take more than this.
const GZIP_BYTES_MIN: usize = 18;

/// A SHA-256.
pub(crate) type Sha256 = [u8; 32];

/// Why there is no hash.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnpackError {
    /// It could not be read to its end.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Not gzip, cut off, or its checksum does not fit.
    #[error("it is not a whole gzip file")]
    NotGzip,
    /// Something stands behind the first gzip member: readers disagree about whether it belongs to it.
    #[error("there is more behind the end of its gzip data")]
    More,
    /// It does not fit where it has to.
    #[error("it is larger than {0} bytes")]
    TooLarge(usize),
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unpacked {
    pub(crate) sha256: Sha256,
    /// Bytes as stored.
    pub(crate) gzip_bytes: u64,
}

/// Decompresses and hashes; keeps its memory from file to file.
pub(crate) struct Unpacker {
    decompressor: Decompressor,
    gzip: Vec<u8>,
    plain: Vec<u8>,
}

impl Unpacker {
    pub(crate) fn new() -> Unpacker {
        Unpacker { decompressor: Decompressor::new(), gzip: Vec::new(), plain: Vec::new() }
    }

    /// Hashes what one gzip file holds; it must be exactly one member. Takes up to 128 MiB of memory, whatever
    /// the file's size.
    pub(crate) fn hash(&mut self, file: &mut dyn Read) -> Result<Unpacked, UnpackError> {
        self.gzip.clear();
        (&mut *file).take(WHOLE_GZIP_MAX as u64).read_to_end(&mut self.gzip)?;
        let is_whole = self.gzip.len() < WHOLE_GZIP_MAX;
        if is_whole && let Some(length) = self.unpack_whole()? {
            return Ok(Unpacked {
                sha256: sha256(&self.plain[..length]),
                gzip_bytes: self.gzip.len() as u64,
            });
        }
        stream(&mut self.gzip.chain(file))
    }

    /// What one gzip file of at most `plain_max` plain bytes holds, and its hash.
    pub(crate) fn read(
        &mut self,
        file: &mut dyn Read,
        plain_max: usize,
    ) -> Result<(Vec<u8>, Unpacked), UnpackError> {
        let mut plain = Vec::new();
        let mut sink = |piece: &[u8]| {
            plain.extend_from_slice(piece);
            if plain.len() > plain_max { Err(UnpackError::TooLarge(plain_max)) } else { Ok(()) }
        };
        let gzip_bytes = inflate(file, &mut sink)?;
        let sha256 = sha256(&plain);
        Ok((plain, Unpacked { sha256, gzip_bytes }))
    }

    /// Decodes `self.gzip` at once; nothing if it takes the slower way to tell.
    fn unpack_whole(&mut self) -> Result<Option<usize>, UnpackError> {
        let gzip = &self.gzip[..];
        let Some(claimed) = claimed_length(gzip) else { return Err(UnpackError::NotGzip) };
        if claimed > WHOLE_PLAIN_MAX || claimed > gzip.len().saturating_mul(RATIO_MAX) {
            return Ok(None);
        }
        if self.plain.len() < claimed {
            self.plain.resize(claimed, 0);
        }
        match self.decompressor.gzip_decompress(gzip, &mut self.plain[..claimed]) {
            Ok(length) if ends_at_last_byte(gzip, length) => Ok(Some(length)),
            // The length is that of a later member, or not: only the other decoder tells where the first ends.
            Ok(_) | Err(DecompressionError::InsufficientSpace) => Ok(None),
            Err(DecompressionError::BadData) => Err(UnpackError::NotGzip),
        }
    }
}

/// What the last four bytes say: the plain length modulo 2^32 (RFC 1952, 2.3.1), if this is one member.
fn claimed_length(gzip: &[u8]) -> Option<usize> {
    let claimed = u32::from_le_bytes(*gzip.last_chunk()?);
    (gzip.len() >= GZIP_BYTES_MIN).then(|| usize::try_from(claimed).ok())?
}

/// Whether the member that decoded to `plain` bytes takes all of `gzip`.
///
/// The decoder does not say where it stopped. But it saw the plain length in the four bytes before that place,
/// so if these bytes stand nowhere but at the very end, that is where it stopped.
fn ends_at_last_byte(gzip: &[u8], plain: usize) -> bool {
    let length = (plain as u32).to_le_bytes();
    memmem::find(gzip, &length) == Some(gzip.len() - length.len())
}

/// Hashes piece by piece.
fn stream(file: &mut dyn Read) -> Result<Unpacked, UnpackError> {
    let mut context = Context::new(&SHA256);
    let gzip_bytes = inflate(file, &mut |piece| {
        context.update(piece);
        Ok(())
    })?;
    Ok(Unpacked { sha256: fixed(context.finish().as_ref()), gzip_bytes })
}

/// Gives the plain bytes of exactly one gzip member to `sink`, in pieces; returns the compressed length.
fn inflate(
    file: &mut dyn Read,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), UnpackError>,
) -> Result<u64, UnpackError> {
    let mut decoder = Decompress::new_gzip(15);
    let mut input = vec![0; PIECE_BYTES];
    let mut output = vec![0; PIECE_BYTES];
    let (mut read, mut used) = (0, 0);
    loop {
        if used == read {
            read = read_some(file, &mut input)?;
            used = 0;
        }
        let before = (decoder.total_in(), decoder.total_out());
        let status = decoder
            .decompress(&input[used..read], &mut output, FlushDecompress::None)
            .map_err(|_| UnpackError::NotGzip)?;
        let taken = (decoder.total_in() - before.0) as usize;
        let made = (decoder.total_out() - before.1) as usize;
        used += taken;
        sink(&output[..made])?;
        if status == Status::StreamEnd {
            let is_end = used == read && read_some(file, &mut input)? == 0;
            return if is_end { Ok(decoder.total_in()) } else { Err(UnpackError::More) };
        }
        // Nothing more comes in and nothing comes out: the file was cut off.
        if taken == 0 && made == 0 && used == read && read == 0 {
            return Err(UnpackError::NotGzip);
        }
    }
}

fn read_some(file: &mut dyn Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// The SHA-256 of some bytes.
pub(crate) fn sha256(bytes: &[u8]) -> Sha256 {
    fixed(aws_lc_rs::digest::digest(&SHA256, bytes).as_ref())
}

fn fixed(digest: &[u8]) -> Sha256 {
    digest.try_into().expect("a SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests;
