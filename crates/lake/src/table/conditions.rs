//! A query as tests of the columns of one row group.

use super::cells::{CellTest, Wanted};
use super::column::Column;
use super::page::malformed;
use super::read::OpenFile;
use crate::columns::{
    ACCOUNT, CATEGORY, ERROR_MESSAGE, EVENT_ID_HASH, READ_ONLY, RESOURCE_HASHES, RESOURCE_TYPES,
    event_id_hash, resource_hash,
};
use crate::error::LakeError;
use crate::keys::TextKey;
use crate::lookup::{Categories, Filter, Query};
use crate::reassemble::text_column;
use cairn_model::Category;
use datafusion::parquet::file::statistics::Statistics;
use std::ops::Range;

/// What the rows of a group must pass, the most selective first.
pub(super) struct Conditions(Vec<Condition>);

enum Condition {
    One(CellTest),
    Either(CellTest, CellTest),
}

impl Conditions {
    /// `None` if no row of the group can pass.
    pub(super) fn of(query: &Query, open: &OpenFile, group: usize) -> Result<Option<Conditions>, LakeError> {
        let mut builder = Builder { open, group, conditions: Vec::new(), is_possible: true };
        for filter in &query.filters {
            builder.filter(filter)?;
        }
        if let Some(region) = &query.region {
            let name = region.name.clone();
            builder.text(
                text_column(TextKey::Region),
                move |text| text == name.as_bytes(),
                region.or_none,
            )?;
        }
        if query.categories != Categories::ALL {
            let categories = query.categories;
            let passes = move |name: &[u8]| {
                std::str::from_utf8(name).is_ok_and(|name| categories.contains(Category::from_name(name)))
            };
            builder.text(CATEGORY, passes, false)?;
        }
        if let Some(account) = query.account {
            builder.text(ACCOUNT, move |text| text == account.as_bytes(), false)?;
        }
        Ok(builder.is_possible.then_some(Conditions(builder.conditions)))
    }

    /// Those of `rows` that pass all.
    pub(super) fn rows(&mut self, rows: Range<u32>) -> Result<Vec<u32>, LakeError> {
        let (first, others) = match &mut self.0[..] {
            [Condition::One(first), others @ ..] => (Some(first), others),
            all => (None, all),
        };
        let mut rows = match first {
            Some(first) => first.rows(rows)?,
            None => rows.collect(),
        };
        retain(others, &mut rows)?;
        Ok(rows)
    }
}

/// Keeps those of `rows`, which go downwards in the file, that pass all.
fn retain(conditions: &mut [Condition], rows: &mut Vec<u32>) -> Result<(), LakeError> {
    for condition in conditions {
        match condition {
            _ if rows.is_empty() => return Ok(()),
            Condition::One(test) => test.retain(rows)?,
            Condition::Either(one, other) => {
                let mut also = rows.clone();
                one.retain(rows)?;
                other.retain(&mut also)?;
                rows.append(&mut also);
                rows.sort_unstable();
                rows.dedup();
            }
        }
    }
    Ok(())
}

struct Builder<'o> {
    open: &'o OpenFile,
    group: usize,
    conditions: Vec<Condition>,
    /// Whether any row may pass, as far as dictionaries and bounds tell.
    is_possible: bool,
}

impl Builder<'_> {
    fn filter(&mut self, filter: &Filter) -> Result<(), LakeError> {
        match filter {
            Filter::ReadOnly(wanted) => self.add(READ_ONLY, Wanted::Flag(*wanted)),
            Filter::ResourceName(name) => {
                // Equal hashes are no proof: who takes the row compares the names.
                self.add(element(RESOURCE_HASHES), Wanted::Number(resource_hash(name).into()))
            }
            Filter::ResourceType(kind) => self.add(element(RESOURCE_TYPES), equals(kind)),
            Filter::AnyError => {
                let code = self.test(text_column(TextKey::ErrorCode), is_there())?;
                let message = self.test(ERROR_MESSAGE, is_there())?;
                self.conditions.push(Condition::Either(code, message));
                Ok(())
            }
            Filter::EventId(id) => {
                self.is_possible = self.is_possible && self.may_hold(text_column(TextKey::EventId), id)?;
                self.add(EVENT_ID_HASH, Wanted::Number(event_id_hash(id).into()))?;
                self.add(text_column(TextKey::EventId), equals(id))
            }
            other => {
                let (key, text) = other.text().expect("the filters without a text stand above");
                self.add(text_column(key), equals(text))
            }
        }
    }

    /// Whether the Bloom filter of a column lets a text through.
    fn may_hold(&self, column: &str, text: &str) -> Result<bool, LakeError> {
        let column = self.open.column(column).ok_or_else(malformed)?;
        self.open.may_hold_text(self.group, column, text)
    }

    /// A test of a column that most often has one value throughout, as its bounds tell.
    fn text(
        &mut self,
        column: &str,
        passes: impl Fn(&[u8]) -> bool + Send + Sync + 'static,
        or_null: bool,
    ) -> Result<(), LakeError> {
        match self.only_value(column) {
            Some(value) => {
                self.is_possible &= passes(&value);
                Ok(())
            }
            None => self.add(column, Wanted::Texts { passes: Box::new(passes), or_null }),
        }
    }

    fn add(&mut self, column: &str, wanted: Wanted) -> Result<(), LakeError> {
        let mut test = self.test(column, wanted)?;
        self.is_possible = self.is_possible && test.may_pass()?;
        self.conditions.push(Condition::One(test));
        Ok(())
    }

    fn test(&self, column: &str, wanted: Wanted) -> Result<CellTest, LakeError> {
        let column = Column::open(self.open, self.group, column)?.ok_or_else(malformed)?;
        Ok(CellTest::new(column, wanted))
    }

    /// The value that every row of the group has in a column of texts, if its bounds tell.
    fn only_value(&self, column: &str) -> Option<Vec<u8>> {
        let column = self.open.footer().row_group(self.group).column(self.open.column(column)?);
        let Some(Statistics::ByteArray(bounds)) = column.statistics() else { return None };
        let is_whole = bounds.min_is_exact() && bounds.max_is_exact() && bounds.null_count_opt() == Some(0);
        let (least, greatest) = (bounds.min_opt()?, bounds.max_opt()?);
        (is_whole && least == greatest).then(|| least.data().to_vec())
    }
}

fn equals(text: &str) -> Wanted {
    Wanted::Text(text.as_bytes().to_vec())
}

fn is_there() -> Wanted {
    Wanted::Texts { passes: Box::new(|_| true), or_null: false }
}

/// The leaf of a column of lists.
fn element(column: &'static str) -> &'static str {
    match column {
        RESOURCE_HASHES => "resource_hashes.list.element",
        RESOURCE_TYPES => "resource_types.list.element",
        other => other,
    }
}
