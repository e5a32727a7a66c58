//! The history table: a Delta Lake table of protocol 1/2 in a local folder.
//!
//! Every commit that adds events carries Delta's `txn` action with the log position below which the
//! table holds every event, so data and position change in one atomic step.

mod cells;
mod column;
mod conditions;
mod file;
mod group;
mod log;
mod page;
mod positions;
mod prints;
mod pruning;
mod read;
mod record;
mod scan;
mod text;
mod words;
mod write;

pub(crate) use file::{TableFile, day_start};
pub(crate) use positions::rows_within;
pub(crate) use read::{FileReader, OpenFile};
pub(crate) use scan::{FileSource, RowInFile};
pub(crate) use write::{Effort, FileWriter, WrittenFile, is_coded};

use crate::columns::{KEPT_DAY, SCHEMA};
use crate::error::LakeError;
use cairn_model::Position;
use datafusion::arrow::datatypes::DataType as ArrowType;
use deltalake::kernel::{Action, ArrayType, DataType, StructField};
use deltalake::logstore::LogStoreRef;
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::{DeltaTable, DeltaTableBuilder, ObjectStore, ensure_table_uri};
use log::TableLog;
use object_store::ObjectStoreExt;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Whose position the `txn` action holds.
const APPLICATION: &str = "cairn.history";
/// The table property that tells the version of the columns.
const FORMAT: &str = "cairn.format";
pub(crate) const FORMAT_VERSION: u32 = 2;

/// An immutable state of the table.
#[derive(Clone, Debug)]
pub(crate) struct TableView {
    pub(crate) files: Vec<Arc<TableFile>>,
    /// Every event below this position is in the files.
    pub(crate) committed: Position,
}

impl TableView {
    pub(crate) fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

/// The table. There is one, and who has it is the one that commits.
pub(crate) struct Table {
    log: TableLog,
    /// The number of the log's newest entry.
    version: u64,
    view: Arc<TableView>,
    /// False after a commit whose result is unknown, until the log was read again.
    settled: bool,
    /// Others have it too while files are held.
    held: Arc<()>,
}

/// As long as there is one, no file of the table is deleted.
#[derive(Debug)]
pub(crate) struct Hold {
    _held: Arc<()>,
}

/// One atomic change of the table.
pub(crate) struct TableChange {
    pub(crate) add: Vec<TableFile>,
    pub(crate) remove: Vec<Arc<TableFile>>,
    pub(crate) purpose: Purpose,
}

/// What a change is for.
pub(crate) enum Purpose {
    /// New events; with them everything below this position is in the table.
    Append(Position),
    /// The same rows in fewer files.
    Join,
    /// Expired rows go.
    Expire,
}

/// The folder of a table as deltalake and as the file system know it.
pub(crate) fn prepare_folder(
    dir: &Path,
    store: Arc<dyn ObjectStore>,
) -> Result<(PathBuf, LogStoreRef), LakeError> {
    crate::durable_store::create_folder(&std::path::absolute(dir)?)?;
    open_folder(dir, store)
}

/// Likewise, if there is a table in it.
pub(crate) fn existing_folder(
    dir: &Path,
    store: Arc<dyn ObjectStore>,
) -> Result<Option<(PathBuf, LogStoreRef)>, LakeError> {
    match dir.join("_delta_log").try_exists()? {
        true => open_folder(dir, store).map(Some),
        false => Ok(None),
    }
}

fn open_folder(dir: &Path, store: Arc<dyn ObjectStore>) -> Result<(PathBuf, LogStoreRef), LakeError> {
    let dir = std::fs::canonicalize(dir)?;
    let location = ensure_table_uri(dir.to_string_lossy())?;
    let builder = DeltaTableBuilder::from_url(location.clone())?;
    let log_store = builder.with_storage_backend(store, location).build_storage()?;
    Ok((dir, log_store))
}

impl Table {
    /// Opens the table, which is made if there is none.
    pub(crate) async fn open_or_create(log_store: LogStoreRef) -> Result<Table, LakeError> {
        if !log_store.is_delta_table_location().await? {
            create(log_store.clone()).await?;
        }
        Table::open(log_store).await
    }

