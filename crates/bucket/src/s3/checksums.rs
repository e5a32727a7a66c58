//! What requests say about their bodies, and the checksums that answers show.

use super::failure::BodyFault;
use crate::buckets::Check;
use crate::checksum::{Algorithm, Checksum, Coverage};
use crate::error::BoxError;
use crate::incoming::Digests;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderMap;
use s3s::dto::{self, ChecksumAlgorithm, ChecksumType};
use s3s::{S3Result, TrailingHeaders, s3_error};

/// What a request says about its body.
#[derive(Default)]
pub(super) struct Expected {
    pub(super) length: Option<u64>,
    md5: Option<Vec<u8>>,
    checksum: Option<(Algorithm, Source)>,
}

/// Where the checksum stands, in base64.
enum Source {
    Header(String),
    /// After the body.
    Trailer(Option<TrailingHeaders>),
}

impl Expected {
    /// Reads the headers. A checksum that cannot be checked is refused, never ignored.
    pub(super) fn of(headers: &HeaderMap, trailing: Option<TrailingHeaders>) -> S3Result<Expected> {
        let mut found = Vec::new();
        for (name, value) in headers {
            if let Some(algorithm) = checksum_name(name.as_str())? {
                let value = value
                    .to_str()
                    .map_err(|_| s3_error!(InvalidRequest, "Value for {name} header is invalid."))?;
                found.push((algorithm, Source::Header(value.to_owned())));
            }
        }
        for names in headers.get_all("x-amz-trailer") {
            for name in String::from_utf8_lossy(names.as_bytes()).split(',') {
                let algorithm = checksum_name(&name.trim().to_ascii_lowercase())?;
                found.extend(algorithm.map(|algorithm| (algorithm, Source::Trailer(trailing.clone()))));
            }
        }
        if found.len() > 1 {
            return Err(s3_error!(
                InvalidRequest,
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
            ));
        }
        if found.is_empty() && headers.contains_key("x-amz-sdk-checksum-algorithm") {
            return Err(s3_error!(
                InvalidRequest,
                "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found."
            ));
        }
        Ok(Expected { length: None, md5: content_md5(headers)?, checksum: found.pop() })
    }

    /// For a request whose own body Content-MD5 is about, not the object's.
    pub(super) fn forget_md5(&mut self) {
        self.md5 = None;
    }

    /// Which checksum has to be computed.
    pub(super) fn algorithm(&self) -> Option<Algorithm> {
        self.checksum.as_ref().map(|(algorithm, _)| *algorithm)
    }

    /// Refuses a body of which something else was computed than was said.
    pub(super) fn check(self) -> Check {
        Box::new(|digests| self.hold_against(digests).map_err(|fault| Box::new(fault) as BoxError))
    }

    fn hold_against(self, digests: &Digests) -> Result<(), BodyFault> {
        if self.length.is_some_and(|expected| expected != digests.size) {
            return Err(BodyFault::Length);
        }
        if self.md5.is_some_and(|expected| expected != digests.md5) {
            return Err(BodyFault::Md5);
        }
        let Some((algorithm, source)) = self.checksum else { return Ok(()) };
        let header = algorithm.header();
        let expected = match source {
            Source::Header(value) => value,
            Source::Trailer(trailing) => {
                let value = trailing.and_then(|trailing| {
                    trailing.read(|headers| {
                        headers.get(header).and_then(|value| value.to_str().ok().map(str::to_owned))
                    })
                });
                value.flatten().ok_or(BodyFault::NoTrailer(header))?
            }
        };
        let computed = digests.checksum.as_ref().filter(|computed| computed.algorithm == algorithm);
        match computed.is_some_and(|computed| is_same(computed, &expected)) {
            true => Ok(()),
            false => Err(BodyFault::Checksum(header)),
        }
    }
}

