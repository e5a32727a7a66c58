//! Which rows of a column pass a test.

use super::column::Column;
use super::page::{DataPage, Dictionary, Values, malformed};
use crate::error::LakeError;
use std::ops::Range;
use std::sync::Arc;

/// A column and what its cells are tested for.
pub(super) struct CellTest {
    column: Column,
    wanted: Wanted,
    /// For each value of the dictionary, whether it passes.
    by_code: Option<Vec<bool>>,
    /// The page tested last, and which of its rows passed.
    tested: Option<(Arc<DataPage>, Vec<bool>)>,
}

/// Whether a text passes.
pub(super) type Passes = Box<dyn Fn(&[u8]) -> bool + Send + Sync>;

/// What passes.
pub(super) enum Wanted {
    /// Texts that do, and null if it does; in lists, any element.
    Text { passes: Passes, or_null: bool },
    /// This number; in lists, any element.
    Number(i64),
    /// This flag.
    Flag(bool),
}

impl CellTest {
    pub(super) fn new(column: Column, wanted: Wanted) -> CellTest {
        CellTest { column, wanted, by_code: None, tested: None }
    }

    /// Whether any row of the group may pass, as far as the dictionary tells.
    pub(super) fn may_pass(&mut self) -> Result<bool, LakeError> {
        match &self.wanted {
            Wanted::Text { or_null: false, .. } if self.column.is_all_in_dictionary() => {
                Ok(self.by_code()?.contains(&true))
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
            let behind = rows.end.min(page_rows.end);
            let passed = &passed[(at - page_rows.start) as usize..(behind - page_rows.start) as usize];
            kept.extend((at..behind).zip(passed).filter_map(|(row, passed)| passed.then_some(row)));
            at = behind;
        }
        Ok(kept)
    }

    /// Keeps those of `rows`, which go downwards in the file, that pass.
    pub(super) fn retain(&mut self, rows: &mut Vec<u32>) -> Result<(), LakeError> {
        let (mut read, mut kept) = (0, 0);
        while let Some(first) = rows.get(read).copied() {
            let (page_rows, passed) = self.passed(first)?;
            let behind = read + rows[read..].partition_point(|row| *row < page_rows.end);
            for at in read..behind {
                let row = rows[at];
                if passed.get((row - page_rows.start) as usize) == Some(&true) {
                    rows[kept] = row;
                    kept += 1;
                }
            }
            read = behind;
        }
        rows.truncate(kept);
        Ok(())
    }

    /// The rows of the page that `row` is on, and for each of them whether it passes.
    fn passed(&mut self, row: u32) -> Result<(Range<u32>, &[bool]), LakeError> {
        let (rows, page) = self.column.page(row)?;
        if self.tested.as_ref().is_none_or(|(tested, _)| !Arc::ptr_eq(tested, &page)) {
            let passed = self.test(&page, rows.len())?;
            self.tested = Some((page, passed));
        }
        let passed = self.tested.as_ref().map_or(&[][..], |(_, passed)| passed);
        match passed.len() == rows.len() {
            true => Ok((rows, passed)),
            false => Err(malformed()),
        }
    }

    /// For each row of a page, whether it passes.
    fn test(&mut self, page: &DataPage, rows: usize) -> Result<Vec<bool>, LakeError> {
        let passed = self.test_values(page)?;
        let null = matches!(self.wanted, Wanted::Text { or_null: true, .. });
        if !null && !passed.contains(&true) {
            return Ok(vec![false; rows]);
        }
        let mut values = passed.into_iter();
        let Some(levels) = &page.definition else { return Ok(values.collect()) };
        let levels = levels.decode(page.entries());
        let Some(starts) = &page.repetition else {
            let of = |level| if level == 0 { null } else { values.next().unwrap_or(false) };
            return Ok(levels.into_iter().map(of).collect());
        };
        let deepest = page.deepest();
        let mut by_row = Vec::with_capacity(rows);
        for (start, level) in starts.decode(page.entries()).into_iter().zip(levels) {
            if start == 0 {
                by_row.push(false);
            }
            let passes = level == deepest && values.next().unwrap_or(false);
            if let Some(row) = by_row.last_mut() {
                *row |= passes;
            }
        }
        Ok(by_row)
    }

    /// For each value of a page, whether it passes.
    fn test_values(&mut self, page: &DataPage) -> Result<Vec<bool>, LakeError> {
        Ok(match (&page.values, &self.wanted) {
            (Values::None, _) => Vec::new(),
            (Values::Codes(codes), Wanted::Text { .. }) => {
                let codes = codes.decode(page.entries());
                let by_code = self.by_code()?;
                codes.into_iter().map(|code| by_code.get(code as usize) == Some(&true)).collect()
            }
            (Values::Texts(start), Wanted::Text { passes, .. }) => {
                page.plain_texts(*start).map(passes).collect()
            }
            (Values::Numbers(numbers), Wanted::Number(wanted)) => {
                numbers.iter().map(|number| number == wanted).collect()
            }
            (Values::Flags(start), Wanted::Flag(wanted)) => {
                let flags = (0..page.entries()).map(|value| page.flag(*start, value));
                flags.map(|flag| flag == Some(*wanted)).collect()
            }
            _ => return Err(malformed()),
        })
    }

    fn by_code(&mut self) -> Result<&Vec<bool>, LakeError> {
        if self.by_code.is_none() {
            let dictionary: Arc<Dictionary> = Arc::clone(self.column.dictionary()?);
            let passes = |text: &[u8]| match &self.wanted {
                Wanted::Text { passes, .. } => passes(text),
                Wanted::Number(_) | Wanted::Flag(_) => false,
            };
            self.by_code = Some(dictionary.texts().map(passes).collect());
        }
        self.by_code.as_ref().ok_or_else(malformed)
    }
}
