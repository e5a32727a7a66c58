//! One column of one row group, read cell by cell.

use super::page::{DataPage, Dictionary, Values, malformed};
use super::prints::Prints;
use super::read::{Caches, OpenFile};
use crate::error::LakeError;
use bytes::Bytes;
use datafusion::parquet::basic::{Compression, Encoding, Type};
use datafusion::parquet::file::metadata::ColumnChunkMetaData;
use datafusion::parquet::file::page_index::offset_index::PageLocation;
use std::ops::Range;
use std::sync::Arc;

/// Pages that take no more memory than this are kept in any case: of columns that are null throughout.
const SMALL_PAGE_BYTES: usize = 4 << 10;

/// Reads cells of rows that go downwards in the file.
pub(super) struct Column {
    open: OpenFile,
    group: usize,
    leaf: usize,
    kind: Type,
    /// Where its pages start, by rows; and behind them the number of rows.
    starts: Vec<u32>,
    dictionary: Option<Arc<Dictionary>>,
    page: Option<(usize, Arc<DataPage>)>,
}

/// What a page is read for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// All of its values, once.
    Scan,
    /// A cell, which may be asked for again, or its neighbours.
    Cell,
}

/// The place of a cell.
pub(super) struct Cell<'c> {
    pub(super) page: &'c DataPage,
    /// Among the page's rows.
    pub(super) row: usize,
}

impl Column {
    /// `None` if the file has no such column.
    pub(super) fn open(open: &OpenFile, group: usize, path: &str) -> Result<Option<Column>, LakeError> {
        let Some(leaf) = open.column(path) else { return Ok(None) };
        let locations = locations(open, group, leaf).ok_or_else(malformed)?;
        let mut starts: Vec<u32> = locations.iter().map(|location| location.first_row_index as u32).collect();
        starts.push(open.group_rows(group) as u32);
        let mut column = Column {
            open: open.clone(),
            group,
            leaf,
            kind: Type::BYTE_ARRAY,
            starts,
            dictionary: None,
            page: None,
        };
        column.kind = column.chunk().column_type();
        Ok(Some(column))
    }

    fn chunk(&self) -> &ColumnChunkMetaData {
        self.open.footer().row_group(self.group).column(self.leaf)
    }

    /// Whether every value of the group stands in the dictionary.
    pub(super) fn is_all_in_dictionary(&self) -> bool {
        let encodings = self.chunk().page_encoding_stats_mask();
        encodings.is_some_and(|encodings| encodings.is_only(Encoding::RLE_DICTIONARY))
    }

    /// The text at `row`; `None` if it is null.
    pub(super) fn text(&mut self, row: u32) -> Result<Option<Bytes>, LakeError> {
        let Cell { page, row } = self.cell(row)?;
        let Some(value) = page.value_of(row) else { return Ok(None) };
        let text = match &page.values {
            Values::Texts(texts) => page.text(texts, value),
            Values::Codes(codes) => {
                let code = codes.get(value).ok_or_else(malformed)?;
                self.dictionary()?.text(code)
            }
            Values::None | Values::Flags(_) | Values::Numbers(_) | Values::Hashes(_) => None,
        };
        text.map(Some).ok_or_else(malformed)
    }

    /// The number at `row`, of a column without nulls.
    pub(super) fn number(&mut self, row: u32) -> Result<i64, LakeError> {
        let Cell { page, row } = self.cell(row)?;
        let number = match &page.values {
            Values::Numbers(numbers) => numbers.get(row).copied(),
            Values::Hashes(hashes) => hashes.get(row).copied().map(i64::from),
            Values::Codes(codes) => {
                let code = codes.get(row).ok_or_else(malformed)?;
                self.dictionary()?.number(code)
            }
            Values::None | Values::Texts(_) | Values::Flags(_) => None,
        };
        number.ok_or_else(malformed)
    }

    /// The flag at `row`; `None` if it is null.
    pub(super) fn flag(&mut self, row: u32) -> Result<Option<bool>, LakeError> {
        let Cell { page, row } = self.cell(row)?;
        let Some(value) = page.value_of(row) else { return Ok(None) };
        match &page.values {
            Values::Flags(start) => page.flag(*start, value).map(Some).ok_or_else(malformed),
            _ => Err(malformed()),
        }
    }

