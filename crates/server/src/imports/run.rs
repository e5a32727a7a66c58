//! One import of StartImport, from its first folder to its end. Whatever cuts it off, it goes on where it was.

use super::bucket::{Bucket, File, patiently};
use super::fault::Fault;
use super::file;
use super::folders::{self, Found};
use crate::app::App;
use crate::clock;
use crate::ingest::Destined;
use crate::stores;
use cairn_decide::imports::{Location, Plan, Selection, location};
use cairn_store::imports::{
    Failure, Import, ImportStatus, Imports as Ledger, ImportsError, NewFailure, Outcome, Step,
};
use futures::stream::StreamExt;
use std::pin::pin;
use std::sync::Arc;

/// Files that are read at once.
const PARALLEL: usize = 4;
/// Files that are noted at once, if as many have ended.
const NOTED_MAX: usize = 64;

/// An import under way.
struct Run<'a> {
    app: &'a App,
    import: Import,
    bucket: Bucket,
    location: Location,
    plan: Plan,
    destined: Arc<Destined>,
}

/// Runs an import until it ends, or was stopped.
///
/// Errors: the database's; nothing is lost then, and it can be run again.
pub(crate) async fn run(app: &App, id: &str) -> Result<(), ImportsError> {
    let ledger = app.imports.ledger();
    let Some(import) = ledger.get(id).await?.filter(|import| import.status.is_ongoing()) else {
        return Ok(());
    };
    let (whole, status) = (import.definition.location.clone(), import.status);
    match Run::prepare(app, import).await {
        Ok(run) if status == ImportStatus::Initializing && !run.find_folders().await? => Ok(()),
        Ok(run) => run.read().await,
        Err(fault) => ledger.fail(id, &failure(whole, &fault, 0), clock::now()).await,
    }
}

impl<'a> Run<'a> {
    async fn prepare(app: &'a App, import: Import) -> Result<Run<'a>, Fault> {
        let definition = &import.definition;
        let state = app.journal.catalog().state();
        let mut stores = state.event_data_stores_of(definition.destination.account);
        let store =
            stores.find(|store| store.arn == definition.destination && !store.is_pending_deletion()).cloned();
        let store = store.ok_or_else(|| Fault::lasting("EventDataStoreNotFound", "the store is gone"))?;
        let selection = Selection::of(&store, definition.since, definition.until);
        let plan = Plan::of(&selection);
        let location = location(&definition.location)
            .map_err(|error| Fault::lasting("InvalidImportSource", error.to_string()))?;
        let found = patiently(|| Bucket::find(app, &location.bucket, definition.account)).await?;
        let bucket = found.ok_or_else(|| Fault::lasting("NoSuchBucket", "the bucket does not exist"))?;
        let ids = vec![stores::id_of(&store).into_bytes()];
        let destined = Arc::new(Destined { stores: ids, selection: Some(selection) });
        Ok(Run { app, import, bucket, location, plan, destined })
    }

    fn ledger(&self) -> &Ledger {
        self.app.imports.ledger()
    }

    /// Looks for the folders that are to be read. `false`: the import has ended meanwhile.
    async fn find_folders(&self) -> Result<bool, ImportsError> {
        let id = &self.import.id;
        match folders::find(&self.bucket, &self.plan, &self.location.prefix).await {
            Ok(found) => {
                let found: Vec<_> =
                    found.into_iter().map(|Found { path, is_whole }| (path, is_whole)).collect();
                self.ledger().found(id, &found, clock::now()).await
            }
            Err((folder, fault)) => {
                let failure = failure(self.bucket.url(&folder), &fault, 0);
                self.ledger().fail(id, &failure, clock::now()).await?;
                Ok(false)
            }
        }
    }

    async fn read(&self) -> Result<(), ImportsError> {
        let id = &self.import.id;
        while let Some((prefix, is_whole)) = self.ledger().next_prefix(id).await? {
            if !self.read_folder(&prefix, is_whole).await? {
                return Ok(());
            }
        }
        while let Some(failure) = self.ledger().next_retry(id).await? {
            if !self.try_again(&failure).await? {
                return Ok(());
            }
        }
        self.ledger().finish(id, clock::now()).await
    }

    /// Reads the files of a folder that are not done. `false`: the import has ended meanwhile.
    async fn read_folder(&self, prefix: &str, is_whole: bool) -> Result<bool, ImportsError> {
        let id = &self.import.id;
        // A later folder begins with nothing done.
        let last = self.ledger().get(id).await?.map(|import| import.last_key).unwrap_or_default();
        let files = self.bucket.files(prefix, is_whole, &last);
        let wanted = files.filter(|file| {
            let takes = file.as_ref().map_or(true, |file| self.plan.takes(&file.key));
            std::future::ready(takes)
        });
        let taken = wanted.map(async |file| match file {
            Ok(file) => Ok(self.take(&file).await),
            Err(fault) => Err(fault),
        });
        let mut ended = pin!(taken.buffered(PARALLEL).ready_chunks(NOTED_MAX));
        while let Some(ended) = ended.next().await {
            let steps: Result<Vec<Step>, Fault> = ended.into_iter().collect();
            let goes_on = match steps {
                Ok(steps) => self.ledger().advance(id, &steps, clock::now()).await?,
                Err(fault) => {
                    let failure = failure(self.bucket.url(prefix), &fault, 0);
                    self.ledger().fail(id, &failure, clock::now()).await?;
                    false
                }
            };
            if !goes_on {
                return Ok(false);
            }
        }
        self.ledger().complete_prefix(id, prefix, clock::now()).await
    }

    async fn take(&self, file: &File) -> Step {
        let account = self.import.definition.account;
        let taken = file::take(self.app, &self.bucket, file, account, Some(&self.destined)).await;
        let url = self.bucket.url(&file.key);
        let outcome = match taken {
            Ok(file::Taken { events, fault: None }) => Outcome::Imported { events },
            Ok(file::Taken { events, fault: Some(fault) }) => Outcome::Failed(failure(url, &fault, events)),
            Err(fault) => Outcome::Failed(failure(url, &fault, 0)),
        };
        Step { key: file.key.clone(), outcome }
    }

    /// `false`: the import has ended meanwhile.
    async fn try_again(&self, failure: &Failure) -> Result<bool, ImportsError> {
        let prefix = self.bucket.url("");
        let key = failure.location.strip_prefix(&prefix).unwrap_or_default();
        // All folders have been read by now.
        if key.is_empty() || key.ends_with('/') || failure.location == self.import.definition.location {
            return self.ledger().mended(failure, clock::now()).await.map(|()| true);
        }
        // Its size is not known: it may take what the largest takes.
        let step = self.take(&File { key: key.to_owned(), bytes: u64::MAX }).await;
        self.ledger().tried_again(&self.import.id, failure, &step.outcome, clock::now()).await
    }
}

fn failure(location: String, fault: &Fault, events: u64) -> NewFailure {
    NewFailure { location, error_type: fault.code.clone(), error_message: fault.message.clone(), events }
}
