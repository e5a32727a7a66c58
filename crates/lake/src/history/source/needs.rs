//! What predicates ask of the words of a record, and the blocks of rows that may have them.
//!
//! A predicate that a value is a text holds only for records that have all of the text's words. Whatever is not known
//! to ask for words asks for nothing: the engine filters all rows that it gets.

use crate::columns::{IDENTITY, MEMBERS, OVERFLOW, Shape, USERNAME};
use crate::error::LakeError;
use crate::table::{FileReader, OpenFile, TableFile};
use crate::words::{
    BLOCK_ROWS, Blocks, WHOLE_COLUMNS, WordNumber, numbers_in, whole_number_of, whole_numbers_in,
};
use datafusion::common::ScalarValue;
use datafusion::datasource::physical_plan::parquet::{ParquetAccessPlan, RowGroupAccess};
use datafusion::logical_expr::expr::HigherOrderFunction;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use datafusion::parquet::arrow::arrow_reader::RowSelection;
use std::sync::Arc;

/// Longer lists of values are not looked up.
const VALUES_MAX: usize = 256;

/// What a record must have.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Words with these numbers, all of them.
    Words(Vec<WordNumber>),
    /// Any of these.
    Any(Vec<Need>),
    /// All of these.
    All(Vec<Need>),
}

/// A data file, and the rows of it that are to be read.
pub(super) struct Narrowed {
    pub(super) file: Arc<TableFile>,
    /// `None` for all.
    pub(super) rows: Option<ParquetAccessPlan>,
}

/// Leaves those files out that have no rows for `filters`, as far as their word indexes tell.
pub(super) fn narrowed(
    files: Vec<Arc<TableFile>>,
    filters: &[Expr],
    reader: &FileReader,
) -> Result<Vec<Narrowed>, LakeError> {
    let need = Need::All(filters.iter().filter_map(Need::of).collect());
    let mut narrowed = Vec::with_capacity(files.len());
    for file in files {
        let rows = need.rows_in(reader, &file)?;
        if rows.as_ref().is_none_or(|rows| !rows.row_group_indexes().is_empty()) {
            narrowed.push(Narrowed { file, rows });
        }
    }
    Ok(narrowed)
}

impl Need {
    /// What follows from a predicate; `None` if nothing does.
    pub(super) fn of(predicate: &Expr) -> Option<Need> {
        match predicate {
            Expr::Alias(alias) => Need::of(&alias.expr),
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
                Operator::And => match (Need::of(left), Need::of(right)) {
                    (Some(one), Some(other)) => Some(Need::All(vec![one, other])),
                    (one, other) => one.or(other),
                },
                Operator::Or => Some(Need::Any(vec![Need::of(left)?, Need::of(right)?])),
                Operator::Eq => equal(left, right).or_else(|| equal(right, left)),
                _ => None,
            },
            Expr::InList(list) if !list.negated && list.list.len() <= VALUES_MAX => {
                let values = list.list.iter().map(|value| equal(&list.expr, value));
                values.collect::<Option<_>>().map(Need::Any)
            }
            Expr::Like(like) if !like.negated && !like.case_insensitive && like.escape_char.is_none() => {
                let pattern = literal(&like.pattern).filter(|_| is_of_record(&like.expr))?;
                is_plain(pattern).then(|| Need::Words(whole_numbers_in(pattern, &['%', '_'])))
            }
            Expr::HigherOrderFunction(call) => any_match(call),
            _ => None,
        }
    }

    fn is_nothing(&self) -> bool {
        match self {
            Need::Words(words) => words.is_empty(),
            Need::Any(needs) => needs.iter().any(Need::is_nothing),
            Need::All(needs) => needs.iter().all(Need::is_nothing),
        }
    }

    fn rows_in(&self, reader: &FileReader, file: &TableFile) -> Result<Option<ParquetAccessPlan>, LakeError> {
        if self.is_nothing() {
            return Ok(None);
        }
        let open = reader.open(&file.path)?;
        if !open.has_word_index() {
            return Ok(None);
        }
        let groups = 0..open.footer().num_row_groups();
        let access = groups.map(|group| Ok(access(self.blocks(&open, group)?, open.group_rows(group))));
        Ok(Some(ParquetAccessPlan::new(access.collect::<Result<_, LakeError>>()?)))
    }

    fn blocks(&self, open: &OpenFile, group: usize) -> Result<Blocks, LakeError> {
        let none = Blocks::Some(Vec::new());
        match self {
            Need::Words(words) => open.blocks_with(group, words),
            Need::Any(needs) => {
                needs.iter().try_fold(none, |blocks, need| Ok(blocks.or(need.blocks(open, group)?)))
            }
            Need::All(needs) => {
                needs.iter().try_fold(Blocks::All, |blocks, need| Ok(blocks.and(need.blocks(open, group)?)))
            }
        }
    }
}

fn access(blocks: Blocks, rows: usize) -> RowGroupAccess {
    match blocks {
        Blocks::All => RowGroupAccess::Scan,
        Blocks::Some(blocks) if blocks.is_empty() => RowGroupAccess::Skip,
        Blocks::Some(blocks) => {
            let starts = blocks.into_iter().map(|block| block as usize * BLOCK_ROWS as usize);
            let ranges = starts.map(|start| start..(start + BLOCK_ROWS as usize).min(rows));
            RowGroupAccess::Selection(RowSelection::from_consecutive_ranges(ranges, rows))
        }
    }
}

/// What a value that equals a text asks for.
fn equal(value: &Expr, text: &Expr) -> Option<Need> {
    let text = literal(text).filter(|text| is_of_record(value) && is_plain(text))?;
    let is_whole = matches!(value, Expr::Column(column) if WHOLE_COLUMNS.contains(&column.name.as_str()));
    let whole = is_whole.then(|| whole_number_of(text)).flatten();
    Some(Need::Words(numbers_in(text).into_iter().chain(whole).collect()))
}

/// An element for which the predicate holds has the words that it asks for.
fn any_match(call: &HigherOrderFunction) -> Option<Need> {
    match (call.func.name(), &call.args[..]) {
        ("array_any_match", [list, Expr::Lambda(lambda)]) if is_of_record(list) => Need::of(&lambda.body),
        _ => None,
    }
}

/// Whether an expression is a text of the record, or the value at a place in its JSON.
fn is_of_record(value: &Expr) -> bool {
    match value {
        Expr::Alias(alias) => is_of_record(&alias.expr),
        Expr::Column(column) => is_text_column(&column.name),
        // Only elements of what is of the record are looked into.
        Expr::LambdaVariable(_) => true,
        Expr::ScalarFunction(call) if matches!(call.func.name(), "json_value" | "member") => {
            call.args.first().is_some_and(is_of_record)
        }
        _ => false,
    }
}

fn is_text_column(name: &str) -> bool {
    let is_member = MEMBERS
        .iter()
        .any(|member| member.column == name && matches!(member.shape, Shape::Text | Shape::Json));
    is_member || matches!(name, OVERFLOW | USERNAME) || IDENTITY.iter().any(|(_, column)| *column == name)
}

/// Whether a text stands in JSON as it is in its value: then its words do, too.
fn is_plain(text: &str) -> bool {
    !text.contains('\\')
}

fn literal(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal(
            ScalarValue::Utf8(text) | ScalarValue::Utf8View(text) | ScalarValue::LargeUtf8(text),
            _,
        ) => text.as_deref(),
        _ => None,
    }
}
