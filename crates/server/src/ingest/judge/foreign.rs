//! Events of other systems, which become records first.

use super::{Judge, Judged};
use crate::ingest::unpack::{Encoding, Share, UnpackError, Window};
use crate::ingest::{ENCODED_BYTES_MAX, Poster};
use bytes::Bytes;
use cairn_foreign::{Defaults, Format, Outcome, Unreadable, otlp_records, records};
use cairn_store::catalog::CatalogState;
use std::ops::ControlFlow;

/// Whose events a body holds, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// JSON of this system.
    Events(Format),
    /// An export request of OpenTelemetry's logs.
    Logs(cairn_foreign::Encoding),
}

/// Unpacks a body, makes records of its events and judges each. What names no region is of `region`.
pub(crate) fn judge_foreign(
    body: Bytes,
    encoding: Encoding,
    (poster, foreign, region): (Poster, Foreign, &str),
    known: &CatalogState,
    share: &mut Share,
) -> Result<Judged, UnpackError> {
    let as_sent = body.len();
    let mut window = Window::new(body, encoding, |bytes| share.hold(as_sent + bytes))?;
    while !window.bytes().1 {
        window.advance(0)?;
        share.hold(as_sent + window.memory())?;
    }
    let held = as_sent + window.memory();
    let (text, _) = window.bytes();
    let mut judge = Judge::new(poster, None, known, text.len());
    let mut fault = None;
    let mut take = |number, outcome| {
        judge.outcome(number, outcome);
        let encoded = judge.judged.batch.bytes();
        let room = match encoded > ENCODED_BYTES_MAX {
            true => Err(UnpackError::TooManyRecords),
            false => share.hold(held + encoded),
        };
        match room {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                fault = Some(error);
                ControlFlow::Break(())
            }
        }
    };
    let defaults = Defaults { account: poster.account, region };
    let read = match foreign {
        Foreign::Events(format) => records(format, text, &defaults, &mut take),
        Foreign::Logs(encoding) => otlp_records(encoding, text, &defaults, &mut take),
    };
    match (fault, read) {
        (Some(fault), _) => Err(fault),
        (None, Err(Unreadable::NotUtf8)) => Err(UnpackError::Damaged("UTF-8")),
        (None, Ok(())) => Ok(judge.finish()),
    }
}

impl Judge<'_> {
    fn outcome(&mut self, number: u64, outcome: Outcome) {
        match outcome {
            Outcome::Record(text) => self.record(number, &text),
            Outcome::Skipped(skip) => self.judged.receipt.note(number, &skip.to_string()),
            Outcome::Refused(refusal) => self.judged.receipt.refuse(number, refusal.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
