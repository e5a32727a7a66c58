//! Which rows of a batch match.

use super::file::TableFile;
use super::text::rows_that_may_match;
use crate::columns::{
    ACCOUNT, CATEGORY, ERROR_MESSAGE, EVENT_TIME, KEPT_FROM, POSITION, READ_ONLY, RESOURCE_NAMES,
    RESOURCE_TYPES,
};
use crate::error::LakeError;
use crate::keys::{OrderKey, TextKey};
use crate::lookup::{Categories, Filter, Query};
use crate::reassemble::{Batch, Rows, text_column};
use crate::text::Words;
use cairn_model::Category;
use datafusion::arrow::array::{
    Array, AsArray, BooleanArray, Int64Array, ListArray, RecordBatch, StringArray, TimestampMicrosecondArray,
};

/// The columns that `query` looks at; `None` for all.
pub(super) fn columns_needed(query: &Query, file: &TableFile) -> Option<Vec<&'static str>> {
    if query.words.is_some() {
        return None;
    }
    let mut names = vec![POSITION, EVENT_TIME];
    if file.may_have_expired(query) {
        names.push(KEPT_FROM);
    }
    if query.account.is_some() {
        names.push(ACCOUNT);
    }
    if query.categories != Categories::ALL {
        names.push(CATEGORY);
    }
    if query.region.is_some() {
        names.push(text_column(TextKey::Region));
    }
    for filter in &query.filters {
        names.extend(match filter {
            Filter::ReadOnly(_) => vec![READ_ONLY],
            Filter::ResourceName(_) => vec![RESOURCE_NAMES],
            Filter::ResourceType(_) => vec![RESOURCE_TYPES],
            Filter::AnyError => vec![text_column(TextKey::ErrorCode), ERROR_MESSAGE],
            other => other.text().map(|(key, _)| text_column(key)).into_iter().collect(),
        });
    }
    Some(names)
}

/// What `query` looks at in a batch.
pub(super) struct Columns<'b> {
    position: &'b Int64Array,
    event_time: &'b TimestampMicrosecondArray,
    kept_from: Option<&'b TimestampMicrosecondArray>,
    category: Option<&'b StringArray>,
    tests: Vec<Test<'b>>,
    search: Option<Search<'b>>,
}

/// Free text.
struct Search<'b> {
    words: &'b Words,
    may_match: Vec<bool>,
    records: Rows<'b>,
}

enum Test<'b> {
    Text(&'b StringArray, &'b str),
    Region(&'b StringArray, &'b str, bool),
    Flag(&'b BooleanArray, bool),
    AnyOf(&'b ListArray, &'b StringArray, &'b str),
    Either(&'b StringArray, &'b StringArray),
}

impl<'b> Columns<'b> {
    pub(super) fn of(
        batch: &'b RecordBatch,
        query: &'b Query,
        file: &TableFile,
    ) -> Result<Columns<'b>, LakeError> {
        let columns = Batch(batch);
        let mut tests = Vec::new();
        if let Some(account) = &query.account {
            tests.push(Test::Text(columns.text(ACCOUNT)?, account.as_str()));
        }
        if let Some(region) = &query.region {
            let column = columns.text(text_column(TextKey::Region))?;
            tests.push(Test::Region(column, &region.name, region.or_none));
        }
        for filter in &query.filters {
            tests.push(Test::of(&columns, filter)?);
        }
        Ok(Columns {
            position: columns.number(POSITION)?,
            event_time: columns.time(EVENT_TIME)?,
            kept_from: match file.may_have_expired(query) {
                true => Some(columns.time(KEPT_FROM)?),
                false => None,
            },
            category: match query.categories == Categories::ALL {
                true => None,
                false => Some(columns.text(CATEGORY)?),
            },
            tests,
            search: query.words.as_ref().map(|words| Search::of(batch, words)).transpose()?,
        })
    }

    pub(super) fn order_key(&self, row: usize) -> OrderKey {
        OrderKey { event_time: self.event_time.value(row), position: self.position.value(row) as u64 }
    }

    pub(super) fn matches(&self, row: usize, key: OrderKey, query: &Query) -> bool {
        key < query.below
            && key.event_time >= query.from
            && key.position < query.upper.get()
            && self.kept_from.is_none_or(|times| times.value(row) > query.kept_after)
            && self
                .category
                .is_none_or(|names| query.categories.contains(Category::from_name(names.value(row))))
            && self.tests.iter().all(|test| test.passes(row))
            && self.search.as_ref().is_none_or(|search| search.matches(row))
    }
}

impl<'b> Search<'b> {
    fn of(batch: &'b RecordBatch, words: &'b Words) -> Result<Search<'b>, LakeError> {
        let may_match = rows_that_may_match(batch, words)?;
        Ok(Search { words, may_match, records: Rows::of(batch)? })
    }

    fn matches(&self, row: usize) -> bool {
        self.may_match[row] && self.words.match_record(&self.records.text(row))
    }
}

impl<'b> Test<'b> {
    fn of(columns: &Batch<'b>, filter: &'b Filter) -> Result<Test<'b>, LakeError> {
        Ok(match filter {
            Filter::ReadOnly(value) => Test::Flag(columns.flag(READ_ONLY)?, *value),
            Filter::ResourceName(name) => any_of(columns.texts(RESOURCE_NAMES)?, name),
            Filter::ResourceType(kind) => any_of(columns.texts(RESOURCE_TYPES)?, kind),
            Filter::AnyError => {
                Test::Either(columns.text(text_column(TextKey::ErrorCode))?, columns.text(ERROR_MESSAGE)?)
            }
            other => {
                let (key, text) = other.text().expect("the filters without a text stand above");
                Test::Text(columns.text(text_column(key))?, text)
            }
        })
    }

    fn passes(&self, row: usize) -> bool {
        match self {
            Test::Text(column, text) => is(column, row, text),
            Test::Region(column, _, true) if column.is_null(row) => true,
            Test::Region(column, name, _) => is(column, row, name),
            Test::Flag(column, value) => column.is_valid(row) && column.value(row) == *value,
            Test::AnyOf(lists, elements, text) => {
                let offsets = lists.value_offsets();
                (offsets[row]..offsets[row + 1]).any(|index| is(elements, index as usize, text))
            }
            Test::Either(one, other) => one.is_valid(row) || other.is_valid(row),
        }
    }
}

fn any_of<'b>(lists: &'b ListArray, text: &'b str) -> Test<'b> {
    Test::AnyOf(lists, lists.values().as_string(), text)
}

fn is(column: &StringArray, row: usize, text: &str) -> bool {
    column.is_valid(row) && column.value(row) == text
}
