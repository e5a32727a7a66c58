//! A log, and stores that follow it.

use crate::clock;
use crate::enrichment::{Knowledge, Tags};
use crate::location::Location;
use crate::stores::{FOLDER, Saving, Step, Stores, StoresOptions};
use cairn_decide::selectors::default_store_selectors;
use cairn_decide::taking::Definitions;
use cairn_lake::{Categories, Lookup};
use cairn_model::event::{Admission, Door};
use cairn_model::{
    BillingMode, Change, EventDataStore, EventDataStoreArn, MaxEventSize, Origin, Record, Timestamp,
};
use cairn_store::disk::LocalDisk;
use cairn_store::log::{Batch, Log, LogOptions, Reader};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

const ACCOUNT: &str = "111122223333";
const HOME: &str = "us-east-1";

pub(super) struct Rig {
    folder: tempfile::TempDir,
    pub(super) log: Log,
}

/// One life of the process.
pub(super) struct Run {
    runtime: Option<Runtime>,
    pub(super) stores: Stores,
    reader: RefCell<Reader>,
    saving: RefCell<Saving>,
}

/// The store of this number.
pub(super) fn store(number: usize, category: &str) -> EventDataStore {
    let mut selectors = default_store_selectors();
    selectors[0].field_selectors[0].equals = vec![category.to_owned()];
    let arn = EventDataStoreArn {
        region: HOME.to_owned(),
        account: ACCOUNT.parse().unwrap(),
        id: format!("{number:08x}-0000-4000-8000-000000000000"),
    };
    EventDataStore {
        name: arn.id.clone(),
        arn,
        selectors,
        multi_region: true,
        organization: false,
        retention_days: 366,
        billing_mode: BillingMode::Extendable,
        termination_protection: false,
        ingesting: true,
        deleted: None,
        kms_key: None,
        federation_role: None,
        insights: None,
        max_event_size: MaxEventSize::Standard,
        context_keys: Vec::new(),
        tags: BTreeMap::new(),
        created: now(),
        updated: now(),
    }
}

fn now() -> Timestamp {
    Timestamp::parse("2026-03-01T12:00:00Z").unwrap()
}

/// A management event.
pub(super) fn event(id: &str) -> String {
    of_category(id, "Management")
}

/// A data event.
pub(super) fn data(id: &str) -> String {
    of_category(id, "Data")
}

fn of_category(id: &str, category: &str) -> String {
    format!(
        r#"{{"eventTime":"2026-03-01T08:00:00Z","eventSource":"s3.amazonaws.com","eventName":"A","eventID":"{id}","eventCategory":"{category}"}}"#
    )
}

impl Rig {
    pub(super) fn new() -> Rig {
        let folder = tempfile::tempdir().unwrap();
        let options = LogOptions { segment_bytes: 16 << 10, ..LogOptions::new(folder.path().join("log")) };
        let (log, _) = Log::open(Arc::new(LocalDisk), options).unwrap();
        let rig = Rig { folder, log };
        // What is saved at the first start.
        drop(rig.run());
        rig
    }

    pub(super) fn stores(&self) -> PathBuf {
        self.folder.path().join(FOLDER)
    }

    pub(super) fn post(&self, events: &[String]) {
        let mut batch = Batch::with_capacity(0);
        for text in events {
            batch.push(|out| {
                Record::start_event(out);
                admit(text, out);
            });
        }
        self.log.append_wait(batch).unwrap();
    }

    /// A call's change and its event.
    pub(super) fn change(&self, change: Change, id: &str) {
        let mut batch = Batch::with_capacity(0);
        batch.push(|out| {
            Record::start_changes(&[change], out);
            admit(&event(id), out);
        });
        self.log.append_wait(batch).unwrap();
    }

    /// Starts the process.
    pub(super) fn run(&self) -> Run {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let knowledge = Arc::new(Knowledge::new(Tags::open(self.folder.path(), None).unwrap()));
        let options = StoresOptions { home_region: HOME, commit_every: Duration::from_secs(60) };
        let (data, log, location) = (self.folder.path(), self.log.clone(), Location::folder());
        let open = || Stores::open(data, &options, log, &location, knowledge, Definitions::default);
        let stores = runtime.block_on(async { open() }).unwrap();
        let reader = self.log.reader(stores.position()).unwrap();
        Run { runtime: Some(runtime), stores, reader: RefCell::new(reader), saving: RefCell::default() }
    }
}

fn admit(text: &str, out: &mut Vec<u8>) {
    let admission = Admission { origin: Origin::Posted, account: ACCOUNT.parse().unwrap(), arrival: now() };
    Door::default().admit(text.as_bytes(), &admission, || 7, out).unwrap();
}

impl Run {
    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().unwrap()
    }

    pub(super) fn step(&self) -> Step {
        let _inside = self.runtime().enter();
        self.stores.step(&mut self.reader.borrow_mut()).unwrap()
    }

    /// Offers the whole log, and waits until every store has caught up.
    pub(super) fn follow(&self) {
        while self.step() == Step::Offered {}
        self.until(|| self.stores.behind() == 0);
    }

    /// Commits all that waits.
    pub(super) fn commit(&self) {
        let _inside = self.runtime().enter();
        let later = clock::now().plus(Duration::from_secs(3600));
        self.until(|| {
            self.stores.commit_due(&self.saving.borrow(), later);
            self.stores.stats().tail_rows == 0
        });
    }

    /// Saves how far all are, as far as they are in their tables.
    pub(super) fn save(&self) {
        let mut saving = self.saving.borrow_mut();
        // The first may be of an earlier moment.
        for minutes in 1..3 {
            let later = clock::now().plus(Duration::from_secs(minutes * 60));
            self.stores.save_if_due(&mut saving, later).unwrap();
        }
    }

    /// The ids of the events that the store has, sorted.
    pub(super) fn ids(&self, store: &EventDataStore) -> Vec<String> {
        let lookup = Lookup {
            account: None,
            region: None,
            categories: Categories::ALL,
            filters: Vec::new(),
            text: None,
            from: None,
            to: None,
            limit: 5_000,
            after: None,
            deadline: None,
            now: now(),
        };
        let page = async {
            let history = self.stores.history(store).await.unwrap();
            history.lookup(lookup).await.unwrap()
        };
        let events = self.runtime().block_on(page).events;
        let mut ids: Vec<String> = events.into_iter().filter_map(|found| found.event_id).collect();
        ids.sort();
        ids
    }

    pub(super) fn until(&self, condition: impl Fn() -> bool) {
        let deadline = std::time::Instant::now() + Duration::from_secs(60);
        while !condition() {
            assert!(std::time::Instant::now() < deadline, "not within a minute");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends the process: what was under way in memory is gone. Work on a table that had begun on its own threads ends
    /// before, as no two processes have one data folder.
    pub(super) fn stop(&mut self) {
        let shared = Arc::clone(&self.stores.shared);
        self.runtime().block_on(async {
            let turns = [&shared.committing, &shared.catching_up];
            for turns in turns {
                turns.acquire_many(super::super::AT_ONCE as u32).await.unwrap().forget();
            }
        });
        drop(self.runtime.take());
    }
}
