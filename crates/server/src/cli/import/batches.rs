//! Files of any size as batches of records, in memory that does not grow with them.

use crate::imports::content::Packing;
use crate::ingest::{Next, Shape, Split};
use bytes::Bytes;
use cairn_model::event::TEXT_BYTES_MAX;
use std::io::{self, BufReader, Read};

/// A batch is sent when it has this many bytes.
const BATCH_BYTES: usize = 4 << 20;
/// Bytes of text that a window grows by at least.
const STEP: usize = 1 << 20;

/// Records to be posted together, as they stand in their file.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) body: Bytes,
    /// The number that each of its records has in the file.
    pub(super) numbers: Vec<u64>,
    /// What was found between its records, or behind them, that is none: number and reason.
    pub(super) refused: Vec<(u64, &'static str)>,
}

/// Why the rest of a file could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum BrokenOff {
    #[error("it does not unpack: {0}")]
    Start(#[from] io::Error),
    #[error("it breaks off behind record {number}, which is in: {source}")]
    Behind { number: u64, source: io::Error },
}

/// Unpacks and divides a file. The same file gives the same batches each time.
pub(super) struct Batches {
    reader: Box<dyn Read + Send>,
    split: Split,
    window: Vec<u8>,
    /// What of the window has been looked at.
    at: usize,
    ended: bool,
    /// Why it cannot be read any further.
    broken: Option<io::Error>,
    /// The last record's number.
    number: u64,
    making: Making,
}

/// A batch in the making.
#[derive(Default)]
struct Making {
    body: Vec<u8>,
    numbers: Vec<u64>,
    refused: Vec<(u64, &'static str)>,
    /// Its records are lines, else elements of an array: what can be told apart in one need not be in the
    /// other.
    is_lines: bool,
}

impl Batches {
    /// `start` is what was read of the file already; `rest` follows.
    pub(super) fn new(start: Bytes, rest: Box<dyn Read + Send>, shape: Shape) -> io::Result<Batches> {
        let packing = Packing::of(&start);
        let packed = BufReader::with_capacity(1 << 16, io::Cursor::new(start).chain(rest));
        Ok(Batches {
            reader: packing.reader(packed)?,
            split: Split::new(shape),
            window: Vec::new(),
            at: 0,
            ended: false,
            broken: None,
            number: 0,
            making: Making::default(),
        })
    }

    /// The next batch; `None` behind the last. An error comes behind all records that could be read.
    pub(super) fn next(&mut self) -> Result<Option<Batch>, BrokenOff> {
        loop {
            match self.split.next(&self.window, &mut self.at, self.ended) {
                Next::Record(number, range) => {
                    self.number = number;
                    let is_lines = self.split.is_in_lines();
                    let ready = self.making.make_room(range.len(), is_lines);
                    self.making.push(number, &self.window[range]);
                    if ready.is_some() {
                        return Ok(ready);
                    }
                }
                Next::Refused(number, why) => {
                    self.number = number;
                    self.making.refused.push((number, why));
                }
                Next::More if self.broken.is_none() => self.read_more(),
                Next::More => match (self.making.take(), self.broken.take()) {
                    (None, Some(source)) => return Err(BrokenOff::Behind { number: self.number, source }),
                    (batch, broken) => {
                        self.broken = broken;
                        return Ok(batch);
                    }
                },
                Next::End => return Ok(self.making.take()),
            }
        }
    }

    /// Drops what was looked at and reads as much as is left, and one step at least.
    fn read_more(&mut self) {
        self.window.drain(..self.at);
        self.at = 0;
        let step = self.window.len().max(STEP);
        match self.reader.by_ref().take(step as u64).read_to_end(&mut self.window) {
            Ok(read) => self.ended = read < step,
            // What was read before is in the window.
            Err(error) => self.broken = Some(error),
        }
    }
}

impl Making {
    /// Takes the batch out if a record of this length does not fit into it.
    fn make_room(&mut self, length: usize, is_lines: bool) -> Option<Batch> {
        // A record that is longer than any may be is refused by the server; it is kept apart from the others
        // by this too.
        let is_full = self.body.len() + length.min(TEXT_BYTES_MAX) > BATCH_BYTES || self.is_lines != is_lines;
        let ready = if is_full { self.take() } else { None };
        self.is_lines = is_lines;
        ready
    }

    fn push(&mut self, number: u64, record: &[u8]) {
        let separator = match (self.is_lines, self.numbers.is_empty()) {
            (true, _) => b'\n',
            (false, true) => b'[',
            (false, false) => b',',
        };
        if !(self.is_lines && self.numbers.is_empty()) {
            self.body.push(separator);
        }
        self.body.extend_from_slice(record);
        self.numbers.push(number);
    }

    fn take(&mut self) -> Option<Batch> {
        if self.numbers.is_empty() && self.refused.is_empty() {
            return None;
        }
        if !self.is_lines && !self.numbers.is_empty() {
            self.body.push(b']');
        }
        let made = std::mem::take(self);
        Some(Batch { body: Bytes::from(made.body), numbers: made.numbers, refused: made.refused })
    }
}

#[cfg(test)]
mod tests;
