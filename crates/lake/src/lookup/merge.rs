//! One page: the sources' matches merged, newest first.
//!
//! Every source (the tail, each data file) gives its rows in page order, so a heap over the sources'
//! next rows gives the page, and a source is not looked into before its newest row could be next.

use super::events::events;
use super::{Page, Query};
use crate::bodies::Bodies;
use crate::error::LakeError;
use crate::keys::OrderKey;
use crate::table::{FileReader, FileSource, RowInFile, TableView};
use crate::tail::{Tail, TailSource};
use cairn_model::{Position, Timestamp};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// What a source found by looking a little further.
pub(crate) enum Step<Row> {
    /// A match; no match of the source is above it that was not given before.
    Match(OrderKey, Row),
    /// No match down to and including this place.
    Passed(OrderKey),
    /// No further match.
    End,
}

/// What a look-up sees: never changes once taken.
pub(crate) struct View {
    pub(crate) tail: Tail,
    pub(crate) table: std::sync::Arc<TableView>,
}

pub(super) enum Source<'v> {
    Tail(TailSource<'v>),
    File(Box<FileSource<'v>>),
}

#[derive(Clone, Copy)]
pub(super) enum Row {
    Tail(Position),
    File(RowInFile),
}

/// The next thing of a source: its next match, or a place that its next match is not above.
struct Head {
    key: OrderKey,
    source: usize,
    row: Option<Row>,
}

/// Finds one page.
pub(crate) fn page(
    view: &View,
    query: &Query,
    bodies: &dyn Bodies,
    reader: &FileReader,
) -> Result<Page, LakeError> {
    let (mut sources, mut heap) = sources(view, query, bodies, reader);
    let mut rows: Vec<(OrderKey, usize, Row)> = Vec::new();
    let mut more = false;
    let mut cut = None;
    while let Some(head) = heap.pop() {
        let bound = match head.row {
            Some(_) if rows.len() >= query.limit => {
                more = true;
                break;
            }
            Some(row) => {
                rows.push((head.key, head.source, row));
                Some(head.key)
            }
            // Everything above this place was searched. Below the start, so that the next page gets on.
            None if head.key < query.below && query.out_of_time() => {
                cut = Some(head.key);
                break;
            }
            None => None,
        };
        let next = match bound {
            Some(key) => Some((key, None)),
            None => sources[head.source].step()?,
        };
        if let Some((key, row)) = next {
            let source = head.source;
            heap.push(Head { key, source, row });
        }
    }
    let events = events(&mut sources, &rows)?;
    let last = rows[..events.len()].last().map(|(key, ..)| *key);
    let after = match cut {
        _ if events.len() < rows.len() => last,
        Some(_) if rows.len() >= query.limit => last,
        Some(place) => Some(place),
        None if more => last,
        None => None,
    };
    Ok(Page {
        next: after.map(|after| query.token(after)),
        reached: cut.map(|place| Timestamp::from_micros(place.event_time)),
        events,
    })
}

fn sources<'v>(
    view: &'v View,
    query: &'v Query,
    bodies: &'v dyn Bodies,
    reader: &'v FileReader,
) -> (Vec<Source<'v>>, BinaryHeap<Head>) {
    let tail = TailSource::new(&view.tail, view.table.committed, bodies, query);
    let mut sources = vec![Source::Tail(tail)];
    let mut heap = BinaryHeap::from([Head { key: query.below, source: 0, row: None }]);
    for file in view.table.files.iter().filter(|file| file.may_match(query)) {
        heap.push(Head { key: file.newest().min(query.below), source: sources.len(), row: None });
        sources.push(Source::File(Box::new(FileSource::new(file, reader, query))));
    }
    (sources, heap)
}

impl<'v> Source<'v> {
    pub(super) fn file(&mut self) -> Option<&mut FileSource<'v>> {
        match self {
            Source::File(file) => Some(file),
            Source::Tail(_) => None,
        }
    }

    fn step(&mut self) -> Result<Option<(OrderKey, Option<Row>)>, LakeError> {
        Ok(match self {
            Source::Tail(tail) => next(tail.step()?, Row::Tail),
            Source::File(file) => next(file.step()?, Row::File),
        })
    }
}

fn next<R>(step: Step<R>, row: fn(R) -> Row) -> Option<(OrderKey, Option<Row>)> {
    match step {
        Step::Match(key, found) => Some((key, Some(row(found)))),
        Step::Passed(key) => Some((key, None)),
        Step::End => None,
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Head) -> Ordering {
        // At the same place matches come before bounds, so that a row is not looked for twice.
        let order = |head: &Head| (head.key, head.row.is_some(), head.source);
        order(self).cmp(&order(other))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Head) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Head) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Head {}
