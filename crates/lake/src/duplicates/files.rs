//! What data files hold of identities and contents, as far as it was asked.

use super::{Candidate, Duplicates};
use crate::cache::Cache;
use crate::canonical::{ContentHash, content_hash};
use crate::columns::{ACCOUNT, EVENT_TIME};
use crate::error::LakeError;
use crate::reassemble::{Batch, Rows};
use crate::table::{FileReader, OpenFile, TableFile};
use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::parquet::arrow::arrow_reader::RowSelection;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Memory for what is known of data files, in bytes: the identities of some million rows.
pub(super) const MARKS_BYTES_MAX: usize = 64 << 20;
/// Rows decoded at once for their identities.
const BATCH_ROWS: usize = 8_192;
/// Rows decoded at once for their contents: their texts may be of 1 MiB each.
const TEXT_BATCH_ROWS: usize = 256;
/// Memory of one content in the cache, with its share of the map, in bytes.
const CONTENT_BYTES: usize = 64;

/// The contents of the events of some identities.
pub(super) type Contents = HashMap<u64, Vec<ContentHash>>;

/// What is known of the files used last, by their paths.
pub(super) type FileMarks = Cache<String, KnownFile>;

/// What is known of a file.
#[derive(Clone)]
pub(super) struct KnownFile {
    /// Of all its rows, sorted.
    identities: Arc<[u64]>,
    /// Of those identities that were asked for: whoever sends many events of one identity must not make each
    /// commit read the file again.
    contents: Arc<Contents>,
}

impl KnownFile {
    pub(super) fn new(identities: Arc<[u64]>) -> KnownFile {
        KnownFile { identities, contents: Arc::default() }
    }

    pub(super) fn bytes(&self) -> usize {
        let contents: usize = self.contents.values().map(|contents| contents.len() * CONTENT_BYTES).sum();
        size_of_val(&*self.identities) + contents
    }
}

impl Duplicates {
    /// The sorted identities of a file; `None` if it certainly holds none of the ids of `overlapping`.
    pub(super) fn identities_in(
        &self,
        file: &TableFile,
        overlapping: &[usize],
        candidates: &[Candidate],
        reader: &FileReader,
    ) -> Result<Option<Arc<[u64]>>, LakeError> {
        if let Some(known) = self.files.get(&file.path) {
            return Ok(Some(known.identities));
        }
        let open = reader.open(&file.path)?;
        if !may_hold_any(&open, overlapping, candidates)? {
            return Ok(None);
        }
        let mut identities = Vec::with_capacity(file.rows as usize);
        for group in 0..open.footer().num_row_groups() {
            self.each_identity(&open, group, |_, identity| identities.push(identity))?;
        }
        Ok(Some(self.remember(&file.path, identities)))
    }

    /// The contents of the events of a file that have the identities `wanted`; there may be others.
    pub(super) fn contents_in(
        &self,
        file: &TableFile,
        mut wanted: HashSet<u64>,
        reader: &FileReader,
    ) -> Result<Arc<Contents>, LakeError> {
        let known = self.files.get(&file.path);
        let known_contents = known.as_ref().map(|known| Arc::clone(&known.contents)).unwrap_or_default();
        wanted.retain(|identity| !known_contents.contains_key(identity));
        if wanted.is_empty() {
            return Ok(known_contents);
        }
        let mut contents = Contents::clone(&known_contents);
        self.read_contents(&reader.open(&file.path)?, &wanted, &mut contents)?;
        let contents = Arc::new(contents);
        if let Some(KnownFile { identities, .. }) = known {
            self.put(&file.path, KnownFile { identities, contents: Arc::clone(&contents) });
        }
        Ok(contents)
    }

    fn read_contents(
        &self,
        open: &OpenFile,
        wanted: &HashSet<u64>,
        contents: &mut Contents,
    ) -> Result<(), LakeError> {
        for group in 0..open.footer().num_row_groups() {
            let mut rows: Vec<(usize, u64)> = Vec::new();
            self.each_identity(open, group, |row, identity| {
                if wanted.contains(&identity) {
                    rows.push((row, identity));
                }
            })?;
            if rows.is_empty() {
                continue;
            }
            let ranges = rows.iter().map(|(row, _)| *row..row + 1);
            let selection = RowSelection::from_consecutive_ranges(ranges, open.group_rows(group));
            let mut identities = rows.iter().map(|(_, identity)| *identity);
            for batch in open.rows(group, None, Some(selection), TEXT_BATCH_ROWS)? {
                let batch = batch?;
                let rows = Rows::of(&batch)?;
                for (row, identity) in (0..batch.num_rows()).zip(identities.by_ref()) {
                    contents.entry(identity).or_default().push(content_hash(&rows.text(row)));
                }
            }
        }
        Ok(())
    }

    /// Gives `take` the number and the identity of every row of a group.
    fn each_identity(
        &self,
        open: &OpenFile,
        group: usize,
        mut take: impl FnMut(usize, u64),
    ) -> Result<(), LakeError> {
        let mut first = 0;
        for batch in open.rows(group, Some(&[ACCOUNT, EVENT_TIME, "event_id"]), None, BATCH_ROWS)? {
            let batch: RecordBatch = batch?;
            let (rows, columns) = (batch.num_rows(), Batch(&batch));
            let (accounts, times) = (columns.text(ACCOUNT)?, columns.time(EVENT_TIME)?);
            let ids = columns.text("event_id")?;
            for row in 0..rows {
                let id = ids.is_valid(row).then(|| ids.value(row));
                take(first + row, self.identity_of(accounts.value(row), times.value(row), id));
            }
            first += rows;
        }
        Ok(())
    }
}

/// Whether the Bloom filters of a file let any of the ids through.
fn may_hold_any(open: &OpenFile, overlapping: &[usize], candidates: &[Candidate]) -> Result<bool, LakeError> {
    let Some(column) = open.column("event_id") else { return Ok(true) };
    let mut ids = Vec::with_capacity(overlapping.len());
    for index in overlapping {
        ids.extend(candidates[*index].event()?.string(cairn_model::Field::EventId));
    }
    for group in 0..open.footer().num_row_groups() {
        if open.may_hold(group, column, ids.iter().map(|id| &**id))? {
            return Ok(true);
        }
    }
    Ok(false)
}
