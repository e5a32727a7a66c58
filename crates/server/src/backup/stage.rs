//! What goes into a backup, each part held still by itself.

use super::Source;
use super::manifest::KEY_FILE;
use crate::app::App;
use crate::enrichment;
use crate::gateway::INTENTS;
use crate::imports;
use crate::stores::{self, StateError};
use cairn_bucket::BucketError;
use cairn_delivery::DeliveryError;
use cairn_lake::LakeError;
use cairn_model::Position;
use cairn_store::catalog::CatalogError;
use cairn_store::log::{Frozen, FrozenSegment, Hold};
use std::io;
use std::path::{Path, PathBuf};

/// The folder of the data folder in which copies of databases are made. What a crash leaves there is removed at the next
/// start and by the next backup.
const STAGING: &str = "backup.staging";

/// Why a backup could not begin.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StageError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Imports(#[from] cairn_store::imports::ImportsError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    #[error(transparent)]
    Buckets(#[from] BucketError),
    #[error(transparent)]
    History(#[from] LakeError),
    #[error(transparent)]
    Stores(#[from] StateError),
}

/// All files of a backup, and what keeps them as they are until this is dropped.
pub(crate) struct Collected {
    files: Vec<Source>,
    end: Position,
    _log: Hold,
    _intents: Option<Hold>,
    _history: cairn_lake::Frozen,
    _stores: Vec<cairn_lake::Frozen>,
    _staging: Staging,
}

impl Collected {
    /// The files, in the order in which they are written.
    pub(crate) fn files(&self) -> &[Source] {
        &self.files
    }

    /// Where the log ends in the backup.
    pub(crate) fn end(&self) -> Position {
        self.end
    }
}

/// Holds every part still and lists its files. The order matters twice: the log is held first, so that nothing the others
/// need of it is released, and its end is taken last, so that none of them is beyond it: of an intent that is closed in the
/// copy, the event is there too.
pub(crate) async fn collect(app: &App, with_key: bool) -> Result<Collected, StageError> {
    let data = &app.config.data;
    let log = app.journal.log().hold();
    let staging = Staging::make(data)?;
    let mut files = Vec::new();
    if with_key {
        files.push(whole(&data.join(KEY_FILE), KEY_FILE.to_owned())?);
    }
    let catalog = staging.path("catalog.db");
    app.journal.catalog().snapshot_into(&catalog).await?;
    files.push(whole(&catalog, "catalog.db".to_owned())?);
    add_tags(data, &staging, &mut files)?;
    add_deliveries(app, &staging, &mut files).await?;
    let history = app.history.freeze().await?;
    for name in history.files() {
        files.push(whole(&history.dir().join(name), format!("history/{name}"))?);
    }
    let stores = add_stores(app, &staging, &mut files).await?;
    let imports = staging.path(imports::DATABASE);
    app.imports.ledger().snapshot_into(&imports).await?;
    files.push(whole(&imports, format!("{}/{}", imports::FOLDER, imports::DATABASE))?);
    let intents = app.gateway.hold_intents();
    if let Some(intents) = &intents {
        files.extend(segments(INTENTS, intents.freeze()));
    }
    let frozen = log.freeze();
    let end = frozen.end;
    files.extend(segments("log", frozen));
    Ok(Collected {
        files,
        end,
        _log: log,
        _intents: intents,
        _history: history,
        _stores: stores,
        _staging: staging,
    })
}

/// The tables of event data stores, after what is saved of how far they are: they hold all that it says.
async fn add_stores(
    app: &App,
    staging: &Staging,
    files: &mut Vec<Source>,
) -> Result<Vec<cairn_lake::Frozen>, StageError> {
    let state = staging.path(stores::STATE);
    std::fs::write(&state, app.stores.saved_state()?).map_err(failed(&state))?;
    files.push(whole(&state, format!("{}/{}", stores::FOLDER, stores::STATE))?);
    let mut held = Vec::new();
    for (store, table) in app.stores.freeze().await? {
        for name in table.files() {
            files.push(whole(&table.dir().join(name), format!("{}/{store}/{name}", stores::FOLDER))?);
        }
        held.push(table);
    }
    Ok(held)
}

/// The tags that were put here, if any were: the file that is there now, which the next ones replace.
fn add_tags(data: &Path, staging: &Staging, files: &mut Vec<Source>) -> Result<(), StageError> {
    let tags = data.join(enrichment::FILE);
    if tags.exists() {
        let held = staging.hold(&tags, enrichment::FILE)?;
        files.push(whole(&held, enrichment::FILE.to_owned())?);
    }
    Ok(())
}

/// The segments of a log, as far as they belong to the copy.
fn segments(folder: &str, frozen: Frozen) -> impl Iterator<Item = Source> {
    frozen.segments.into_iter().map(move |FrozenSegment { path, bytes }| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Source { name: format!("{folder}/{name}"), path, bytes }
    })
}

/// The outbox and the buckets are of one moment: an object that the outbox does not know yet, but a bucket has, would be
/// delivered once more by a server that is restored from the copy.
async fn add_deliveries(app: &App, staging: &Staging, files: &mut Vec<Source>) -> Result<(), StageError> {
    let still = app.delivery.freeze().await;
    let database = staging.path("outbox.db");
    still.snapshot_into(&database).await?;
    files.push(whole(&database, "delivery/outbox.db".to_owned())?);
    for path in still.files().await? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let held = staging.hold(&path, &name)?;
        files.push(whole(&held, format!("delivery/outbox/{name}"))?);
    }
    let buckets = app.buckets.files().await?;
    drop(still);
    let root = app.config.data.join("buckets");
    files.extend(buckets.into_iter().map(|file| Source {
        name: format!("buckets/{}", file.name),
        path: root.join(&file.name),
        bytes: file.bytes,
    }));
    Ok(())
}

/// A file that belongs to the backup from its first byte to its last.
fn whole(path: &Path, name: String) -> Result<Source, StageError> {
    let metadata = std::fs::metadata(path).map_err(failed(path))?;
    Ok(Source { name, path: path.to_owned(), bytes: metadata.len() })
}

/// The staging folder; gone when this is dropped.
struct Staging {
    folder: PathBuf,
}

impl Staging {
    /// One backup runs at a time, so the folder is nobody else's.
    fn make(data: &Path) -> Result<Staging, StageError> {
        let folder = data.join(STAGING);
        remove_staging(data).map_err(failed(&folder))?;
        std::fs::create_dir(&folder).map_err(failed(&folder))?;
        Ok(Staging { folder })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Another name for a file of the outbox, whose own goes when it is delivered. The bytes stay.
    fn hold(&self, path: &Path, name: &str) -> Result<PathBuf, StageError> {
        let held = self.path(name);
        std::fs::hard_link(path, &held).map_err(failed(path))?;
        Ok(held)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What stays takes space until the next start or backup removes it.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Removes what a backup left that a crash cut off.
pub(crate) fn remove_staging(data: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(data.join(STAGING)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> StageError {
    let path = path.to_owned();
    move |source| StageError::Io { path, source }
}
