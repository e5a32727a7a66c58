//! Bodies on their way out, and those on their way in, held against the checksums that came with them.

use super::failure::BodyFault;
use crate::error::BoxError;
use crate::incoming::ObjectBody;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt};
use http::HeaderMap;
use md5::{Digest, Md5};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::Checksum as _;
use s3s::dto::{Checksum, StreamingBlob};
use s3s::stream::{ByteStream, RemainingLength};
use s3s::{S3Result, TrailingHeaders, s3_error};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

/// A body on its way out, of known length.
pub(super) struct Outgoing {
    left: u64,
    stream: Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send + Sync>>,
}

impl Outgoing {
    pub(super) fn blob(
        length: u64,
        stream: impl Stream<Item = Result<Bytes, BoxError>> + Send + Sync + 'static,
    ) -> StreamingBlob {
        StreamingBlob::new(Outgoing { left: length, stream: Box::pin(stream) })
    }
}

impl Stream for Outgoing {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = ready!(self.stream.as_mut().poll_next(cx));
        if let Some(Ok(piece)) = &next {
            self.left = self.left.saturating_sub(piece.len() as u64);
        }
        Poll::Ready(next)
    }
}

impl ByteStream for Outgoing {
    fn remaining_length(&self) -> RemainingLength {
        match usize::try_from(self.left) {
            Ok(left) => RemainingLength::new_exact(left),
            Err(_) => RemainingLength::unknown(),
        }
    }
}

/// What a request says about its body.
#[derive(Default)]
pub(super) struct Expected {
    pub(super) length: Option<u64>,
    md5: Option<Vec<u8>>,
    /// Base64, by the names of [`ALGORITHMS`].
    checksums: Vec<(&'static str, String)>,
    /// Names of checksums that follow the body.
    trailers: Vec<&'static str>,
    trailing: Option<TrailingHeaders>,
}

const ALGORITHMS: [&str; 5] = [
    "x-amz-checksum-crc32",
    "x-amz-checksum-crc32c",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-sha1",
    "x-amz-checksum-sha256",
];

/// The checksums of a body that came in whole, once it has.
#[derive(Clone, Default)]
pub(super) struct Computed(Arc<OnceLock<Checksum>>);

impl Computed {
    pub(super) fn get(&self) -> Checksum {
        self.0.get().cloned().unwrap_or_default()
    }
}

impl Expected {
    /// Reads the headers. A checksum that cannot be checked is refused, never ignored.
    pub(super) fn of(headers: &HeaderMap, trailing: Option<TrailingHeaders>) -> S3Result<Expected> {
        let mut expected = Expected { trailing, ..Expected::default() };
        if let Some(md5) = headers.get("content-md5") {
            let md5 = BASE64_STANDARD.decode(md5).ok().filter(|md5| md5.len() == 16);
            expected.md5 =
                Some(md5.ok_or_else(|| {
                    s3_error!(InvalidDigest, "The Content-MD5 you specified is not valid.")
                })?);
        }
        for (name, value) in headers {
            if let Some(name) = checksum_name(name.as_str())? {
                let value = value
                    .to_str()
                    .map_err(|_| s3_error!(InvalidRequest, "Value for {name} header is invalid."))?;
                // "checksum of the parts' checksums - number of parts": the parts were checked one by one.
                if !value.contains('-') {
                    expected.checksums.push((name, value.to_owned()));
                }
            }
        }
        for names in headers.get_all("x-amz-trailer") {
            for name in String::from_utf8_lossy(names.as_bytes()).split(',') {
                expected.trailers.extend(checksum_name(&name.trim().to_ascii_lowercase())?);
            }
        }
        Ok(expected)
    }

    /// For a request whose own body Content-MD5 is about, not the object's.
    pub(super) fn forget_md5(&mut self) {
        self.md5 = None;
    }