    /// Opens a table that is there.
    pub(crate) async fn open(log_store: LogStoreRef) -> Result<Table, LakeError> {
        let log = TableLog::new(log_store);
        let (version, view) = log.read().await?;
        Ok(Table { log, version, view: Arc::new(view), settled: true, held: Arc::default() })
    }

    /// Keeps all files of the table on disk.
    pub(crate) fn hold(&self) -> Hold {
        Hold { _held: Arc::clone(&self.held) }
    }

    /// Whether anyone keeps files on disk.
    pub(crate) fn is_held(&self) -> bool {
        Arc::strong_count(&self.held) > 1
    }

    /// The number of the newest entry of the table's log.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// The state after the last commit whose result is known.
    pub(crate) fn view(&self) -> Arc<TableView> {
        Arc::clone(&self.view)
    }

    /// The store of the table's files, by their paths relative to its folder.
    pub(crate) fn files(&self) -> Arc<dyn ObjectStore> {
        self.log.files()
    }

    /// Finds out what became of a commit whose result is unknown. To be called before a change is
    /// worked out, since what it starts from may have changed.
    pub(crate) async fn settle(&mut self) -> Result<(), LakeError> {
        if !self.settled {
            let (version, view) = self.log.read().await?;
            (self.version, self.view) = (version, Arc::new(recognized(&self.view, view)));
            self.settled = true;
        }
        Ok(())
    }

    /// Makes a change, whose files are on disk already. On an error the change was made wholly or not
    /// at all; [`Table::settle`] finds out which.
    pub(crate) async fn commit(&mut self, change: TableChange) -> Result<(), LakeError> {
        let (now_ms, changes_data) = (now_ms(), change.purpose.changes_data());
        let remove =
            change.remove.iter().map(|file| Action::Remove(file.remove_action(now_ms, changes_data)));
        let add = change.add.iter().map(|file| Action::Add(file.add_action(now_ms, changes_data)));
        let actions = remove.chain(add).collect();
        self.settled = false;
        match self.log.append(self.version + 1, actions, &change.purpose).await {
            Ok(()) => {
                self.version += 1;
                self.view = Arc::new(changed(&self.view, change));
                self.settled = true;
                self.tidy().await;
                Ok(())
            }
            // A version that exists is a commit whose result is unknown: nobody else commits.
            Err(error) => self.judge(error, &change).await,
        }
    }

    /// What was committed stays so if this fails, and the log is read more slowly for a while.
    async fn tidy(&self) {
        if let Err(error) = self.log.tidy(self.version, !self.is_held()).await {
            tracing::warn!(%error, "the log of the history table could not be tidied");
        }
    }

    /// After an error: reads the log and tells whether the change was made all the same.
    async fn judge(&mut self, error: LakeError, change: &TableChange) -> Result<(), LakeError> {
        self.settle().await?;
        let made = match change.purpose {
            Purpose::Append(position) => self.view.committed >= position,
            Purpose::Join | Purpose::Expire => {
                let live: HashSet<&str> = self.view.files.iter().map(|file| &*file.path).collect();
                change.remove.iter().all(|file| !live.contains(&*file.path))
            }
        };
        match made {
            true => {
                tracing::warn!(%error, "a commit of the history table was reported failed but was made");
                Ok(())
            }
            false => Err(error),
        }
    }

    /// Deletes files that no state of the last hours names: removed ones, and those of commits that
    /// never were. Returns how many; none while files are held.
    pub(crate) async fn vacuum(&mut self) -> Result<usize, LakeError> {
        if self.is_held() {
            return Ok(0);
        }
        // It makes entries of its own.
        self.settled = false;
        let deleted = self.log.vacuum().await?;
        self.settle().await?;
        Ok(deleted)
    }

    /// Deletes a file that does not belong to the table, nor to a state that anyone holds.
    pub(crate) async fn delete(&self, path: &str) {
        // One that stays is found by the next vacuum.
        let _ = self.log.files().delete(&object_store::path::Path::from(path)).await;
    }
}

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

impl Purpose {
    fn changes_data(&self) -> bool {
        !matches!(self, Purpose::Join)
    }

