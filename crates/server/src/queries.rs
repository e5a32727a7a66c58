//! Queries of event data stores: who may ask what, and what was asked.

mod asker;
mod carry_out;
mod deliver;
mod kept;
mod memory;
pub(crate) mod named;
mod plan;
mod refusal;
mod rows_file;
mod slots;
mod space;
mod start;
mod told;

pub(crate) use asker::Asker;
pub(crate) use carry_out::{Job, carry_out};
pub(crate) use deliver::deliver;
pub(crate) use refusal::Refusal;
pub(crate) use start::Ask;
pub(crate) use told::{ResultPage, Sought};

use crate::app::App;
use crate::config::Config;
use bytes::Bytes;
use cairn_decide::queries::{Ending, Query};
use cairn_lake::LakeError;
use cairn_lake::sql::{ArrowStream, Column, Engine, EngineOptions, QueryError, Row, Running, Scanned};
use cairn_model::Timestamp;
use kept::Kept;
use memory::MemoryBound;
use plan::{Plan, Planner};
use rows_file::RowsFile;
use slots::{Slot, Slots};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::timeout;

/// The folder of queries, in the data folder.
pub(crate) const FOLDER: &str = "queries";

/// All queries of this process.
pub(crate) struct Queries {
    planner: Planner,
    slots: Arc<Slots>,
    kept: Arc<Kept>,
    /// Those that were started, for the job that carries them out. Slots bound how many there are.
    started: UnboundedSender<Job>,
    /// Its other end, until the job takes it.
    to_carry_out: Mutex<Option<UnboundedReceiver<Job>>>,
    /// Free disk below which queries end: the log needs it more.
    keep_free_bytes: u64,
    /// Results are delivered one after the other, so that what is packed for it stays small.
    delivering: tokio::sync::Mutex<()>,
}

/// How often a query that gives no rows is looked after. Whoever waits for rows may begin anew every 250 ms.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A query that runs while its asker waits. It is cancelled when this is dropped.
#[derive(Debug)]
pub(crate) struct Asked {
    running: Running,
    _slot: Slot,
    kept: Arc<Kept>,
    keep_free_bytes: u64,
    memory: MemoryBound,
}

impl Queries {
    /// Starts the threads that run queries. What queries of an earlier process spilled is removed.
    pub(crate) fn open(config: &Config) -> Result<Queries, LakeError> {
        let folder = config.data.join(FOLDER);
        let spill_folder = folder.join("spill");
        match std::fs::remove_dir_all(&spill_folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let engine = Engine::new(&EngineOptions {
            memory_bytes: config.lake.query_memory,
            spill_folder,
            spill_bytes: config.lake.spill_bytes,
            threads: config.lake.query_threads,
        })?;
        let (started, to_carry_out) = mpsc::unbounded_channel();
        Ok(Queries {
            planner: Planner::new(engine),
            slots: Arc::new(Slots::new(config.lake.queries_at_once)),
            kept: Arc::new(Kept::open(&folder, config.lake.results_bytes)?),
            started,
            to_carry_out: Mutex::new(Some(to_carry_out)),
            keep_free_bytes: config.reserve_bytes.saturating_mul(2),
            delivering: tokio::sync::Mutex::default(),
        })
    }

    /// The columns that a statement's result would have.
    pub(crate) async fn describe(
        &self,
        app: &App,
        asker: &Asker,
        text: &str,
    ) -> Result<Vec<Column>, Refusal> {
        Ok(self.planner.plan(app, asker, text, None).await?.prepared.described())
    }

    /// Runs a statement while its asker waits.
    ///
    /// Errors say why it cannot be asked; what happens while it runs, [`Asked::next`] tells.
    pub(crate) async fn run(&self, app: &App, asker: &Asker, text: &str) -> Result<Asked, Refusal> {
        let slot = self.slots.take(asker).ok_or(Refusal::TooMany(self.slots.most()))?;
        let plan = self.planner.plan(app, asker, text, None).await?;
        Ok(self.begin(app, plan, slot))
    }

    /// Runs a plan.
    fn begin(&self, app: &App, plan: Plan, slot: Slot) -> Asked {
        let running = self.planner.engine().start(plan.prepared, app.config.lake.query_limit);
        Asked {
            running,
            _slot: slot,
            kept: Arc::clone(&self.kept),
            keep_free_bytes: self.keep_free_bytes,
            memory: MemoryBound::from_now(app.config.lake.query_memory),
        }
    }

    /// The queries that are started, for the one job that carries them out.
    pub(crate) fn to_carry_out(&self) -> UnboundedReceiver<Job> {
        let taken = self.to_carry_out.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.expect("one job carries queries out")
    }

    /// Queries whose results are still to be delivered.
    pub(crate) fn undelivered(&self) -> Vec<Query> {
        self.kept.all(|query| query.awaits_delivery().is_some())
    }

    /// Forgets what was asked a week ago.
    pub(crate) async fn forget(&self, now: Timestamp) {
        let kept = Arc::clone(&self.kept);
        blocking(move || kept.forget(now)).await;
    }

    /// How many queries are queued and running, those too whose askers wait.
    pub(crate) fn in_use(&self) -> usize {
        self.slots.in_use()
    }

    /// What results take on disk, in bytes.
    pub(crate) fn results_bytes(&self) -> u64 {
        self.kept.space().used()
    }

    /// Ends a query without rows.
    async fn end(&self, id: &str, how: Ending) {
        let (kept, id) = (Arc::clone(&self.kept), id.to_owned());
        blocking(move || {
            if let Err(error) = kept.end(&id, how, 0) {
                tracing::error!(query = id, %error, "how a query ended could not be written");
            }
        })
        .await;
    }

    /// Ends a query with its rows, which stay unless somebody has ended it before.
    async fn keep(&self, id: &str, how: Ending, mut file: RowsFile) {
        let (kept, id) = (Arc::clone(&self.kept), id.to_owned());
        blocking(move || {
            // The rows are safe before anything says that they are there.
            let how = match file.finish() {
                Ok(()) => how,
                Err(fault) => Ending::Failed(carry_out::told(&fault)),
            };
            let has_rows = matches!(how, Ending::Finished | Ending::TimedOut(_));
            let bytes = if has_rows { file.bytes() } else { 0 };
            match kept.end(&id, how, bytes) {
                Ok(true) if has_rows => file.keep(),
                Ok(_) => {}
                Err(error) => {
                    // It has ended in memory: the rows belong to it until the next start finds that it ran.
                    tracing::error!(query = id, %error, "how a query ended could not be written");
                    file.keep();
                }
            }
        })
        .await;
    }
}

/// On a thread that may block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("what is kept of queries does not panic")
}

