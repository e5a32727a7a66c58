//! A data file as a source of a look-up.

use super::file::TableFile;
use super::group::GroupScan;
use super::read::{FileReader, OpenFile};
use super::record::RecordColumns;
use crate::error::LakeError;
use crate::keys::OrderKey;
use crate::lookup::{Filter, Found, Query, Step};
use std::collections::{HashMap, VecDeque};

/// A row of a data file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RowInFile {
    group: u32,
    row: u32,
}

/// The matching rows of a file, newest first. Nothing is opened before the first step.
pub(crate) struct FileSource<'v> {
    file: &'v TableFile,
    reader: &'v FileReader,
    query: &'v Query,
    open: Option<OpenFile>,
    group: usize,
    scan: Option<GroupScan>,
    /// Matches that were not given yet.
    matches: VecDeque<(OrderKey, RowInFile)>,
    done: bool,
    /// Where whole events were read last.
    records: Option<(u32, RecordColumns)>,
    /// Whole events that were read to find out whether they match.
    read: HashMap<RowInFile, Found>,
}

impl<'v> FileSource<'v> {
    pub(crate) fn new(file: &'v TableFile, reader: &'v FileReader, query: &'v Query) -> FileSource<'v> {
        FileSource {
            file,
            reader,
            query,
            open: None,
            group: 0,
            scan: None,
            matches: VecDeque::new(),
            done: false,
            records: None,
            read: HashMap::new(),
        }
    }

    /// The next match, or how far some rows went without one.
    pub(crate) fn step(&mut self) -> Result<Step<RowInFile>, LakeError> {
        loop {
            while let Some((key, row)) = self.matches.pop_front() {
                if self.is_named(row)? {
                    return Ok(Step::Match(key, row));
                }
            }
            if self.done {
                return Ok(Step::End);
            }
            if let Some(passed) = self.look()? {
                if self.matches.is_empty() {
                    return Ok(Step::Passed(passed));
                }
                continue;
            }
            self.scan = None;
            self.group += 1;
        }
    }

    /// The same file, for another thread, before the first step.
    pub(crate) fn again(&self) -> FileSource<'v> {
        FileSource::new(self.file, self.reader, self.query)
    }

    /// A whole event that was read to find out whether it matches.
    pub(crate) fn take_read(&mut self, row: RowInFile) -> Option<Found> {
        self.read.remove(&row)
    }

    /// The whole event of a row. Faster if rows are asked for in their order in the file.
    pub(crate) fn found(&mut self, row: RowInFile) -> Result<Found, LakeError> {
        let mut records = match self.records.take() {
            Some((group, records)) if group == row.group => records,
            _ => RecordColumns::open(self.open()?, row.group as usize)?,
        };
        let found = records.found(row.row)?;
        self.records = Some((row.group, records));
        Ok(found)
    }

    fn open(&mut self) -> Result<&OpenFile, LakeError> {
        match &mut self.open {
            Some(open) => Ok(open),
            none => Ok(none.insert(self.reader.open(&self.file.path)?)),
        }
    }

    /// Looks at some rows and keeps their matches. Returns the place of the last one; `None` at the end of
    /// the row group.
    fn look(&mut self) -> Result<Option<OrderKey>, LakeError> {
        if self.scan.is_none() {
            let (group, file, query) = (self.group, self.file, self.query);
            let open = self.open()?;
            if group >= open.footer().num_row_groups() {
                self.done = true;
                return Ok(None);
            }
            self.scan = GroupScan::start(open, group, file, query)?;
        }
        let Some(scan) = &mut self.scan else { return Ok(None) };
        let Some(looked) = scan.look(self.query)? else { return Ok(None) };
        let group = self.group as u32;
        let matches = looked.matches.into_iter().map(|(key, row)| (key, RowInFile { group, row }));
        self.matches.extend(matches);
        self.done |= looked.last.event_time < self.query.from;
        Ok(Some(looked.last))
    }

    /// Whether a row has the names of resources that are looked for; its columns have only hashes of them.
    fn is_named(&mut self, row: RowInFile) -> Result<bool, LakeError> {
        let names = self.query.filters.iter().filter_map(|filter| match filter {
            Filter::ResourceName(name) => Some(name),
            _ => None,
        });
        let mut names = names.peekable();
        if names.peek().is_none() {
            return Ok(true);
        }
        let found = self.found(row)?;
        let is_named = names.all(|name| found.resources.iter().any(|resource| resource.name == *name));
        if is_named {
            self.read.insert(row, found);
        }
        Ok(is_named)
    }
}