/// A composite checksum may be said with or without the number of its parts.
fn is_same(computed: &Checksum, expected: &str) -> bool {
    let bare = computed.value.split('-').next().unwrap_or_default();
    computed.value == expected || (computed.coverage == Coverage::Composite && bare == expected)
}

fn content_md5(headers: &HeaderMap) -> S3Result<Option<Vec<u8>>> {
    let Some(md5) = headers.get("content-md5") else { return Ok(None) };
    let md5 = BASE64_STANDARD.decode(md5).ok().filter(|md5| md5.len() == 16);
    match md5 {
        Some(md5) => Ok(Some(md5)),
        None => Err(s3_error!(InvalidDigest, "The Content-MD5 you specified is not valid.")),
    }
}

/// The algorithm that a header or trailer name asks for, if it names one.
fn checksum_name(name: &str) -> S3Result<Option<Algorithm>> {
    const NO_ALGORITHM: [&str; 3] =
        ["x-amz-checksum-algorithm", "x-amz-checksum-type", "x-amz-checksum-mode"];
    if !name.starts_with("x-amz-checksum-") || NO_ALGORITHM.contains(&name) {
        return Ok(None);
    }
    let known = Algorithm::ALL.into_iter().find(|known| known.header() == name);
    known.map(Some).ok_or_else(|| s3_error!(NotImplemented, "The checksum {name} is not implemented."))
}

/// The algorithm that a request names.
pub(super) fn algorithm(named: Option<&ChecksumAlgorithm>) -> S3Result<Option<Algorithm>> {
    let Some(named) = named else { return Ok(None) };
    Algorithm::named(named.as_str()).map(Some).ok_or_else(|| {
        s3_error!(InvalidRequest, "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]")
    })
}

/// The checksum that a multipart upload is to have.
pub(super) fn planned(
    named: Option<&ChecksumAlgorithm>,
    coverage: Option<&ChecksumType>,
) -> S3Result<Option<(Algorithm, Coverage)>> {
    let coverage = coverage.map(|coverage| match coverage.as_str() {
        ChecksumType::FULL_OBJECT => Ok(Coverage::FullObject),
        ChecksumType::COMPOSITE => Ok(Coverage::Composite),
        _ => Err(s3_error!(InvalidRequest, "Value for x-amz-checksum-type header is invalid.")),
    });
    match (algorithm(named)?, coverage.transpose()?) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(s3_error!(
            InvalidRequest,
            "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."
        )),
        (Some(algorithm), coverage) => {
            let coverage = coverage.unwrap_or(algorithm.usual_coverage());
            match algorithm.can_cover(coverage) {
                true => Ok(Some((algorithm, coverage))),
                false => Err(s3_error!(
                    InvalidRequest,
                    "The {} checksum type cannot be used with the {} checksum algorithm.",
                    coverage.name(),
                    algorithm.name()
                )),
            }
        }
    }
}

pub(super) fn shown_algorithm(algorithm: Algorithm) -> ChecksumAlgorithm {
    ChecksumAlgorithm::from_static(algorithm.name())
}

pub(super) fn shown_coverage(coverage: Coverage) -> ChecksumType {
    ChecksumType::from_static(coverage.name())
}

/// A checksum in the member of its algorithm.
pub(super) fn shown(checksum: Option<Checksum>) -> dto::Checksum {
    let mut shown = dto::Checksum::default();
    let Some(Checksum { algorithm, coverage, value }) = checksum else { return shown };
    shown.checksum_type = Some(shown_coverage(coverage));
    let member = match algorithm {
        Algorithm::Crc32 => &mut shown.checksum_crc32,
        Algorithm::Crc32c => &mut shown.checksum_crc32c,
        Algorithm::Crc64Nvme => &mut shown.checksum_crc64nvme,
        Algorithm::Sha1 => &mut shown.checksum_sha1,
        Algorithm::Sha256 => &mut shown.checksum_sha256,
    };
    *member = Some(value);
    shown
}
