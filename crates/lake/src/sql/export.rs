//! Results for programs: what their columns hold, and as an Arrow stream, of which Parquet files are made.

use super::engine::{Prepared, Source, Table};
use super::family::Family;
use super::planner::view;
use super::running::{QueryError, Running};
use super::types;
use bytes::Bytes;
use datafusion::arrow::array::{RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::reader::StreamReader;
use datafusion::arrow::ipc::writer::StreamWriter;
use datafusion::datasource::empty::EmptyTable;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::properties::WriterProperties;
use std::collections::HashMap;
use std::fmt;
use std::io::{Read, Write};
use std::sync::Arc;
use thiserror::Error;
use uuid::Uuid;

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, as the statement writes it. Two may have the same.
    pub name: String,
    /// What its values are.
    pub kind: ColumnKind,
    /// Its type in SQL, such as `array(varchar)`.
    pub type_name: String,
}

/// What the values of a column are, as far as their texts differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// `true` or `false`.
    Boolean,
    /// Whole numbers of 64 bits at most.
    Integer,
    /// Other numbers; also `NaN`, `Infinity` and `-Infinity`.
    Double,
    /// Times like `2026-01-05 13:51:00.000`, UTC.
    Time,
    /// Days like `2026-01-05`.
    Date,
    /// Anything else.
    Text,
    /// JSON, or what is shown as JSON if it is asked for: lists, maps and structs.
    Json,
}

