//! A catalog on PostgreSQL at the start: whether this data folder may use it.

use super::{StartError, secret_of};
use crate::config::Config;
use crate::journal::{Journal, Sharing, Unsettled};
use cairn_model::{AccessKey, Position};
use cairn_store::catalog::shared::Shared;
use cairn_store::disk::LocalDisk;
use cairn_store::durable_file::write_durably;
use cairn_store::seal::Seal;
use std::path::Path;

/// The file that says which shared catalog a data folder follows. Backups do not have it: what is restored may go on alone.
pub(super) const FOLLOWS: &str = "catalog.shared";

/// A shared catalog that answers and is the data folder's.
pub(super) struct Found {
    shared: Shared,
    /// The operator's key in it, once a process has made one.
    pub(super) operator: Option<AccessKey>,
    /// Below it the catalog has all changes of this process' log. `None` if they have never met.
    pub(super) agreed: Option<Position>,
}

/// Connects, if the settings say so. A data folder that follows a shared catalog goes on with it, or not at all: changes that one
/// process made alone could not be told from those that it missed.
pub(super) async fn find(
    config: &Config,
    data: &Path,
    incarnation: &str,
) -> Result<Option<Found>, StartError> {
    let followed = match std::fs::read_to_string(data.join(FOLLOWS)) {
        Ok(text) => Some(text.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(source) => return Err(StartError::Folder { path: data.display().to_string(), source }),
    };
    let shown = || data.join(FOLLOWS).display().to_string();
    let Some(url) = &config.catalog_url else {
        return if followed.is_some() { Err(StartError::CatalogUrlMissing(shown())) } else { Ok(None) };
    };
    let shared = Shared::open(url, incarnation).await?;
    if followed.as_deref().is_some_and(|followed| followed != shared.identity()) {
        return Err(StartError::OtherCatalog(shown()));
    }
    let operator = shared.operator().await?;
    let agreed = if followed.is_some() { shared.position().await? } else { None };
    Ok(Some(Found { shared, operator, agreed }))
}

impl Found {
    /// Refuses a key file that opens nothing in the catalog.
    pub(super) fn check(&self, seal: &Seal) -> Result<(), StartError> {
        match &self.operator {
            Some(key) if secret_of(seal, key).is_none() => Err(StartError::WrongKeyFile),
            _ => Ok(()),
        }
    }

    /// What a journal needs to share the catalog.
    pub(super) fn sharing(self, config: &Config) -> Sharing {
        Sharing::new(self.shared, config.region.clone())
    }
}

/// Brings catalog and data folder together, and notes that they are.
pub(super) async fn join(
    journal: &Journal,
    unsettled: Option<Unsettled>,
    disk: &LocalDisk,
    data: &Path,
) -> Result<(), StartError> {
    let Some(identity) = journal.shared_identity() else { return Ok(()) };
    journal.join(unsettled).await?;
    let path = data.join(FOLLOWS);
    let failed = |source| StartError::Folder { path: path.display().to_string(), source };
    if !path.exists() {
        write_durably(disk, &path, format!("{identity}\n").as_bytes()).map_err(failed)?;
    }
    Ok(())
}
