//! Federation: the tables of event data stores, shown to other engines.
//!
//! What AWS puts into Glue and Lake Formation is one file here: `federation/catalog.json` in the data folder names each
//! federated store's table, where it is, and what a reader has to know. A store's federation is enabled when the file has
//! it, and disabled when the file no longer does. The file is always whole: it is replaced, not written.

#[cfg(test)]
mod tests;

use crate::app::App;
use crate::location::Location;
use crate::stores::{id_of, table_name};
use cairn_lake::{LakeError, PARTITION_COLUMN, PROTOCOL, table_columns};
use cairn_model::EventDataStore;
use cairn_store::disk::LocalDisk;
use cairn_store::durable_file::write_durably;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// The folder of the catalog file, in the data folder.
pub(crate) const FOLDER: &str = "federation";
const FILE: &str = "catalog.json";
/// What AWS calls the database of federated stores.
const DATABASE: &str = "aws:cloudtrail";
/// The version of the file's form.
const VERSION: u64 = 1;

/// What is shown to other engines.
pub(crate) struct Federation {
    file: PathBuf,
    shown: Mutex<Arc<Shown>>,
}

/// The stores in the catalog file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Shown(BTreeMap<Uuid, Entry>);

/// What the file says of a store that may change.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    arn: String,
    name: String,
    role: String,
}

/// Why the catalog file could not be brought up to date. It is as it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FederationError {
    #[error("the catalog file: {0}")]
    File(#[from] std::io::Error),
    #[error(transparent)]
    Table(#[from] LakeError),
}

impl Federation {
    /// What an earlier process has shown still is. A file that cannot be read counts as one that shows nothing: it is
    /// written anew.
    pub(crate) fn open(data: &Path) -> Federation {
        let file = data.join(FOLDER).join(FILE);
        let shown = std::fs::read(&file).ok().and_then(|bytes| Shown::read(&bytes)).unwrap_or_default();
        Federation { file, shown: Mutex::new(Arc::new(shown)) }
    }

    /// The state of a store's federation, as AWS names it.
    pub(crate) fn status(&self, store: &EventDataStore) -> &'static str {
        match (store.federation_role.is_some(), self.shows(store)) {
            (true, true) => "ENABLED",
            (true, false) => "ENABLING",
            (false, true) => "DISABLING",
            (false, false) => "DISABLED",
        }
    }

    fn shows(&self, store: &EventDataStore) -> bool {
        self.shown().0.contains_key(&id_of(store))
    }

    /// Brings the file up to date with the catalog, if it is not. Tables are made before they are shown.
    pub(crate) async fn follow(&self, app: &App) -> Result<(), FederationError> {
        let state = app.journal.catalog().state();
        let federated = state.event_data_stores.values().filter(|store| store.federation_role.is_some());
        let federated: Vec<_> = federated.cloned().collect();
        let mut wanted = Shown(federated.iter().map(|store| (id_of(store), Entry::of(store))).collect());
        let known = Arc::clone(&self.shown());
        if *known == wanted {
            return Ok(());
        }
        let mut failed = None;
        for store in federated.iter().filter(|store| !known.0.contains_key(&id_of(store))) {
            // One that cannot be opened holds up no other.
            if let Err(error) = app.stores.table(store).await {
                wanted.0.remove(&id_of(store));
                failed = Some(error);
            }
        }
        self.write(&app.location, &app.config.data, &wanted)?;
        *self.shown() = Arc::new(wanted);
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    fn write(&self, location: &Location, data: &Path, wanted: &Shown) -> std::io::Result<()> {
        let folder = self.file.parent().ok_or(std::io::ErrorKind::InvalidInput)?;
        std::fs::create_dir_all(folder)?;
        let text =
            serde_json::to_vec_pretty(&wanted.catalog(location, data)).expect("JSON has string keys only");
        write_durably(&LocalDisk, &self.file, &text)
    }

    fn shown(&self) -> MutexGuard<'_, Arc<Shown>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn of(store: &EventDataStore) -> Entry {
        Entry {
            arn: store.arn.to_string(),
            name: store.name.clone(),
            role: store.federation_role.clone().unwrap_or_default(),
        }
    }
}

impl Shown {
    /// The file's text.
    fn catalog(&self, location: &Location, data: &Path) -> Value {
        let columns = table_columns()
            .into_iter()
            .map(|column| json!({ "name": column.name, "type": column.kind, "nullable": column.nullable }));
        let columns: Vec<Value> = columns.collect();
        let table = |(id, entry): (&Uuid, &Entry)| {
            json!({
                "name": id.to_string(),
                "eventDataStoreName": entry.name,
                "eventDataStoreArn": entry.arn,
                "federationRoleArn": entry.role,
                "location": location.shown(data, &table_name(*id)),
                "format": "delta",
                "minReaderVersion": PROTOCOL.0,
                "minWriterVersion": PROTOCOL.1,
                "partitionColumns": [PARTITION_COLUMN],
                "columns": columns,
            })
        };
        let tables: Vec<Value> = self.0.iter().map(table).collect();
        json!({ "version": VERSION, "database": DATABASE, "tables": tables })
    }

    fn read(bytes: &[u8]) -> Option<Shown> {
        let catalog: Value = serde_json::from_slice(bytes).ok()?;
        if catalog["version"] != VERSION {
            return None;
        }
        let entry = |table: &Value| {
            let text = |name: &str| Some(table[name].as_str()?.to_owned());
            let entry = Entry {
                arn: text("eventDataStoreArn")?,
                name: text("eventDataStoreName")?,
                role: text("federationRoleArn")?,
            };
            Some((table["name"].as_str()?.parse().ok()?, entry))
        };
        catalog["tables"].as_array()?.iter().map(entry).collect::<Option<_>>().map(Shown)
    }
}
