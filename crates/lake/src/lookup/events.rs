//! The whole events of a page's rows.
//!
//! A row of a file is read from some forty columns, each from a page of its own that is decompressed for it. The rows
//! of a rare value stand far apart, so a page of them is the work of two cores.

use super::Found;
use super::merge::{Row, Source};
use crate::error::LakeError;
use crate::keys::OrderKey;
use crate::table::{FileSource, RowInFile};
use std::collections::BTreeMap;

/// Texts of the events of one page, in bytes; a page of one event may have more.
const PAGE_BYTES_MAX: usize = 16 << 20;
/// So few rows are read sooner than another thread has started.
const ALONE_ROWS: usize = 6;

/// A row of a file that is to be read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Wanted {
    source: usize,
    row: RowInFile,
    /// On the page.
    place: usize,
}

/// Reads the whole events of the page's rows, each with its key and the number of its source, as many of the first
/// as fit on a page.
pub(super) fn events(
    sources: &mut [Source<'_>],
    rows: &[(OrderKey, usize, Row)],
) -> Result<Vec<Found>, LakeError> {
    let mut fitting = Fitting::of(rows.len());
    let mut wanted = Vec::new();
    for (place, (_, source, row)) in rows.iter().enumerate() {
        match (*row, &mut sources[*source]) {
            (Row::Tail(position), Source::Tail(tail)) if fitting.wants(place) => {
                fitting.put(place, tail.found(position)?);
            }
            (Row::File(row), Source::File(file)) => match file.take_read(row) {
                Some(found) if fitting.wants(place) => fitting.put(place, found),
                Some(_) => {}
                None => wanted.push(Wanted { source: *source, row, place }),
            },
            _ => {}
        }
    }
    wanted.sort_unstable();
    read_files(sources, &wanted, &mut fitting)?;
    Ok(fitting.events.into_iter().flatten().collect())
}

/// Reads rows of files, if they are many on two threads.
fn read_files(sources: &mut [Source<'_>], wanted: &[Wanted], fitting: &mut Fitting) -> Result<(), LakeError> {
    let half = if wanted.len() > ALONE_ROWS { wanted.len() / 2 } else { wanted.len() };
    let (here, there) = wanted.split_at(half);
    let mut again: BTreeMap<usize, FileSource<'_>> = BTreeMap::new();
    for Wanted { source, .. } in there {
        if let Source::File(file) = &sources[*source] {
            again.entry(*source).or_insert_with(|| file.again());
        }
    }
    let mut read_there = Fitting::of(fitting.events.len());
    std::thread::scope(|scope| {
        let other = (!there.is_empty()).then(|| {
            scope.spawn(|| there.iter().try_for_each(|one| read_there.read(again.get_mut(&one.source), one)))
        });
        here.iter().try_for_each(|one| fitting.read(sources[one.source].file(), one))?;
        other.map_or(Ok(()), |other| other.join().expect("reading rows does not panic"))
    })?;
    fitting.put_all(read_there);
    Ok(())
}

/// The events of a page by their places, put there in any order. Keeps as many of the first as fit.
struct Fitting {
    events: Vec<Option<Found>>,
    text_bytes: usize,
}

impl Fitting {
    fn of(rows: usize) -> Fitting {
        let mut events = Vec::new();
        events.resize_with(rows, || None);
        Fitting { events, text_bytes: 0 }
    }

    fn wants(&self, place: usize) -> bool {
        place < self.events.len()
    }

    /// Puts the event of a place that is wanted. If that is too much, the last places go; they would be too
    /// much whatever comes to the places that are still empty.
    fn put(&mut self, place: usize, found: Found) {
        self.text_bytes += found.text.len();
        self.events[place] = Some(found);
        while self.text_bytes > PAGE_BYTES_MAX && self.events.len() > 1 {
            let last = self.events.pop().flatten();
            self.text_bytes -= last.map_or(0, |last| last.text.len());
        }
    }

    /// Reads a row into its place, unless it is too much already.
    fn read(&mut self, file: Option<&mut FileSource<'_>>, wanted: &Wanted) -> Result<(), LakeError> {
        if let Some(file) = file.filter(|_| self.wants(wanted.place)) {
            self.put(wanted.place, file.found(wanted.row)?);
        }
        Ok(())
    }

    /// Puts what another part of the work has read of the same page.
    fn put_all(&mut self, others: Fitting) {
        // What was too much of a part is too much of the whole.
        self.cut(others.events.len());
        for (place, found) in others.events.into_iter().enumerate() {
            if let Some(found) = found.filter(|_| self.wants(place)) {
                self.put(place, found);
            }
        }
    }

    fn cut(&mut self, places: usize) {
        let cut = self.events.split_off(places.min(self.events.len()));
        self.text_bytes -= cut.iter().flatten().map(|found| found.text.len()).sum::<usize>();
    }
}
