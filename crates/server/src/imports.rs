//! Imports of log files from buckets: those of StartImport, which have an end, and those that follow a bucket for ever.

mod bucket;
pub(crate) mod content;
mod fault;
mod file;
mod folders;
mod follow;
mod run;

pub(crate) use bucket::Bucket;
pub(crate) use fault::Fault;
pub(crate) use follow::{FollowedFigures, follow};
pub(crate) use run::run;

use cairn_model::{EventDataStoreArn, Timestamp};
use cairn_store::imports::{Definition, Imports as Ledger, ImportsError};
use follow::Figures;
use std::path::Path;
use tokio::sync::{Mutex, Notify};

/// The folder of the data folder that holds the database.
pub(crate) const FOLDER: &str = "imports";
/// The database's name in it.
pub(crate) const DATABASE: &str = "imports.db";

/// All imports of this server.
pub(crate) struct Imports {
    ledger: Ledger,
    /// Something is to be run, or was stopped.
    changed: Notify,
    /// What the call under the control plane's lock begins.
    beginning: Mutex<Option<Beginning>>,
    followed: Figures,
}

/// What happens when the event of a call of StartImport is durable.
enum Beginning {
    New(String),
    Again(String),
}

impl Imports {
    /// Opens the database, or makes it.
    pub(crate) async fn open(data: &Path) -> Result<Imports, ImportsError> {
        let folder = data.join(FOLDER);
        std::fs::create_dir_all(&folder).map_err(|error| ImportsError::Database(error.into()))?;
        let ledger = Ledger::open(&folder.join(DATABASE)).await?;
        Ok(Imports {
            ledger,
            changed: Notify::new(),
            beginning: Mutex::default(),
            followed: Figures::default(),
        })
    }

    /// What is known of imports.
    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// What following buckets has done since the start.
    pub(crate) fn followed(&self) -> &Figures {
        &self.followed
    }

    /// Notes a new import, which runs once [`Imports::announce`] is called. Under the control plane's lock.
    pub(crate) async fn begin(
        &self,
        id: &str,
        definition: &Definition,
        now: Timestamp,
    ) -> Result<(), ImportsError> {
        // Of a call whose event could not be written.
        self.ledger.forget_unannounced().await?;
        self.ledger.begin(id, definition, now).await?;
        *self.beginning.lock().await = Some(Beginning::New(id.to_owned()));
        Ok(())
    }

    /// Notes that an import is to be tried again, which it is once [`Imports::announce`] is called. Under the control
    /// plane's lock.
    pub(crate) async fn begin_again(&self, id: &str) {
        *self.beginning.lock().await = Some(Beginning::Again(id.to_owned()));
    }

    /// Lets run what was begun last: its call is on the record.
    pub(crate) async fn announce(&self, now: Timestamp) -> Result<(), ImportsError> {
        match self.beginning.lock().await.take() {
            Some(Beginning::New(id)) => self.ledger.announce(&id).await?,
            Some(Beginning::Again(id)) => self.ledger.retry(&id, now).await?,
            None => {}
        }
        self.changed.notify_one();
        Ok(())
    }

    /// Stops an import. When this returns, nothing of it is counted any more.
    pub(crate) async fn stop(&self, id: &str, now: Timestamp) -> Result<(), ImportsError> {
        self.ledger.stop(id, now).await?;
        self.changed.notify_one();
        Ok(())
    }

    /// Whether an import into this store is under way.
    pub(crate) async fn fills(&self, store: &EventDataStoreArn) -> Result<bool, ImportsError> {
        let ongoing = self.ledger.ongoing().await?;
        Ok(ongoing.iter().any(|import| import.definition.destination == *store))
    }

    /// Waits until something is to be run, or was stopped.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }
}
