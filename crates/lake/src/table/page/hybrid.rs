//! Parquet's hybrid of run lengths and packed bits ("Encodings", RLE/Bit-Packing Hybrid).

mod packed;

use super::malformed;
use crate::error::LakeError;
use bytes::Bytes;
use packed::Packed;
use std::ops::Range;

/// Small numbers, found by their place without decoding those before.
pub(crate) struct Hybrid {
    bytes: Bytes,
    /// Bits of a number.
    width: u32,
    runs: Vec<Run>,
}

struct Run {
    /// The place behind its last number.
    end: u32,
    /// How many ones stand before it, where numbers have one bit.
    ones_before: u32,
    content: Content,
}

#[derive(Clone, Copy)]
enum Content {
    Repeated(u32),
    /// Packed from this byte on.
    Packed(u32),
}

impl Hybrid {
    /// Reads the runs in `range` of `bytes`. The last one may have numbers that nobody wrote.
    pub(super) fn read(bytes: &Bytes, range: Range<usize>, width: u32) -> Result<Hybrid, LakeError> {
        if width > 32 || range.end > bytes.len() || range.start > range.end {
            return Err(malformed());
        }
        let mut hybrid = Hybrid { bytes: bytes.slice(range), width, runs: Vec::new() };
        let (mut at, mut end, mut ones) = (0, 0u32, 0);
        while at < hybrid.bytes.len() {
            let header = varint(&hybrid.bytes, &mut at).ok_or_else(malformed)?;
            let (count, content, length) = match header & 1 {
                0 => {
                    let length = width.div_ceil(8) as usize;
                    let value = hybrid.bytes.get(at..at + length).ok_or_else(malformed)?;
                    let value = value.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
                    (header >> 1, Content::Repeated(value), length)
                }
                _ if width == 0 => ((header >> 1) * 8, Content::Repeated(0), 0),
                _ => ((header >> 1) * 8, Content::Packed(at as u32), (header >> 1) as usize * width as usize),
            };
            let ones_before = ones;
            end = end.checked_add(u32::try_from(count).map_err(|_| malformed())?).ok_or_else(malformed)?;
            if width == 1 {
                ones += match content {
                    Content::Repeated(value) => value * count as u32,
                    Content::Packed(_) => {
                        let packed = hybrid.bytes.get(at..at + length).ok_or_else(malformed)?;
                        packed.iter().map(|byte| byte.count_ones()).sum()
                    }
                };
            }
            at += length;
            hybrid.runs.push(Run { end, ones_before, content });
        }
        Ok(hybrid)
    }

    /// Memory beside the page's bytes.
    pub(super) fn memory(&self) -> usize {
        self.runs.len() * size_of::<Run>()
    }

    /// The number at a place.
    pub(crate) fn get(&self, place: usize) -> Option<u32> {
        let (run, start) = self.run_of(place)?;
        Some(match run.content {
            Content::Repeated(value) => value,
            Content::Packed(at) => self.packed(at).get(place - start),
        })
    }

    /// How many of the numbers below a place are 1, where numbers have one bit.
    pub(super) fn ones_below(&self, place: usize) -> usize {
        let Some((run, start)) = self.run_of(place) else { return 0 };
        let inside = place - start;
        let ones = match run.content {
            Content::Repeated(value) => value as usize * inside,
            Content::Packed(at) => {
                let bytes = &self.bytes[at as usize..];
                let whole: u32 = bytes[..inside / 8].iter().map(|byte| byte.count_ones()).sum();
                let rest = match inside % 8 {
                    0 => 0,
                    bits => (bytes[inside / 8] & ((1 << bits) - 1)).count_ones(),
                };
                (whole + rest) as usize
            }
        };
        run.ones_before as usize + ones
    }

    /// The first `count` numbers.
    pub(crate) fn decode(&self, count: usize) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(count);
        for run in &self.runs {
            let wanted = (run.end as usize).min(count).saturating_sub(numbers.len());
            match run.content {
                Content::Repeated(value) => numbers.resize(numbers.len() + wanted, value),
                Content::Packed(at) => self.packed(at).decode(wanted, &mut numbers),
            }
        }
        // What is missing was cut off; zero is what a reader of it would find.
        numbers.resize(count, 0);
        numbers
    }

    /// The places among the first `count` at which `number` stands.
    pub(crate) fn places_of(&self, number: u32, count: usize) -> Vec<u32> {
        let mut places = Vec::new();
        let mut start = 0;
        for run in &self.runs {
            let end = (run.end as usize).min(count);
            match run.content {
                Content::Repeated(value) if value == number => places.extend(start as u32..end as u32),
                Content::Repeated(_) => {}
                Content::Packed(at) => {
                    let found = |inside: usize| places.push((start + inside) as u32);
                    self.packed(at).find(number, end.saturating_sub(start), found);
                }
            }
            start = run.end as usize;
        }
        places
    }

    /// The places of some of the ones, where numbers have one bit; `wanted` are sorted, and count from 0.
    pub(super) fn places_of_ones(&self, wanted: &[u32]) -> Vec<u32> {
        let mut places = Vec::with_capacity(wanted.len());
        let mut wanted = wanted.iter().copied().peekable();
        let mut start = 0;
        for run in &self.runs {
            let length = run.end - start;
            match run.content {
                Content::Repeated(0) => {}
                Content::Repeated(_) => {
                    let within = |one: &u32| *one < run.ones_before + length;
                    while let Some(one) = wanted.next_if(within) {
                        places.push(start + one - run.ones_before);
                    }
                }
                Content::Packed(at) => {
                    let bytes = self.bytes.get(at as usize..).unwrap_or(&[]);
                    let mut ones = run.ones_before;
                    for (byte, at) in bytes.iter().zip((start..run.end).step_by(8)) {
                        let behind = ones + byte.count_ones();
                        while let Some(one) = wanted.next_if(|one| *one < behind) {
                            places.push(at + place_of_one(*byte, one - ones));
                        }
                        ones = behind;
                    }
                }
            }
            start = run.end;
        }
        places
    }

    fn run_of(&self, place: usize) -> Option<(&Run, usize)> {
        let index = self.runs.partition_point(|run| run.end as usize <= place);
        let start = index.checked_sub(1).map_or(0, |before| self.runs[before].end as usize);
        Some((self.runs.get(index)?, start))
    }

    fn packed(&self, at: u32) -> Packed<'_> {
        Packed::new(self.bytes.get(at as usize..).unwrap_or(&[]), self.width)
    }
}

/// Where a byte's one stands that has `before` ones below it.
fn place_of_one(byte: u8, before: u32) -> u32 {
    let above = (0..before).fold(byte, |byte, _| byte & byte.wrapping_sub(1));
    above.trailing_zeros()
}

/// A number of seven bits a byte, the lowest first.
pub(super) fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests;
