//! Which rows of a column pass a test.

use super::column::Column;
use super::page::{DataPage, Dictionary, Values, malformed};
use super::prints::Prints;
use crate::error::LakeError;
use std::ops::Range;
use std::sync::Arc;

/// So few rows of a page are tested one by one rather than all of the page.
const FEW_ROWS: usize = 16;

/// A column and what its cells are tested for.
pub(super) struct CellTest {
    column: Column,
    wanted: Wanted,
    codes: Option<Codes>,
    /// The rows of the page tested last, and those of them that passed.
    tested: Option<(Range<u32>, Vec<u32>)>,
}

/// Whether a text passes.
pub(super) type Passes = Box<dyn Fn(&[u8]) -> bool + Send + Sync>;

/// What passes.
pub(super) enum Wanted {
    /// This text; in lists, any element.
    Text(Vec<u8>),
    /// Texts that do, and null if it does.
    Texts { passes: Passes, or_null: bool },
    /// This number; in lists, any element.
    Number(i64),
    /// This flag.
    Flag(bool),
}

/// Which numbers in the dictionary pass.
enum Codes {
    None,
    One(u32),
    Some(Vec<bool>),
    All,
}

impl CellTest {
    pub(super) fn new(column: Column, wanted: Wanted) -> CellTest {
        CellTest { column, wanted, codes: None, tested: None }
    }

    /// Whether any row of the group may pass, as far as the dictionary tells.
    pub(super) fn may_pass(&mut self) -> Result<bool, LakeError> {
        match &self.wanted {
            Wanted::Text(_) | Wanted::Texts { or_null: false, .. } if self.column.is_all_in_dictionary() => {
                Ok(!matches!(self.codes()?, Codes::None))
            }
            _ => Ok(true),
        }
    }

    /// Those of `rows` that pass.
    pub(super) fn rows(&mut self, rows: Range<u32>) -> Result<Vec<u32>, LakeError> {
        let mut kept = Vec::new();
        let mut at = rows.start;
        while at < rows.end {
            let (page_rows, passed) = self.passed(at)?;
            let first = passed.partition_point(|row| *row < at);
            at = rows.end.min(page_rows.end);
            kept.extend(passed[first..].iter().take_while(|row| **row < at));
        }
        Ok(kept)
    }

    /// Keeps those of `rows`, which go downwards in the file, that pass.
    pub(super) fn retain(&mut self, rows: &mut Vec<u32>) -> Result<(), LakeError> {
        let mut kept = Vec::new();
        let mut rest = &rows[..];
        while let Some(first) = rest.first() {
            let page_rows = self.column.page_rows(*first)?;
            let (of_page, behind) = rest.split_at(rest.partition_point(|row| *row < page_rows.end));
            if of_page.len() <= FEW_ROWS && !self.column.is_list() && !self.is_tested(*first) {
                for row in of_page {
                    if self.row_passes(*row)? {
                        kept.push(*row);
                    }
                }
            } else {
                let (_, passed) = self.passed(*first)?;
                kept.extend(of_page.iter().filter(|row| passed.binary_search(row).is_ok()));
            }
            rest = behind;
        }
        *rows = kept;
        Ok(())
    }

    /// Whether one row passes, of a column without lists.
    fn row_passes(&mut self, row: u32) -> Result<bool, LakeError> {
        Ok(match &self.wanted {
            Wanted::Text(wanted) => self.column.text(row)?.is_some_and(|text| text == wanted),
            Wanted::Texts { passes, or_null } => {
                self.column.text(row)?.map_or(*or_null, |text| passes(&text))
            }
            Wanted::Number(wanted) => self.column.number(row)? == *wanted,
            Wanted::Flag(wanted) => self.column.flag(row)? == Some(*wanted),
        })
    }

    fn is_tested(&self, row: u32) -> bool {
        self.tested.as_ref().is_some_and(|(rows, _)| rows.contains(&row))
    }

