//! Data files: sorted newest first, so that a look-up reads a page's rows one behind the other.

use super::file::{INDEXED, TableFile, partition_folder};
use super::text::columns_of_texts;
use crate::columns::{
    ACCOUNT, ARRIVAL, CATEGORY, ERROR_MESSAGE, EVENT_ID_HASH, EVENT_TIME, MEMBERS, OVERFLOW, POSITION,
    RESOURCE_HASHES, RESOURCE_TYPES, SCHEMA, Shape, USERNAME,
};
use crate::error::LakeError;
use crate::keys::TextKey;
use crate::reassemble::{Batch, text_column};
use crate::words::{FOOTER_KEY, WordsBuilder};
use bytes::Bytes;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::{max, min};
use datafusion::arrow::datatypes::DataType;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, Encoding, ZstdLevel};
use datafusion::parquet::file::metadata::{KeyValue, SortingColumn};
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::schema::types::ColumnPath;
use deltalake::{ObjectStore, ObjectStoreError};
use object_store::ObjectStoreExt;
use std::sync::Arc;
use uuid::Uuid;

/// The most rows of a row group: a look-up reads dictionaries once for each group that it looks into.
const GROUP_ROWS: usize = 1 << 20;
/// The most rows of a data page.
const PAGE_ROWS: usize = 16_384;
/// The most bytes of a data page of texts: what must be decompressed to read one row.
const PAGE_BYTES: usize = 24 << 10;
/// The same for texts that become little smaller in a larger page.
const MEDIUM_PAGE_BYTES: usize = 12 << 10;
/// The same for texts that become no smaller.
const SMALL_PAGE_BYTES: usize = 8 << 10;
/// The most bytes of a data page of numbers, all of which are decoded to read one.
const NUMBERS_PAGE_BYTES: usize = 4 << 10;
/// Rows between two looks at the size of a page.
const PAGE_STEP_ROWS: usize = 128;
/// Dictionaries are decoded whole to read one row.
const DICTIONARY_BYTES: usize = 128 << 10;
/// Of columns that say who called: a principal's texts come again and again, but there are many principals.
const CALLER_DICTIONARY_BYTES: usize = 2 << 20;

/// How well a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// It will be joined soon.
    Fast,
    /// It is read for months.
    Thorough,
}

/// Writes one data file into memory.
pub(crate) struct FileWriter {
    writer: ArrowWriter<Vec<u8>>,
    rows: u64,
    times: Option<(i64, i64)>,
    positions: Option<(i64, i64)>,
    /// If the file gets an index.
    words: Option<WordsBuilder>,
}

/// A file that is written but not stored yet.
pub(crate) struct WrittenFile {
    bytes: Bytes,
    file: TableFile,
}

impl FileWriter {
    /// For a file of about `rows` rows and not much more than `bytes` bytes.
    pub(crate) fn new(rows: usize, bytes: usize, effort: Effort) -> Result<FileWriter, LakeError> {
        let properties = properties(rows, effort);
        let writer = ArrowWriter::try_new(Vec::with_capacity(bytes), SCHEMA.clone(), Some(properties))?;
        Ok(FileWriter { writer, rows: 0, times: None, positions: None, words: None })
    }

    /// Gives the file an index of its words. To be called before the first row.
    pub(crate) fn with_words(self) -> FileWriter {
        FileWriter { words: Some(WordsBuilder::new()), ..self }
    }

    /// Adds rows, which stand below all rows before them in the order of pages.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        let times = Batch(batch).time(EVENT_TIME)?;
        let positions = Batch(batch).number(POSITION)?;
        widen(&mut self.times, min(times), max(times));
        widen(&mut self.positions, min(positions), max(positions));
        self.rows += batch.num_rows() as u64;
        if let Some(words) = &mut self.words {
            words.add(&columns_of_texts(&Batch(batch))?);
        }
        self.writer.write(batch)?;
        Ok(())
    }

    /// The file; `None` if it has no rows.
    pub(crate) fn finish(mut self, kept_day: i32) -> Result<Option<WrittenFile>, LakeError> {
        let (Some(times), Some(positions)) = (self.times, self.positions) else {
            return Ok(None);
        };
        // A file with too many words gets the name all the same: it would get no index the next time either.
        let ending = if self.words.is_some() { INDEXED } else { ".parquet" };
        if let Some(index) = self.words.take().and_then(WordsBuilder::finish) {
            self.write_index(&index)?;
        }
        let bytes = Bytes::from(self.writer.into_inner()?);
        let file = TableFile {
            path: format!("{}/{}{ending}", partition_folder(kept_day), Uuid::new_v4()),
            kept_day,
            rows: self.rows,
            bytes: bytes.len() as u64,
            oldest_time: times.0,
            newest_time: times.1,
            first_position: positions.0 as u64,
            last_position: positions.1 as u64,
        };
        Ok(Some(WrittenFile { bytes, file }))
    }

    /// Behind the rows, where no reader of Parquet looks.
    fn write_index(&mut self, index: &[u8]) -> Result<(), LakeError> {
        self.writer.flush()?;
        let place = format!("{} {}", self.writer.bytes_written(), index.len());
        self.writer.write_all(index)?;
        self.writer.append_key_value_metadata(KeyValue::new(FOOTER_KEY.to_owned(), place));
        Ok(())
    }
}

