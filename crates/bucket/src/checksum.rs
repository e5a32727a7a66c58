//! Checksums that clients ask to be kept with an object.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
use serde::{Deserialize, Serialize};

/// How a checksum is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Algorithm {
    /// CRC-32 as in ISO-HDLC.
    Crc32,
    /// CRC-32C (Castagnoli).
    Crc32c,
    /// CRC-64/NVME.
    Crc64Nvme,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

/// What a checksum is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Coverage {
    /// All bytes of the object.
    FullObject,
    /// The checksums of the parts of a multipart upload, one after another.
    Composite,
}

/// A checksum of an object or of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksum {
    /// How it is computed.
    pub algorithm: Algorithm,
    /// What it is over.
    #[serde(rename = "type")]
    pub coverage: Coverage,
    /// Base64; a composite one goes on with `-` and the number of parts.
    pub value: String,
}

impl Algorithm {
    /// All of them.
    pub(crate) const ALL: [Algorithm; 5] =
        [Algorithm::Crc32, Algorithm::Crc32c, Algorithm::Crc64Nvme, Algorithm::Sha1, Algorithm::Sha256];

    /// As in `x-amz-checksum-algorithm`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Algorithm::Crc32 => "CRC32",
            Algorithm::Crc32c => "CRC32C",
            Algorithm::Crc64Nvme => "CRC64NVME",
            Algorithm::Sha1 => "SHA1",
            Algorithm::Sha256 => "SHA256",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Algorithm> {
        Algorithm::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    /// The header that carries it.
    pub(crate) fn header(self) -> &'static str {
        match self {
            Algorithm::Crc32 => "x-amz-checksum-crc32",
            Algorithm::Crc32c => "x-amz-checksum-crc32c",
            Algorithm::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Algorithm::Sha1 => "x-amz-checksum-sha1",
            Algorithm::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// What the checksum of a multipart upload is over unless its maker says.
    pub(crate) fn usual_coverage(self) -> Coverage {
        match self {
            Algorithm::Crc64Nvme => Coverage::FullObject,
            Algorithm::Crc32 | Algorithm::Crc32c | Algorithm::Sha1 | Algorithm::Sha256 => Coverage::Composite,
        }
    }

    /// Whether S3 knows it with that coverage: digests are not linear, and CRC-64 was never composite.
    pub(crate) fn can_cover(self, coverage: Coverage) -> bool {
        match self {
            Algorithm::Crc32 | Algorithm::Crc32c => true,
            Algorithm::Crc64Nvme => coverage == Coverage::FullObject,
            Algorithm::Sha1 | Algorithm::Sha256 => coverage == Coverage::Composite,
        }
    }
}

impl Coverage {
    /// As in `x-amz-checksum-type`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Coverage::FullObject => "FULL_OBJECT",
            Coverage::Composite => "COMPOSITE",
        }
    }
}

impl Checksum {
    /// The checksum of parts' checksums; nothing if one of them has none of this algorithm.
    pub(crate) fn composite<'a>(
        algorithm: Algorithm,
        parts: impl ExactSizeIterator<Item = Option<&'a Checksum>>,
    ) -> Option<Checksum> {
        let count = parts.len();
        let mut hasher = Hasher::new(algorithm);
        for part in parts {
            let part = part.filter(|part| part.algorithm == algorithm)?;
            hasher.update(&BASE64_STANDARD.decode(&part.value).ok()?);
        }
        let value = format!("{}-{count}", hasher.finish().value);
        Some(Checksum { algorithm, coverage: Coverage::Composite, value })
    }
}

/// A checksum being computed.
pub(crate) enum Hasher {
    Crc32(Crc32),
    Crc32c(Crc32c),
    Crc64Nvme(Crc64Nvme),
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Hasher {
    pub(crate) fn new(algorithm: Algorithm) -> Hasher {
        match algorithm {
            Algorithm::Crc32 => Hasher::Crc32(Crc32::new()),
            Algorithm::Crc32c => Hasher::Crc32c(Crc32c::new()),
            Algorithm::Crc64Nvme => Hasher::Crc64Nvme(Crc64Nvme::new()),
            Algorithm::Sha1 => Hasher::Sha1(Sha1::new()),
            Algorithm::Sha256 => Hasher::Sha256(Sha256::new()),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Hasher::Crc32(hasher) => hasher.update(bytes),
            Hasher::Crc32c(hasher) => hasher.update(bytes),
            Hasher::Crc64Nvme(hasher) => hasher.update(bytes),
            Hasher::Sha1(hasher) => hasher.update(bytes),
            Hasher::Sha256(hasher) => hasher.update(bytes),
        }
    }

    pub(crate) fn finish(self) -> Checksum {
        let encode = |bytes: &[u8]| BASE64_STANDARD.encode(bytes);
        let (algorithm, value) = match self {
            Hasher::Crc32(hasher) => (Algorithm::Crc32, encode(&hasher.finalize())),
            Hasher::Crc32c(hasher) => (Algorithm::Crc32c, encode(&hasher.finalize())),
            Hasher::Crc64Nvme(hasher) => (Algorithm::Crc64Nvme, encode(&hasher.finalize())),
            Hasher::Sha1(hasher) => (Algorithm::Sha1, encode(&hasher.finalize())),
            Hasher::Sha256(hasher) => (Algorithm::Sha256, encode(hasher.finalize().as_ref())),
        };
        Checksum { algorithm, coverage: Coverage::FullObject, value }
    }
}
