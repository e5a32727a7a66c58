//! A query that runs.

use super::engine::Prepared;
use super::export::{Column, columns, lines, schema};
use super::scanned::Scanned;
use super::values::{show, show_json};
use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::DataFusionError;
use datafusion::physical_plan::{ExecutionPlan, displayable, execute_stream};
use futures::{FutureExt, StreamExt};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use thiserror::Error;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

/// A row of a result: the text of each column, `None` where it is null.
pub type Row = Vec<Option<String>>;

/// Rows that are handed over at once, and how many such parts wait for who asks for them.
const ROWS_AT_ONCE: usize = 1_000;
const WAITING: usize = 2;

/// Why a query ended without all its rows. Those that came before stay right.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QueryError {
    /// It took longer than it may.
    #[error("the query ran longer than its limit")]
    TimedOut,
    /// It needs more memory or more room to spill than queries may take.
    #[error("the query needs more memory than it may take")]
    TooLarge,
    /// A value did not fit a function, or reading failed.
    #[error("{message}")]
    Failed {
        /// What went wrong.
        message: String,
    },
}

/// A query that runs until it is through or this is dropped; then it stops within a second.
#[derive(Debug)]
pub struct Running {
    columns: Vec<String>,
    described: Vec<Column>,
    schema: SchemaRef,
    parts: Receiver<Result<RecordBatch, QueryError>>,
    plan: Arc<OnceLock<Arc<dyn ExecutionPlan>>>,
    task: JoinHandle<()>,
}

impl Running {
    pub(super) fn start(runtime: &Handle, prepared: Prepared, limit: Duration) -> Running {
        let (sender, parts) = mpsc::channel(WAITING);
        let plan = Arc::new(OnceLock::new());
        let described = columns(&prepared);
        let columns = described.iter().map(|column| column.name.clone()).collect();
        let schema = schema(&prepared);
        let run = run(prepared, plan.clone(), sender, Instant::now() + limit);
        Running { columns, described, schema, parts, plan, task: runtime.spawn(run) }
    }

    /// The names of the result's columns, as the statement writes them. Two may be the same.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The same columns with what they hold.
    pub fn described(&self) -> &[Column] {
        &self.described
    }

    /// The next rows, a thousand at most; `None` when there are no more. After an error there are none.
    pub async fn next(&mut self) -> Option<Result<Vec<Row>, QueryError>> {
        Some(self.next_batch().await?.map(|batch| rows(&batch, show)))
    }

    /// Likewise, but with lists, maps and structs as JSON.
    pub async fn next_as_json(&mut self) -> Option<Result<Vec<Row>, QueryError>> {
        Some(self.next_batch().await?.map(|batch| rows(&batch, show_json)))
    }

    /// The columns as the engine planned them.
    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub(super) async fn next_batch(&mut self) -> Option<Result<RecordBatch, QueryError>> {
        self.parts.recv().await
    }

    /// What was read until now.
    pub fn scanned(&self) -> Scanned {
        self.plan.get().map(|plan| Scanned::of(plan.as_ref())).unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Parts = Sender<Result<RecordBatch, QueryError>>;

async fn run(
    prepared: Prepared,
    plan: Arc<OnceLock<Arc<dyn ExecutionPlan>>>,
    parts: Parts,
    deadline: Instant,
) {
    // A result that a panic cut off must not pass for a whole one.
    let rows = AssertUnwindSafe(send_rows(prepared, &plan, &parts)).catch_unwind();
    let ended = match timeout_at(deadline, rows).await {
        Ok(Ok(ended)) => ended,
        Ok(Err(_)) => Err(QueryError::Failed { message: String::from("the query could not be computed") }),
        Err(_) => Err(QueryError::TimedOut),
    };
    if let Err(error) = ended {
        // Who no longer listens has cancelled it.
        let _ = parts.send(Err(error)).await;
    }
}

async fn send_rows(
    prepared: Prepared,
    plan: &OnceLock<Arc<dyn ExecutionPlan>>,
    parts: &Parts,
) -> Result<(), QueryError> {
    let Prepared { plan: logical, state, explain, .. } = prepared;
    let physical = state.create_physical_plan(&logical).await.map_err(query_error)?;
    let physical = plan.get_or_init(|| physical).clone();
    if explain {
        let text = format!("{}\n{}", logical.display_indent(), displayable(physical.as_ref()).indent(false));
        let _ = parts.send(Ok(lines(&text))).await;
        return Ok(());
    }
    let mut stream = execute_stream(physical, state.task_ctx()).map_err(query_error)?;
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(query_error)?;
        for from in (0..batch.num_rows()).step_by(ROWS_AT_ONCE) {
            let part = batch.slice(from, ROWS_AT_ONCE.min(batch.num_rows() - from));
            if parts.send(Ok(part)).await.is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn rows(batch: &RecordBatch, show: fn(&ArrayRef, usize) -> Option<String>) -> Vec<Row> {
    let row = |row| batch.columns().iter().map(|column| show(column, row)).collect();
    (0..batch.num_rows()).map(row).collect()
}

fn query_error(error: DataFusionError) -> QueryError {
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => QueryError::TooLarge,
        root => {
            let message = root.message();
            QueryError::Failed { message: message.lines().next().unwrap_or("the query failed").to_owned() }
        }
    }
}
