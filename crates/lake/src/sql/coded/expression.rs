//! Expressions over rows some of whose columns come as codes.

use crate::columns::SCHEMA;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, DictionaryArray, Int32Array, RecordBatch, RecordBatchOptions,
    UInt32Array, new_null_array,
};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::compute::{cast, concat, take};
use datafusion::arrow::datatypes::{DataType, Int32Type, Schema, SchemaRef};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::utils::collect_columns;
use std::collections::BTreeSet;
use std::sync::Arc;

/// An expression of several columns is computed for so many combinations of their texts.
const COMBINATIONS: usize = 4_096;

/// An expression of which a batch of some of the table's columns has all that it reads.
pub(super) struct Expression {
    /// Its columns are those at `reads`, in that order.
    expr: Arc<dyn PhysicalExpr>,
    /// Places in the batch.
    reads: Vec<usize>,
    /// Of the columns at `reads`, as the table has them.
    schema: SchemaRef,
    /// No text of a dictionary made it fail until now.
    is_of_codes: bool,
    memo: Option<Memo>,
}

/// What an expression gives for the texts of dictionaries.
struct Memo {
    /// Kept, so that no others come to stand at their places.
    dictionaries: Vec<ArrayRef>,
    values: ArrayRef,
}

/// What an expression gives for rows.
pub(super) enum Values {
    /// `of_codes` has a value for each code, and behind them that of rows without one.
    Coded {
        codes: Int32Array,
        of_codes: ArrayRef,
    },
    Plain(ArrayRef),
}

/// The columns of the table that expressions over it read.
pub(super) fn columns_read<'e>(
    exprs: impl IntoIterator<Item = &'e Arc<dyn PhysicalExpr>>,
) -> BTreeSet<usize> {
    let columns = exprs.into_iter().flat_map(collect_columns);
    columns.map(|column| column.index()).collect()
}

impl Expression {
    /// `expr`, over the table's columns, for batches of its columns `columns`.
    pub(super) fn new(expr: &Arc<dyn PhysicalExpr>, columns: &[usize]) -> Result<Expression> {
        let read: Vec<usize> = columns_read([expr]).into_iter().collect();
        let place =
            |all: &[usize], column: usize| all.iter().position(|one| *one == column).unwrap_or(all.len());
        let reads = read.iter().map(|column| place(columns, *column)).collect();
        let placed = expr.clone().transform(|expr| {
            let Some(column) = expr.downcast_ref::<Column>() else { return Ok(Transformed::no(expr)) };
            let placed = Column::new(column.name(), place(&read, column.index()));
            Ok(Transformed::yes(Arc::new(placed) as Arc<dyn PhysicalExpr>))
        })?;
        let fields: Vec<_> = read.iter().map(|column| SCHEMA.field(*column).clone()).collect();
        Ok(Expression {
            expr: placed.data,
            is_of_codes: true,
            reads,
            schema: Arc::new(Schema::new(fields)),
            memo: None,
        })
    }

    /// What it gives for the rows of a batch.
    pub(super) fn values(&mut self, batch: &RecordBatch) -> Result<Values> {
        if let Some(coded) = self.coded(batch)? {
            return Ok(coded);
        }
        self.plain(batch).map(Values::Plain)
    }

    /// The same as one array.
    pub(super) fn array(&mut self, batch: &RecordBatch) -> Result<ArrayRef> {
        match self.values(batch)? {
            Values::Plain(array) => Ok(array),
            Values::Coded { codes, of_codes } => {
                let of_null = of_codes.len() as i32 - 1;
                match codes.null_count() == 0 || of_codes.is_null(of_null as usize) {
                    true => Ok(take(&of_codes, &codes, None)?),
                    false => {
                        let codes = codes.iter().map(|code| code.unwrap_or(of_null));
                        Ok(take(&of_codes, &codes.collect::<Int32Array>(), None)?)
                    }
                }
            }
        }
    }

    /// Of a condition: which rows meet it. None is null.
    pub(super) fn flags(&mut self, batch: &RecordBatch) -> Result<BooleanArray> {
        match self.values(batch)? {
            Values::Plain(array) => Ok(without_nulls(array.as_boolean())),
            Values::Coded { codes, of_codes } => Ok(flags_of(&codes, of_codes.as_boolean())),
        }
    }

