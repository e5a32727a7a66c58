//! Bodies that were packed for their way, by `Content-Encoding: gzip`.

use crate::decode::{answers_content, takes_content};
use crate::observed::{Answer, Body, Observed};
use cairn_operations::{Operation, Recognized};
use flate2::read::MultiGzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use std::io::Read;

/// What a body is unpacked to at most, in bytes: four times what is kept of one where nobody says otherwise. A few
/// kilobytes may hold gigabytes.
const UNPACKED_BYTES_MAX: u64 = 4 << 20;

/// The start of a body that its headers say was packed by gzip, as far as it can be read and at most `bytes_max` bytes of
/// it. `None` if it was not packed so, or nothing of it can be read.
pub fn unpacked_start(headers: &HeaderMap, packed: &[u8], bytes_max: u64) -> Option<Vec<u8>> {
    let mut start = Vec::new();
    // What came before a fault is what others may read of it.
    let _ = is_gzip(headers).then(|| MultiGzDecoder::new(packed).take(bytes_max).read_to_end(&mut start));
    (!start.is_empty()).then_some(start)
}

/// The bodies of an exchange that were packed.
pub(crate) struct Unpacked {
    request: Option<Plain>,
    answer: Option<Plain>,
}

/// A body that was unpacked, and its headers without the word of it.
struct Plain {
    headers: HeaderMap,
    start: Vec<u8>,
    is_whole: bool,
    /// Bytes that passed, packed.
    bytes: u64,
}

impl Unpacked {
    /// Unpacks the bodies that may tell something; objects tell nothing.
    pub(crate) fn of(recognized: &Recognized, observed: &Observed<'_>) -> Unpacked {
        let operation = match recognized {
            Recognized::Operation { operation, .. } => Some(*operation),
            Recognized::Unlisted { .. } => None,
        };
        let is_object = |holds: fn(Operation) -> bool| operation.is_some_and(holds);
        let answer = match observed.answer {
            Answer::Given { status, headers, body }
                if !(status.is_success() && is_object(answers_content)) =>
            {
                Plain::of(headers, body)
            }
            _ => None,
        };
        let request =
            if is_object(takes_content) { None } else { Plain::of(observed.headers, observed.body) };
        Unpacked { request, answer }
    }

    /// The exchange as if nothing had been packed.
    pub(crate) fn seen<'a>(&'a self, observed: &Observed<'a>) -> Observed<'a> {
        let mut seen = *observed;
        if let Some(request) = &self.request {
            (seen.headers, seen.body) = (&request.headers, request.body());
        }
        if let (Some(answer), Answer::Given { status, .. }) = (&self.answer, observed.answer) {
            seen.answer = Answer::Given { status, headers: &answer.headers, body: answer.body() };
        }
        seen
    }
}

impl Plain {
    /// `None` if it is not packed, or in no way that is known here.
    fn of(headers: &HeaderMap, body: Body<'_>) -> Option<Plain> {
        if !is_gzip(headers) || body.start.is_empty() {
            return None;
        }
        let mut start = Vec::new();
        let read = MultiGzDecoder::new(body.start).take(UNPACKED_BYTES_MAX).read_to_end(&mut start);
        if read.is_err() && body.is_whole {
            return None;
        }
        let is_whole = body.is_whole && (start.len() as u64) < UNPACKED_BYTES_MAX;
        let mut headers = headers.clone();
        headers.remove(CONTENT_ENCODING);
        Some(Plain { headers, start, is_whole, bytes: body.bytes })
    }

    fn body(&self) -> Body<'_> {
        Body { start: &self.start, is_whole: self.is_whole, bytes: self.bytes }
    }
}

fn is_gzip(headers: &HeaderMap) -> bool {
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
    let is_known =
        |value: &[u8]| [&b"gzip"[..], b"x-gzip"].iter().any(|known| value.eq_ignore_ascii_case(known));
    encodings.next().is_some_and(|value| is_known(value.as_bytes())) && encodings.next().is_none()
}

#[cfg(test)]
mod tests;