    /// The cell of `row`, which is not above the one asked for before.
    fn cell(&mut self, row: u32) -> Result<Cell<'_>, LakeError> {
        let rows = self.load(row, Use::Cell)?;
        let (_, page) = self.page.as_ref().ok_or_else(malformed)?;
        Ok(Cell { page, row: (row - rows.start) as usize })
    }

    /// The page that `row` is on.
    pub(super) fn page(&mut self, row: u32) -> Result<Arc<DataPage>, LakeError> {
        self.load(row, Use::Scan)?;
        let (_, page) = self.page.as_ref().ok_or_else(malformed)?;
        Ok(Arc::clone(page))
    }

    /// The rows of the page that `row` is on.
    pub(super) fn page_rows(&self, row: u32) -> Result<Range<u32>, LakeError> {
        let number = self.page_number(row)?;
        Ok(self.starts[number]..self.starts[number + 1])
    }

    /// Whether rows have lists of cells.
    pub(super) fn is_list(&self) -> bool {
        self.open.levels(self.leaf).repetition > 0
    }

    /// The hashes of the texts of the page that `row` is on, if it was tested before.
    pub(super) fn prints(&self, row: u32) -> Result<Option<Arc<Prints>>, LakeError> {
        if self.is_all_in_dictionary() {
            return Ok(None);
        }
        let place = self.open.place(self.group, self.leaf, self.page_number(row)?);
        Ok(self.open.caches().prints.get(&place))
    }

    /// Keeps the hashes of the texts of the page that `row` is on.
    pub(super) fn keep_prints(&self, row: u32, prints: impl FnOnce() -> Prints) -> Result<(), LakeError> {
        let place = self.open.place(self.group, self.leaf, self.page_number(row)?);
        if self.open.caches().prints.get(&place).is_none() {
            let prints = prints();
            let memory = prints.memory();
            self.open.caches().prints.insert(place, Arc::new(prints), memory);
        }
        Ok(())
    }

    fn page_number(&self, row: u32) -> Result<usize, LakeError> {
        let number = self.starts.partition_point(|start| *start <= row).checked_sub(1);
        number.filter(|number| number + 1 < self.starts.len()).ok_or_else(malformed)
    }

    /// Makes the page of `row` the current one; returns its rows.
    fn load(&mut self, row: u32, purpose: Use) -> Result<Range<u32>, LakeError> {
        let number = self.page_number(row)?;
        if self.page.as_ref().is_none_or(|(current, _)| *current != number) {
            self.page = Some((number, self.read(number, purpose)?));
        }
        Ok(self.starts[number]..self.starts[number + 1])
    }

    fn read(&mut self, number: usize, purpose: Use) -> Result<Arc<DataPage>, LakeError> {
        let place = self.open.place(self.group, self.leaf, number);
        let Caches { pages, lately, .. } = self.open.caches();
        if let Some(page) = pages.get(&place).or_else(|| lately.get(&place)) {
            return Ok(page);
        }
        let location = &locations(&self.open, self.group, self.leaf).ok_or_else(malformed)?[number];
        let bytes = self.open.read(location.offset as u64, location.compressed_page_size as usize)?;
        let page = DataPage::read(bytes, self.is_compressed()?, self.open.levels(self.leaf), self.kind)?;
        let page = Arc::new(page);
        let memory = page.memory();
        let is_scanned = matches!(page.values, Values::Codes(_) | Values::Flags(_) | Values::Hashes(_));
        if memory <= SMALL_PAGE_BYTES || is_scanned {
            pages.insert(place, Arc::clone(&page), memory);
        } else if purpose == Use::Cell {
            // Pages of texts are large. One that is scanned is remembered by its prints.
            lately.insert(place, Arc::clone(&page), memory);
        }
        Ok(page)
    }

    /// Whether pages are compressed, with zstd.
    fn is_compressed(&self) -> Result<bool, LakeError> {
        match self.chunk().compression() {
            Compression::ZSTD(_) => Ok(true),
            Compression::UNCOMPRESSED => Ok(false),
            _ => Err(malformed()),
        }
    }

    /// The dictionary, of a column that has one.
    pub(super) fn dictionary(&mut self) -> Result<&Arc<Dictionary>, LakeError> {
        if self.dictionary.is_none() {
            self.dictionary = Some(self.read_dictionary()?);
        }
        self.dictionary.as_ref().ok_or_else(malformed)
    }

    fn read_dictionary(&self) -> Result<Arc<Dictionary>, LakeError> {
        let place = self.open.place(self.group, self.leaf, 0);
        if let Some(dictionary) = self.open.caches().dictionaries.get(&place) {
            return Ok(dictionary);
        }
        let pages = locations(&self.open, self.group, self.leaf).ok_or_else(malformed)?;
        let first_page = pages.first().ok_or_else(malformed)?.offset as u64;
        let (start, _) = self.chunk().byte_range();
        let bytes = self.open.read(start, first_page.saturating_sub(start) as usize)?;
        let dictionary = Arc::new(Dictionary::read(bytes, self.is_compressed()?, self.kind)?);
        self.open.caches().dictionaries.insert(place, Arc::clone(&dictionary), dictionary.memory());
        Ok(dictionary)
    }
}

fn locations(open: &OpenFile, group: usize, leaf: usize) -> Option<&Vec<PageLocation>> {
    Some(open.footer().offset_index()?.get(group)?.get(leaf)?.page_locations())
}