/// Why a result could not be made into a file.
#[derive(Debug, Error)]
pub enum ExportError {
    /// It is no Arrow stream, or broke off.
    #[error("the result is not whole: {0}")]
    Arrow(#[from] ArrowError),
    /// The file could not be written.
    #[error("the file could not be written: {0}")]
    Parquet(#[from] ParquetError),
}

/// The columns of a statement's result; those of its plan if that is asked for.
pub(super) fn columns(prepared: &Prepared) -> Vec<Column> {
    if prepared.explain {
        let name = String::from(PLAN);
        return vec![Column { name, kind: ColumnKind::Text, type_name: String::from("varchar") }];
    }
    let fields = prepared.plan.schema().fields().iter();
    let column = |(name, field): (&String, &Arc<Field>)| Column {
        name: name.clone(),
        kind: kind(field.data_type()),
        type_name: types::name(field.data_type()),
    };
    prepared.columns.iter().zip(fields).map(column).collect()
}

/// The columns of a store's table.
pub fn columns_of(family: Family) -> Vec<Column> {
    let nothing = Arc::new(EmptyTable::new(crate::columns::SCHEMA.clone()));
    let table = Table { store: Uuid::nil(), family, source: Source::of_provider(nothing) };
    let table = view(&table).expect("its columns are made of those on disk");
    let column = |field: &Arc<Field>| Column {
        name: field.name().clone(),
        kind: kind(field.data_type()),
        type_name: types::name(field.data_type()),
    };
    table.schema().fields().iter().map(column).collect()
}

/// The columns of a result as the engine planned them.
pub(super) fn schema(prepared: &Prepared) -> SchemaRef {
    match prepared.explain {
        true => lines("").schema(),
        false => Arc::clone(prepared.plan.schema().inner()),
    }
}

/// The column of a plan.
const PLAN: &str = "Query Plan";

/// A plan as a result.
pub(super) fn lines(text: &str) -> RecordBatch {
    let schema = Schema::new(vec![Field::new(PLAN, DataType::Utf8, false)]);
    let lines = StringArray::from_iter_values(text.lines().collect::<Vec<_>>());
    RecordBatch::try_new(Arc::new(schema), vec![Arc::new(lines)]).expect("one column of texts")
}

fn kind(column: &DataType) -> ColumnKind {
    match column {
        DataType::Boolean => ColumnKind::Boolean,
        kind if kind.is_integer() => ColumnKind::Integer,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => ColumnKind::Double,
        DataType::Timestamp(..) => ColumnKind::Time,
        DataType::Date32 => ColumnKind::Date,
        kind if kind == &types::JSON || kind.is_nested() => ColumnKind::Json,
        _ => ColumnKind::Text,
    }
}

/// A result as an Arrow IPC stream, part by part.
pub struct ArrowStream {
    limit: u64,
    /// With the columns; `None` before the first part.
    writer: Option<(StreamWriter<Vec<u8>>, SchemaRef)>,
    is_over: bool,
}

impl fmt::Debug for ArrowStream {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ArrowStream").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl ArrowStream {
    /// At most `limit` rows of a result.
    pub fn new(limit: u64) -> ArrowStream {
        ArrowStream { limit, writer: None, is_over: false }
    }

    /// The next bytes of this result, always of the same; `None` behind the last. After an error there are none. Who stops
    /// waiting for them has lost nothing.
    pub async fn next(&mut self, running: &mut Running) -> Option<Result<Bytes, QueryError>> {
        if self.is_over {
            return None;
        }
        let batch = if self.limit == 0 { None } else { running.next_batch().await };
        self.is_over = !matches!(batch, Some(Ok(_)));
        Some(match batch {
            Some(Err(error)) => Err(error),
            Some(Ok(batch)) => {
                let rows = usize::try_from(self.limit).unwrap_or(usize::MAX).min(batch.num_rows());
                self.limit -= rows as u64;
                self.write(running, Some(&batch.slice(0, rows)))
            }
            None => self.write(running, None),
        })
    }

    /// A part without rows: a sign of life.
    pub fn pause(&mut self, running: &Running) -> Result<Bytes, QueryError> {
        let empty = RecordBatch::new_empty(running.schema().clone());
        self.write(running, Some(&empty))
    }

    /// The bytes of a batch, or the end mark; the columns come before the first.
    fn write(&mut self, running: &Running, batch: Option<&RecordBatch>) -> Result<Bytes, QueryError> {
        if self.writer.is_none() {
            let schema = named(running.schema(), running.columns());
            self.writer = Some((StreamWriter::try_new(Vec::new(), &schema).map_err(failed)?, schema));
        }
        let Some((writer, schema)) = &mut self.writer else { return Ok(Bytes::new()) };
        let written = match batch {
            Some(batch) => RecordBatch::try_new(schema.clone(), batch.columns().to_vec())
                .and_then(|batch| writer.write(&batch)),
            None => writer.finish(),
        };
        written.map_err(failed)?;
        Ok(Bytes::from(std::mem::take(writer.get_mut())))
    }
}

/// Columns under the names that the statement gives; each is there once, as files need it.
fn named(planned: &SchemaRef, names: &[String]) -> SchemaRef {
    let field =
        |(field, name): (&Arc<Field>, String)| field.as_ref().clone().with_name(name).with_nullable(true);
    let fields: Vec<Field> = planned.fields().iter().zip(once(names)).map(field).collect();
    Arc::new(Schema::new(fields))
}

/// Names of which a repeated one gets a number behind it.
pub fn once(names: &[String]) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut unique = Vec::with_capacity(names.len());
    for name in names {
        let mut candidate = name.clone();
        while let Some(times) = seen.get_mut(&candidate) {
            *times += 1;
            candidate = format!("{name}_{times}");
        }
        seen.insert(candidate.clone(), 1);
        unique.push(candidate);
    }
    unique
}

/// Makes a Parquet file of an Arrow stream; tells how many rows it has.
pub fn parquet_of(stream: impl Read, file: impl Write + Send) -> Result<u64, ExportError> {
    let stream = StreamReader::try_new(stream, None)?;
    let properties =
        WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut writer = ArrowWriter::try_new(file, stream.schema(), Some(properties))?;
    let mut rows = 0;
    for batch in stream {
        let batch = batch?;
        rows += batch.num_rows() as u64;
        writer.write(&batch)?;
    }
    writer.close()?;
    Ok(rows)
}

fn failed(error: ArrowError) -> QueryError {
    QueryError::Failed { message: error.to_string() }
}

#[cfg(test)]
mod tests;
