//! The texts of a page ("Encodings", Plain and Delta-length byte array).

use super::{delta, malformed, text_length};
use crate::error::LakeError;
use std::ops::Range;

/// Where texts stand in the bytes of a page.
pub(in crate::table) enum Texts {
    /// Each behind its length, from this place on.
    Prefixed(usize),
    /// One behind the other; where each of them ends, and the first starts.
    Adjoining { start: usize, ends: Vec<usize> },
}

impl Texts {
    /// Reads the lengths that stand before adjoining texts.
    pub(super) fn adjoining(bytes: &[u8], mut start: usize) -> Result<Texts, LakeError> {
        let lengths = delta::decode(bytes, &mut start)?;
        let mut end = start;
        let mut ends = Vec::with_capacity(lengths.len());
        for length in lengths {
            let length = usize::try_from(length).map_err(|_| malformed())?;
            end = end.checked_add(length).filter(|end| *end <= bytes.len()).ok_or_else(malformed)?;
            ends.push(end);
        }
        Ok(Texts::Adjoining { start, ends })
    }

    /// Memory beside the page's bytes.
    pub(super) fn memory(&self) -> usize {
        match self {
            Texts::Prefixed(_) => 0,
            Texts::Adjoining { ends, .. } => ends.len() * size_of::<usize>(),
        }
    }

    /// The place of a text in the page's bytes.
    pub(super) fn place(&self, bytes: &[u8], value: usize) -> Option<Range<usize>> {
        match self {
            Texts::Prefixed(start) => {
                let mut at = *start;
                for _ in 0..value {
                    at += 4 + text_length(bytes, at)?;
                }
                prefixed(bytes, at)
            }
            Texts::Adjoining { start, ends } => {
                let before = value.checked_sub(1).map_or(Some(start), |before| ends.get(before))?;
                Some(*before..*ends.get(value)?)
            }
        }
    }

    /// The places of all texts.
    pub(super) fn places(&self, bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
        let (mut at, mut ends) = match self {
            Texts::Prefixed(start) => (*start, None),
            Texts::Adjoining { start, ends } => (*start, Some(ends.iter())),
        };
        std::iter::from_fn(move || {
            let place = match &mut ends {
                None => prefixed(bytes, at)?,
                Some(ends) => at..*ends.next()?,
            };
            at = place.end;
            Some(place)
        })
    }
}

/// The place of the text whose length stands at `at`.
fn prefixed(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let end = at + 4 + text_length(bytes, at)?;
    (end <= bytes.len()).then_some(at + 4..end)
}