    fn hasher(&self) -> ChecksumHasher {
        let named = self.checksums.iter().map(|(name, _)| *name);
        let mut hasher = ChecksumHasher::default();
        for name in named.chain(self.trailers.iter().copied()) {
            match name {
                "x-amz-checksum-crc32" => hasher.crc32 = Some(s3s::crypto::Crc32::new()),
                "x-amz-checksum-crc32c" => hasher.crc32c = Some(s3s::crypto::Crc32c::new()),
                "x-amz-checksum-crc64nvme" => hasher.crc64nvme = Some(s3s::crypto::Crc64Nvme::new()),
                "x-amz-checksum-sha1" => hasher.sha1 = Some(s3s::crypto::Sha1::new()),
                _ => hasher.sha256 = Some(s3s::crypto::Sha256::new()),
            }
        }
        hasher
    }
}

/// The algorithm that a header or trailer name asks for, if it names one.
fn checksum_name(name: &str) -> S3Result<Option<&'static str>> {
    const NO_ALGORITHM: [&str; 3] =
        ["x-amz-checksum-algorithm", "x-amz-checksum-type", "x-amz-checksum-mode"];
    if !name.starts_with("x-amz-checksum-") || NO_ALGORITHM.contains(&name) {
        return Ok(None);
    }
    let known = ALGORITHMS.into_iter().find(|known| *known == name);
    known.map(Some).ok_or_else(|| s3_error!(NotImplemented, "The checksum {name} is not implemented."))
}

/// `body`, ending in an error unless it is what `expected` says.
pub(super) fn checked<S, E>(body: S, expected: Expected) -> (ObjectBody, Computed)
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Into<BoxError>,
{
    let computed = Computed::default();
    let check =
        Check { length: 0, md5: Md5::new(), hasher: expected.hasher(), expected, computed: computed.clone() };
    let body = stream::try_unfold((Box::pin(body), check), |(mut body, mut check)| async move {
        match body.next().await {
            Some(Ok(piece)) => {
                check.update(&piece);
                Ok(Some((piece, (body, check))))
            }
            Some(Err(error)) => Err(Box::new(BodyFault::of(error.into())) as BoxError),
            None => match check.finish() {
                Ok(()) => Ok(None),
                Err(fault) => Err(Box::new(fault) as BoxError),
            },
        }
    });
    (ObjectBody::stream(body), computed)
}

struct Check {
    expected: Expected,
    length: u64,
    md5: Md5,
    hasher: ChecksumHasher,
    computed: Computed,
}

impl Check {
    fn update(&mut self, piece: &[u8]) {
        self.length += piece.len() as u64;
        if self.expected.md5.is_some() {
            self.md5.update(piece);
        }
        self.hasher.update(piece);
    }

    fn finish(self) -> Result<(), BodyFault> {
        let Check { expected, length, md5, hasher, computed } = self;
        if expected.length.is_some_and(|expected| expected != length) {
            return Err(BodyFault::Length);
        }
        if expected.md5.is_some_and(|expected| expected != md5.finalize().as_slice()) {
            return Err(BodyFault::Md5);
        }
        let checksum = hasher.finalize();
        for (name, value) in &expected.checksums {
            compare(&checksum, name, value)?;
        }
        for name in expected.trailers {
            let trailing = expected.trailing.as_ref();
            let value =
                trailing.and_then(|trailing| trailing.read(|headers| headers.get(name).cloned()).flatten());
            let value = value.ok_or(BodyFault::NoTrailer(name))?;
            compare(&checksum, name, value.to_str().unwrap_or_default())?;
        }
        // Set once: a body ends once.
        let _ = computed.0.set(checksum);
        Ok(())
    }
}

fn compare(checksum: &Checksum, name: &'static str, expected: &str) -> Result<(), BodyFault> {
    let computed = match name {
        "x-amz-checksum-crc32" => &checksum.checksum_crc32,
        "x-amz-checksum-crc32c" => &checksum.checksum_crc32c,
        "x-amz-checksum-crc64nvme" => &checksum.checksum_crc64nvme,
        "x-amz-checksum-sha1" => &checksum.checksum_sha1,
        _ => &checksum.checksum_sha256,
    };
    match computed.as_deref() == Some(expected) {
        true => Ok(()),
        false => Err(BodyFault::Checksum(name)),
    }
}