    fn operation(&self) -> DeltaOperation {
        match self {
            Purpose::Append(_) => DeltaOperation::Write {
                mode: SaveMode::Append,
                partition_by: Some(vec![KEPT_DAY.to_owned()]),
                predicate: None,
            },
            Purpose::Join => DeltaOperation::Optimize {
                predicate: None,
                target_size: crate::maintain::JOINED_BYTES_MAX as i64,
            },
            Purpose::Expire => DeltaOperation::Delete { predicate: None },
        }
    }
}

/// `read` with the files that `known` has, too, as the same objects: by these is told whether anyone uses a file.
fn recognized(known: &TableView, mut read: TableView) -> TableView {
    let by_path: HashMap<&str, &Arc<TableFile>> =
        known.files.iter().map(|file| (&*file.path, file)).collect();
    for file in &mut read.files {
        if let Some(same) = by_path.get(&*file.path) {
            *file = Arc::clone(same);
        }
    }
    read
}

fn changed(view: &TableView, change: TableChange) -> TableView {
    let removed: HashSet<&str> = change.remove.iter().map(|file| &*file.path).collect();
    let kept = view.files.iter().filter(|file| !removed.contains(&*file.path)).cloned();
    TableView {
        files: kept.chain(change.add.into_iter().map(Arc::new)).collect(),
        committed: match change.purpose {
            Purpose::Append(position) => position,
            Purpose::Join | Purpose::Expire => view.committed,
        },
    }
}

/// Whether this Cairn knows the format that a table says it has.
fn check_format(format: Option<&String>) -> Result<(), LakeError> {
    match format.map(|format| format.parse::<u32>()) {
        Some(Ok(FORMAT_VERSION)) => Ok(()),
        Some(Ok(found)) if found > FORMAT_VERSION => Err(LakeError::Newer { found, known: FORMAT_VERSION }),
        Some(Ok(found)) => Err(LakeError::Older { found, known: FORMAT_VERSION }),
        Some(Err(_)) | None => {
            Err(LakeError::Foreign { path: String::from("_delta_log"), what: "property cairn.format" })
        }
    }
}

async fn create(log_store: LogStoreRef) -> Result<(), LakeError> {
    let mut columns: Vec<StructField> = Vec::new();
    for field in SCHEMA.fields() {
        columns.push(StructField::new(field.name(), delta_type(field.data_type()), field.is_nullable()));
    }
    columns.push(StructField::new(KEPT_DAY, DataType::DATE, false));
    // A commit every few seconds: old entries of the log go after hours, or listing it gets slow.
    let entries_kept = format!("interval {} hours", log::ENTRIES_KEPT_HOURS);
    let checkpoint_every = log::CHECKPOINT_EVERY.to_string();
    let format = FORMAT_VERSION.to_string();
    let configuration = [
        ("delta.logRetentionDuration", &*entries_kept),
        ("delta.enableExpiredLogCleanup", "true"),
        ("delta.checkpointInterval", &checkpoint_every),
        ("delta.deletedFileRetentionDuration", "interval 1 hours"),
        ("delta.dataSkippingNumIndexedCols", "4"),
        (FORMAT, &format),
    ];
    let configuration: HashMap<String, Option<String>> =
        configuration.into_iter().map(|(key, value)| (key.to_owned(), Some(value.to_owned()))).collect();
    DeltaTable::new(log_store)
        .create()
        .with_table_name("history")
        .with_columns(columns)
        .with_partition_columns([KEPT_DAY])
        .with_raise_if_key_not_exists(false)
        .with_configuration(configuration)
        .await?;
    Ok(())
}

fn delta_type(kind: &ArrowType) -> DataType {
    match kind {
        ArrowType::Int64 => DataType::LONG,
        ArrowType::Int16 => DataType::SHORT,
        ArrowType::Int32 => DataType::INTEGER,
        ArrowType::Boolean => DataType::BOOLEAN,
        ArrowType::Timestamp(..) => DataType::TIMESTAMP,
        ArrowType::List(element) => DataType::from(ArrayType::new(delta_type(element.data_type()), true)),
        _ => DataType::STRING,
    }
}