impl WrittenFile {
    /// Stores the file durably. Until a commit names it, it is no part of the table.
    pub(crate) async fn store(self, files: &Arc<dyn ObjectStore>) -> Result<TableFile, LakeError> {
        let path = object_store::path::Path::from(self.file.path.as_str());
        let stored = files.put(&path, self.bytes.into()).await;
        stored.map_err(|error: ObjectStoreError| deltalake::DeltaTableError::from(error))?;
        Ok(self.file)
    }
}

fn widen(bounds: &mut Option<(i64, i64)>, low: Option<i64>, high: Option<i64>) {
    if let (Some(low), Some(high)) = (low, high) {
        let (lowest, highest) = bounds.unwrap_or((low, high));
        *bounds = Some((lowest.min(low), highest.max(high)));
    }
}

fn properties(rows: usize, effort: Effort) -> WriterProperties {
    let level = match effort {
        Effort::Fast => 1,
        Effort::Thorough => 9,
    };
    let level = ZstdLevel::try_new(level).expect("a level that exists");
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_data_page_size_limit(PAGE_BYTES)
        .set_write_batch_size(PAGE_STEP_ROWS)
        .set_dictionary_page_size_limit(DICTIONARY_BYTES)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_sorting_columns(Some(sorting()));
    for (column, kind) in SCHEMA.fields().iter().map(|field| (field.name().as_str(), kind(field.name()))) {
        let path = ColumnPath::from(column);
        builder = match kind {
            Kind::Number => builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
            Kind::FewTexts => builder.set_column_compression(path, Compression::UNCOMPRESSED),
            Kind::Caller => builder.set_column_dictionary_page_size_limit(path, CALLER_DICTIONARY_BYTES),
            Kind::SomeTexts => builder,
            Kind::ManyTexts => builder.set_column_dictionary_enabled(path, false),
            Kind::Answers => builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_data_page_size_limit(path, MEDIUM_PAGE_BYTES),
            Kind::Ids => builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path.clone(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
                .set_column_data_page_size_limit(path, SMALL_PAGE_BYTES),
            Kind::Numbers => builder
                .set_column_dictionary_enabled(element(column), false)
                .set_column_encoding(element(column), Encoding::DELTA_BINARY_PACKED),
            Kind::FewTextsEach => builder.set_column_compression(element(column), Compression::UNCOMPRESSED),
        };
    }
    for column in [POSITION, EVENT_TIME, ARRIVAL] {
        // Read one by one of rows here and there.
        builder = builder.set_column_data_page_size_limit(ColumnPath::from(column), NUMBERS_PAGE_BYTES);
    }
    for column in [POSITION, EVENT_TIME] {
        builder = builder.set_column_statistics_enabled(ColumnPath::from(column), EnabledStatistics::Page);
    }
    for column in [ACCOUNT, CATEGORY, text_column(TextKey::Region)] {
        builder = builder.set_column_statistics_enabled(ColumnPath::from(column), EnabledStatistics::Chunk);
    }
    // Tells duplicates, which are looked for in many files at once; look-ups go by the hashes.
    let event_id = ColumnPath::from("event_id");
    builder
        .set_column_bloom_filter_fpp(event_id.clone(), 0.01)
        .set_column_bloom_filter_max_ndv(event_id, rows.min(GROUP_ROWS) as u64)
        .build()
}

/// What the values of a column are like.
#[derive(Clone, Copy)]
enum Kind {
    /// Numbers near those of the row before.
    Number,
    /// Some hundred different texts, or flags: their numbers in the dictionary are small already.
    FewTexts,
    /// Texts that say who called.
    Caller,
    /// Some thousand different texts.
    SomeTexts,
    /// Nearly every text is another.
    ManyTexts,
    /// Likewise, full of random numbers.
    Answers,
    /// Random numbers as texts of one length.
    Ids,
    /// Lists of numbers.
    Numbers,
    /// Lists of few different texts.
    FewTextsEach,
}

/// Whether a column of texts has so few different ones that most of its row groups have them in a dictionary.
pub(crate) fn is_coded(column: &str) -> bool {
    let is_text = SCHEMA.field_with_name(column).is_ok_and(|field| field.data_type() == &DataType::Utf8);
    is_text && matches!(kind(column), Kind::FewTexts | Kind::Caller | Kind::SomeTexts)
}

fn kind(column: &str) -> Kind {
    match column {
        POSITION | EVENT_TIME | ARRIVAL | EVENT_ID_HASH => Kind::Number,
        "user_name" | "user_arn" | "user_principal_id" | "access_key_id" | "source_ip" | USERNAME => {
            Kind::Caller
        }
        RESOURCE_HASHES => Kind::Numbers,
        RESOURCE_TYPES => Kind::FewTextsEach,
        "tls_details" | "user_agent" => Kind::SomeTexts,
        "event_id" | "request_id" | "shared_event_id" => Kind::Ids,
        "response_elements" | "additional_event_data" => Kind::Answers,
        ERROR_MESSAGE | OVERFLOW => Kind::ManyTexts,
        json if MEMBERS.iter().any(|member| member.column == json && member.shape == Shape::Json) => {
            Kind::ManyTexts
        }
        _ => Kind::FewTexts,
    }
}

/// The leaf column of a list.
fn element(column: &str) -> ColumnPath {
    ColumnPath::new(vec![column.to_owned(), "list".to_owned(), "element".to_owned()])
}

/// Event time, then position, both descending.
fn sorting() -> Vec<SortingColumn> {
    let index = |column| SCHEMA.index_of(column).expect("a column of the schema") as i32;
    [EVENT_TIME, POSITION]
        .map(|column| SortingColumn { column_idx: index(column), descending: true, nulls_first: false })
        .to_vec()
}
