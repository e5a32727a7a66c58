//! From a statement to a plan over the stores that it names.

use super::asker::{Asker, START_QUERY};
use super::{Refusal, named};
use crate::app::App;
use crate::clock;
use cairn_lake::sql::{Engine, Prepared, Statement};
use cairn_model::{AccountId, EventDataStoreArn};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How many statements are planned at once: planning cannot be cancelled, and takes a thread.
const AT_ONCE: usize = 2;
/// How long an asker waits for a plan.
const PATIENCE: Duration = Duration::from_secs(30);

/// Plans statements.
pub(super) struct Planner {
    engine: Arc<Engine>,
    turns: Arc<Semaphore>,
}

/// A statement that can be run.
pub(super) struct Plan {
    pub(super) prepared: Prepared,
    /// The stores that it asks.
    pub(super) stores: Vec<EventDataStoreArn>,
    /// Whether it says how it would be run, instead of being run.
    pub(super) explains: bool,
}

impl Planner {
    pub(super) fn new(engine: Engine) -> Planner {
        Planner { engine: Arc::new(engine), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Plans a statement over the tables as they are now. `owner` is another account, whose stores it may name too.
    pub(super) async fn plan(
        &self,
        app: &App,
        asker: &Asker,
        text: &str,
        owner: Option<AccountId>,
    ) -> Result<Plan, Refusal> {
        let text = text.to_owned();
        let mut statement = self.in_turn(move |_| Statement::parse(&text)).await??;
        if asker.by_name {
            named::resolve(app, asker, &mut statement)?;
        }
        let (mut tables, mut stores) = (Vec::new(), Vec::new());
        for id in statement.stores() {
            match *id {
                named::ID if asker.by_name => tables.push(named::history(app, asker).await?),
                id => stores.push(asker.store(app, START_QUERY, id, owner)?),
            }
        }
        for store in &stores {
            tables.push(app.stores.table(store).await?);
        }
        let (now, explains) = (clock::now(), statement.explains());
        let prepare = move |engine: &Engine| engine.prepare(&statement, &tables, now);
        let prepared = self.in_turn(prepare).await??;
        Ok(Plan { prepared, stores: stores.iter().map(|store| store.arn.clone()).collect(), explains })
    }

    /// On a thread that may block.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let (turns, engine) = (Arc::clone(&self.turns), Arc::clone(&self.engine));
        let working = async move {
            let turn = turns.acquire_owned().await.expect("nobody closes it");
            // The turn ends with the work, not with who waits for it.
            tokio::task::spawn_blocking(move || {
                let done = work(&engine);
                drop(turn);
                done
            })
            .await
        };
        match tokio::time::timeout(PATIENCE, working).await {
            Ok(done) => Ok(done.expect("planning does not panic")),
            Err(_elapsed) => Err(Refusal::Planning),
        }
    }
}