    /// `None` if not all that it reads is codes, or of too many texts.
    fn coded(&mut self, batch: &RecordBatch) -> Result<Option<Values>> {
        let columns = self.reads.iter().map(|place| batch.column(*place).as_dictionary_opt::<Int32Type>());
        let Some(columns) = columns.collect::<Option<Vec<_>>>() else { return Ok(None) };
        let combinations = columns.iter().map(|column| column.values().len() + 1).product();
        if !self.is_of_codes || columns.is_empty() || (columns.len() > 1 && combinations > COMBINATIONS) {
            return Ok(None);
        }
        let dictionaries = columns.iter().map(|column| column.values().clone()).collect();
        let Some(of_codes) = self.of_codes(dictionaries, combinations)? else {
            // A text fails that perhaps no row has that is asked for.
            self.is_of_codes = false;
            return Ok(None);
        };
        let codes = match columns[..] {
            [only] => only.keys().clone(),
            _ => combined(&columns),
        };
        Ok(Some(Values::Coded { codes, of_codes }))
    }

    fn of_codes(&mut self, dictionaries: Vec<ArrayRef>, combinations: usize) -> Result<Option<ArrayRef>> {
        let is_known = |memo: &&Memo| {
            memo.dictionaries.iter().zip(&dictionaries).all(|(known, dictionary)| is_same(known, dictionary))
        };
        if let Some(memo) = self.memo.as_ref().filter(is_known) {
            return Ok(Some(memo.values.clone()));
        }
        let null = new_null_array(&DataType::Utf8, 1);
        let mut texts = Vec::with_capacity(dictionaries.len());
        let mut each = 1;
        for dictionary in &dictionaries {
            let all = concat(&[dictionary.as_ref(), null.as_ref()])?;
            let places = (0..combinations).map(|place| (place / each % all.len()) as u32);
            let places: UInt32Array = places.collect();
            each *= all.len();
            texts.push(take(&all, &places, None)?);
        }
        let Ok(values) = self.evaluate(texts, combinations) else { return Ok(None) };
        self.memo = Some(Memo { dictionaries, values: values.clone() });
        Ok(Some(values))
    }

    fn plain(&self, batch: &RecordBatch) -> Result<ArrayRef> {
        let column = |(place, field): (&usize, &Arc<_>)| as_in_table(batch.column(*place), field);
        let columns = self.reads.iter().zip(self.schema.fields()).map(column).collect::<Result<_>>()?;
        self.evaluate(columns, batch.num_rows())
    }

    fn evaluate(&self, columns: Vec<ArrayRef>, rows: usize) -> Result<ArrayRef> {
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)?;
        self.expr.evaluate(&batch)?.into_array(rows)
    }
}

fn as_in_table(column: &ArrayRef, field: &datafusion::arrow::datatypes::Field) -> Result<ArrayRef> {
    match column.data_type() {
        DataType::Dictionary(..) => Ok(cast(column, field.data_type())?),
        _ => Ok(column.clone()),
    }
}

/// One code for those of several columns.
fn combined(columns: &[&DictionaryArray<Int32Type>]) -> Int32Array {
    let mut codes = vec![0; columns.first().map_or(0, |column| column.keys().len())];
    let mut each = 1;
    for column in columns {
        let of_null = column.values().len() as i32;
        for (combined, code) in codes.iter_mut().zip(column.keys()) {
            *combined += each * code.unwrap_or(of_null);
        }
        each *= of_null + 1;
    }
    codes.into()
}

/// Whether two arrays, both of which are there, are the same memory.
pub(super) fn is_same(one: &ArrayRef, other: &ArrayRef) -> bool {
    Arc::ptr_eq(one, other) || one.to_data().ptr_eq(&other.to_data())
}

fn without_nulls(flags: &BooleanArray) -> BooleanArray {
    match flags.nulls() {
        None => flags.clone(),
        Some(nulls) => BooleanArray::new(flags.values() & nulls.inner(), None),
    }
}

fn flags_of(codes: &Int32Array, of_codes: &BooleanArray) -> BooleanArray {
    let flags: Vec<bool> = of_codes.iter().map(|flag| flag == Some(true)).collect();
    // Several columns' codes name it, too, where all of them are null.
    let of_null = flags.last().expect("the flag of rows without a code is there");
    let rows = codes.len();
    if flags.iter().all(|flag| !flag) {
        return BooleanArray::new(BooleanBuffer::new_unset(rows), None);
    }
    let values = codes.values();
    let buffer = match codes.nulls().filter(|nulls| nulls.null_count() > 0) {
        None => BooleanBuffer::collect_bool(rows, |row| flags[values[row] as usize]),
        Some(nulls) => BooleanBuffer::collect_bool(rows, |row| match nulls.is_valid(row) {
            true => flags[values[row] as usize],
            false => *of_null,
        }),
    };
    BooleanArray::new(buffer, None)
}
