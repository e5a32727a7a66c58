//! The engine that plans and runs statements.

use super::coded::Coded;
use super::deep;
use super::diagnose::diagnose;
use super::error::SqlError;
use super::export::{Column, columns};
use super::family::Family;
use super::late::Late;
use super::planner::Planner;
use super::running::Running;
use super::statement::Statement;
use super::watch::Watch;
use crate::columns::ACCOUNT;
use crate::error::LakeError;
use cairn_model::{AccountId, Timestamp};
use datafusion::catalog::TableProvider;
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, ident, lit};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::prelude::SessionConfig;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

/// What an engine may take.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Memory of all queries together, in bytes; beyond it they spill.
    pub memory_bytes: usize,
    /// Where they spill to; made if it is missing.
    pub spill_folder: PathBuf,
    /// What they may spill together, in bytes.
    pub spill_bytes: u64,
    /// Threads that run queries, and parts that one is split into.
    pub threads: usize,
}

/// Runs statements, on threads of its own: a long computation holds up nobody else.
pub struct Engine {
    runtime: Option<Runtime>,
    /// What each statement is planned with, in a copy of its own.
    state: SessionState,
}

/// The rows of an event data store at one moment.
#[derive(Clone, Debug)]
pub struct Source(Arc<dyn TableProvider>);

impl Source {
    /// Rows of the columns that FORMAT.md describes ("History").
    pub fn of_provider(provider: Arc<dyn TableProvider>) -> Source {
        Source(provider)
    }

    /// Only the rows of this account. Conditions of a statement may still be computed of rows that are in memory: see
    /// `History::source_of`.
    pub(crate) fn of_account(&self, account: AccountId) -> Source {
        let is_its = ident(ACCOUNT).eq(lit(account.to_string()));
        let on_disk = provider_as_source(self.provider());
        let plan =
            LogicalPlanBuilder::scan("all", on_disk, None).and_then(|scan| scan.filter(is_its)?.build());
        Source(Arc::new(ViewTable::new(plan.expect("every table has accounts"), None)))
    }

    pub(super) fn provider(&self) -> Arc<dyn TableProvider> {
        self.0.clone()
    }
}

/// An event data store that a statement may read.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its ID, by which the statement names it.
    pub store: Uuid,
    /// What kind of events it has.
    pub family: Family,
    /// Its rows.
    pub source: Source,
}

/// A statement that can be run.
pub struct Prepared {
    pub(super) plan: LogicalPlan,
    pub(super) state: SessionState,
    pub(super) columns: Vec<String>,
    pub(super) explain: bool,
}

impl Prepared {
    /// The columns of its result.
    pub fn described(&self) -> Vec<Column> {
        columns(self)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Prepared").field("columns", &self.columns).finish_non_exhaustive()
    }
}

impl Engine {
    /// Starts the threads.
    pub fn new(options: &EngineOptions) -> Result<Engine, LakeError> {
        std::fs::create_dir_all(&options.spill_folder)?;
        let disk = DiskManagerBuilder::default()
            .with_mode(DiskManagerMode::Directories(vec![options.spill_folder.clone()]))
            .with_max_temp_directory_size(options.spill_bytes);
        let environment = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(options.memory_bytes)))
            .with_disk_manager_builder(disk)
            .build_arc()
            .map_err(std::io::Error::other)?;
        let threads = options.threads.max(1);
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("sql")
            .thread_stack_size(deep::STACK_BYTES)
            .enable_time()
            .build()?;
        Ok(Engine { runtime: Some(runtime), state: state(environment, threads) })
    }

    /// Plans a statement over the stores it names; it knows no table but `tables`. `now` is what it takes the time to be.
    /// Blocks for some milliseconds.
    pub fn prepare(
        &self,
        statement: &Statement,
        tables: &[Table],
        now: Timestamp,
    ) -> Result<Prepared, SqlError> {
        statement.all_named()?;
        let plan = || {
            let state = self.state.clone();
            let query = statement.query.as_ref().clone();
            let planner = Planner::new(&statement.casts, tables, now)?;
            let plan = planner.plan(query)?;
            let names = plan.schema().fields().iter().enumerate();
            let columns = names.map(|(index, field)| statement.column_name(field.name(), index)).collect();
            let plan = state.optimize(&plan)?;
            Ok(Prepared { plan, state, columns, explain: statement.explains() })
        };
        deep::run(plan).map_err(|error| diagnose(&error, &statement.tokens.names))
    }

    /// Runs a statement, for `limit` at most. It is cancelled when what is returned is dropped.
    pub fn start(&self, prepared: Prepared, limit: Duration) -> Running {
        let runtime = self.runtime.as_ref().expect("only drop takes it");
        Running::start(runtime.handle(), prepared, limit)
    }
}

fn state(environment: Arc<RuntimeEnv>, threads: usize) -> SessionState {
    let mut config = SessionConfig::new().with_target_partitions(threads);
    let options = config.options_mut();
    options.execution.parquet.pushdown_filters = true;
    options.execution.parquet.reorder_filters = true;
    // An access may become a column only after its projection was merged with another.
    options.optimizer.max_passes = 5;
    SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(environment)
        .with_default_features()
        .with_physical_optimizer_rules(rules())
        .build()
}

/// The engine's rules and ours: projections are put above sorts while nothing has tied a sort to what it reads from.
fn rules() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let mut rules = PhysicalOptimizer::new().rules;
    let projections = rules.iter().rposition(|rule| rule.name() == "ProjectionPushdown");
    rules.insert(projections.map_or(rules.len(), |last| last + 1), Arc::new(Late));
    rules.push(Arc::new(Coded));
    rules.push(Arc::new(Watch));
    rules
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // To wait is not allowed where tasks run, which is where an engine may be dropped.
            runtime.shutdown_background();
        }
    }
}