impl Asked {
    /// The result's columns.
    pub(crate) fn described(&self) -> &[Column] {
        self.running.described()
    }

    /// The next rows, with lists, maps and structs as JSON; `None` when there are no more. After an error there are none.
    pub(crate) async fn next(&mut self) -> Option<Result<Vec<Row>, QueryError>> {
        loop {
            match timeout(LOOK_EVERY, self.running.next_as_json()).await {
                Ok(part) => return part,
                Err(_elapsed) => {
                    if let Some(short) = self.short_of() {
                        return Some(Err(short));
                    }
                }
            }
        }
    }

    /// The names of the result's columns, as the statement writes them. Two may be the same.
    fn columns(&self) -> &[String] {
        self.running.columns()
    }

    /// The same, with all values as CloudTrail Lake shows them.
    async fn next_shown(&mut self) -> Option<Result<Vec<Row>, QueryError>> {
        loop {
            match timeout(LOOK_EVERY, self.running.next()).await {
                Ok(part) => return part,
                Err(_elapsed) => {
                    if let Some(short) = self.short_of() {
                        return Some(Err(short));
                    }
                }
            }
        }
    }

    /// The next bytes of the result as an Arrow stream; `None` behind the last.
    pub(crate) async fn next_arrow(&mut self, stream: &mut ArrowStream) -> Option<Result<Bytes, QueryError>> {
        loop {
            match timeout(LOOK_EVERY, stream.next(&mut self.running)).await {
                Ok(part) => return part,
                Err(_elapsed) => {
                    if let Some(short) = self.short_of() {
                        return Some(Err(short));
                    }
                }
            }
        }
    }

    /// A part of that stream without rows: a sign of life.
    pub(crate) fn pause(&self, stream: &mut ArrowStream) -> Result<Bytes, QueryError> {
        stream.pause(&self.running)
    }

    /// What was read until now.
    pub(crate) fn scanned(&self) -> Scanned {
        self.running.scanned()
    }

    /// What the machine has too little of for it to go on.
    fn short_of(&self) -> Option<QueryError> {
        if self.memory.is_exceeded() {
            return Some(QueryError::TooLarge);
        }
        // What it spills must leave the log enough.
        let lacks_disk = self.kept.free_bytes().is_ok_and(|free| free < self.keep_free_bytes);
        let message = "the disk has too little room left for queries";
        lacks_disk.then(|| QueryError::Failed { message: message.to_owned() })
    }
}