    /// The rows of the page that `row` is on, and those of them that pass.
    fn passed(&mut self, row: u32) -> Result<(Range<u32>, &[u32]), LakeError> {
        if !self.is_tested(row) {
            let rows = self.column.page_rows(row)?;
            let mut passed = self.test(row)?;
            passed.iter_mut().for_each(|row| *row += rows.start);
            self.tested = Some((rows, passed));
        }
        let (rows, passed) = self.tested.as_ref().ok_or_else(malformed)?;
        match passed.last().is_none_or(|last| *last < rows.end) {
            true => Ok((rows.clone(), passed)),
            false => Err(malformed()),
        }
    }

    /// Those rows of the page that `row` is on that pass, counted from the page's first.
    fn test(&mut self, row: u32) -> Result<Vec<u32>, LakeError> {
        if let Wanted::Text(wanted) = &self.wanted
            && self.column.prints(row)?.is_some_and(|prints| !prints.may_hold(wanted))
        {
            return Ok(Vec::new());
        }
        let page = self.column.page(row)?;
        if let (Wanted::Text(_), Values::Texts(texts)) = (&self.wanted, &page.values) {
            self.column.keep_prints(row, || Prints::of(page.texts(texts)))?;
        }
        let mut rows = page.rows_of(self.values(&page)?);
        if matches!(self.wanted, Wanted::Texts { or_null: true, .. }) {
            rows.append(&mut page.null_rows());
            rows.sort_unstable();
        }
        Ok(rows)
    }

    /// Those of a page's values that pass. Behind its last value there may be some that are none.
    fn values(&mut self, page: &DataPage) -> Result<Vec<u32>, LakeError> {
        let all = 0..page.entries() as u32;
        Ok(match (&page.values, &self.wanted) {
            (Values::None, _) => Vec::new(),
            (Values::Codes(codes), Wanted::Text(_) | Wanted::Texts { .. }) => match self.codes()? {
                Codes::None => Vec::new(),
                Codes::One(wanted) => codes.places_of(*wanted, page.entries()),
                Codes::Some(passed) => {
                    places(codes.decode(page.entries()), |code| passed.get(code as usize) == Some(&true))
                }
                Codes::All => all.collect(),
            },
            (Values::Texts(texts), Wanted::Text(wanted)) => places(page.texts(texts), |text| text == wanted),
            (Values::Texts(texts), Wanted::Texts { passes, .. }) => places(page.texts(texts), passes),
            (Values::Numbers(numbers), Wanted::Number(wanted)) => places(numbers, |number| number == wanted),
            (Values::Hashes(hashes), Wanted::Number(wanted)) => match i32::try_from(*wanted) {
                Ok(wanted) => places(hashes, |hash| *hash == wanted),
                Err(_) => Vec::new(),
            },
            (Values::Flags(start), Wanted::Flag(wanted)) => {
                places(all, |value| page.flag(*start, value as usize) == Some(*wanted))
            }
            _ => return Err(malformed()),
        })
    }

    fn codes(&mut self) -> Result<&Codes, LakeError> {
        if self.codes.is_none() {
            let dictionary = Arc::clone(self.column.dictionary()?);
            self.codes = Some(Codes::of(&self.wanted, &dictionary));
        }
        self.codes.as_ref().ok_or_else(malformed)
    }
}

impl Codes {
    fn of(wanted: &Wanted, dictionary: &Dictionary) -> Codes {
        let passed: Vec<bool> = match wanted {
            Wanted::Text(wanted) => return dictionary.code_of(wanted).map_or(Codes::None, Codes::One),
            Wanted::Texts { passes, .. } => dictionary.texts().map(passes).collect(),
            Wanted::Number(_) | Wanted::Flag(_) => return Codes::None,
        };
        match passed.iter().filter(|passed| **passed).count() {
            0 => Codes::None,
            1 => Codes::One(passed.iter().take_while(|passed| !**passed).count() as u32),
            count if count == passed.len() => Codes::All,
            _ => Codes::Some(passed),
        }
    }
}

/// The places of the values that pass.
fn places<V>(values: impl IntoIterator<Item = V>, passes: impl Fn(V) -> bool) -> Vec<u32> {
    (0..).zip(values).filter_map(|(place, value)| passes(value).then_some(place)).collect()
}
