//! Carrying out a query that was started: in its turn, into a file, until its end.

use super::asker::Asker;
use super::plan::Plan;
use super::rows_file::{RowsFault, RowsFile};
use super::slots::Slot;
use super::{Asked, Queries, deliver};
use crate::app::App;
use cairn_decide::queries::{Ending, Query, State};
use cairn_lake::sql::QueryError;
use cairn_model::AccountId;
use cairn_store::rows::Row;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// A query to carry out.
pub(crate) struct Job {
    pub(super) query: Query,
    pub(super) asker: Asker,
    /// What it runs, its parameters filled in.
    pub(super) statement: String,
    pub(super) owner: Option<AccountId>,
    /// Not kept while it waits for others: it would hold files and rows of a moment that passes.
    pub(super) plan: Option<Plan>,
    pub(super) slot: Slot,
    pub(super) cancel: CancellationToken,
}

/// How often the statistics of a query are told while it runs.
const TOLD_EVERY: Duration = Duration::from_millis(250);

/// Carries out a query, and delivers its results if they go anywhere. When this is dropped, the query is left as a crash would
/// leave it.
pub(crate) async fn carry_out(app: Arc<App>, job: Job) {
    let (id, cancel) = (job.query.id.clone(), job.cancel.clone());
    let carried = AssertUnwindSafe(to_its_end(&app, job)).catch_unwind();
    let panicked = tokio::select! {
        // Who cancelled it has said so already.
        () = cancel.cancelled() => false,
        done = carried => done.is_err(),
    };
    if panicked {
        app.queries.end(&id, Ending::Failed("The query could not be computed.".to_owned())).await;
    }
    deliver(&app, &id).await;
}

async fn to_its_end(app: &App, job: Job) {
    let queries = &app.queries;
    let id = job.query.id.clone();
    match rows(app, job).await {
        Ok((how, file)) => queries.keep(&id, how, file).await,
        Err(message) => queries.end(&id, Ending::Failed(message)).await,
    }
}

/// The rows of a query, on disk, and how it ended; or why it has none.
async fn rows(app: &App, job: Job) -> Result<(Ending, RowsFile), String> {
    let Job { query, asker, statement, owner, plan, slot, .. } = job;
    let queries = &app.queries;
    let plan = match (slot.try_turn(), plan) {
        (Some(turn), Some(plan)) => Ok((turn, plan)),
        (turn, plan) => {
            drop(plan);
            let turn = match turn {
                Some(turn) => turn,
                None => slot.turn().await,
            };
            queries.planner.plan(app, &asker, &statement, owner).await.map(|plan| (turn, plan))
        }
    };
    let (_turn, plan) = plan.map_err(|refusal| refusal.to_string())?;
    queries.kept.change(&query.id, |query| query.state = State::Running);
    let mut asked = queries.begin(app, plan, slot);
    let file = RowsFile::create(&queries.kept, &query, asked.columns()).map_err(|fault| told(&fault))?;
    let telling = Telling { queries, id: &query.id, started: Instant::now() };
    telling.write_all(&mut asked, file).await
}

struct Telling<'a> {
    queries: &'a Queries,
    id: &'a str,
    started: Instant,
}

impl Telling<'_> {
    async fn write_all(&self, asked: &mut Asked, mut file: RowsFile) -> Result<(Ending, RowsFile), String> {
        let mut ticks = tokio::time::interval(TOLD_EVERY);
        let how = loop {
            let part = tokio::select! {
                part = asked.next_shown() => part,
                _ = ticks.tick() => {
                    self.tell(asked, &file);
                    continue;
                }
            };
            match part {
                None => break Ending::Finished,
                Some(Ok(rows)) => file = write(file, rows).await.map_err(|fault| told(&fault))?,
                Some(Err(error @ QueryError::TimedOut)) => {
                    break Ending::TimedOut(sentence(&error.to_string()));
                }
                Some(Err(error)) => return Err(sentence(&error.to_string())),
            }
        };
        self.tell(asked, &file);
        Ok((how, file))
    }

    fn tell(&self, asked: &Asked, file: &RowsFile) {
        let scanned = asked.scanned();
        let millis = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.queries.kept.change(self.id, |query| {
            let statistics = &mut query.statistics;
            statistics.matched = scanned.matched;
            statistics.scanned = scanned.rows;
            statistics.bytes = scanned.bytes;
            statistics.millis = millis;
            statistics.rows = file.rows();
        });
    }
}

/// On a thread that may block.
async fn write(mut file: RowsFile, rows: Vec<Row>) -> Result<RowsFile, RowsFault> {
    let writing = tokio::task::spawn_blocking(move || file.write(&rows).map(|()| file));
    writing.await.expect("writing does not panic")
}

/// The log has the whole of it; paths are nobody else's business.
pub(super) fn told(fault: &RowsFault) -> String {
    match fault {
        RowsFault::Rows(cairn_store::rows::RowsError::Io(error)) => {
            tracing::error!(%error, "rows of a query could not be written");
            "The rows of the query could not be written.".to_owned()
        }
        fault => sentence(&fault.to_string()),
    }
}

/// With a capital letter and a full stop.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let text: String = first.into_iter().chain(letters).collect();
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}
