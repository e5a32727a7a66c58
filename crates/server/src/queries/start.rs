//! Starting a query that goes on by itself.

use super::carry_out::Job;
use super::{Asker, Queries, Refusal, blocking};
use crate::app::App;
use crate::clock;
use crate::targets::BucketPlace;
use cairn_decide::queries::{
    Delivery, DeliveryStatus, Location, LocationError, Query, State, StatementError, Statistics, fill,
};
use cairn_model::{AccountId, Timestamp};
use cairn_wire::{ApiError, ErrorCode};
use std::sync::Arc;

/// What is asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ask {
    /// The statement.
    pub(crate) statement: String,
    /// What its places are filled with.
    pub(crate) parameters: Vec<String>,
    /// Where its results are delivered, as an S3 URI.
    pub(crate) delivery: Option<String>,
    /// Another account, whose stores are asked too.
    pub(crate) owner: Option<AccountId>,
    /// What a dashboard calls it, by which it is found again.
    pub(crate) alias: Option<String>,
    /// Of which refresh of the dashboard it is.
    pub(crate) refresh: Option<String>,
}

impl Queries {
    /// Starts a query. When this returns well, it is kept for seven days whatever crashes; one that a crash interrupts has
    /// failed.
    ///
    /// Errors say why it cannot be asked: nothing is kept of it then.
    pub(crate) async fn start(&self, app: &App, asker: &Asker, ask: Ask) -> Result<Query, Refusal> {
        let slot = self.slots.take(asker).ok_or(Refusal::TooMany(self.slots.most()))?;
        let statement = fill(&ask.statement, &ask.parameters)?;
        let owner = ask.owner.filter(|owner| *owner != asker.account);
        let plan = self.planner.plan(app, asker, &statement, owner).await?;
        if plan.explains {
            return Err(StatementError::NotSelect.into());
        }
        if plan.stores.is_empty() {
            return Err(StatementError::NoStore.into());
        }
        if let Some(uri) = &ask.delivery {
            require_bucket(app, asker, uri).await?;
        }
        let query = Query {
            id: clock::random_uuid(),
            account: asker.account,
            region: asker.region.clone(),
            stores: plan.stores.clone(),
            owner,
            alias: ask.alias,
            refresh: ask.refresh,
            created: now_in_millis(),
            state: State::Queued,
            statistics: Statistics::default(),
            delivery: ask.delivery.map(|uri| Delivery { uri, status: DeliveryStatus::Pending }),
        };
        let (kept, begun, text) = (Arc::clone(&self.kept), query.clone(), statement.clone());
        let cancel = blocking(move || kept.begin(begun, text)).await?;
        let job = Job {
            query: query.clone(),
            asker: asker.clone(),
            statement,
            owner,
            plan: Some(plan),
            slot,
            cancel,
        };
        // Nobody takes it only while the process stops, and the next start says that it was interrupted.
        let _ = self.started.send(job);
        Ok(query)
    }
}

/// Now, as exactly as answers show it: who asks for queries since one of them gets that one too.
fn now_in_millis() -> Timestamp {
    Timestamp::from_micros(clock::now().as_micros() / 1000 * 1000)
}

/// Refuses a bucket that is not there.
async fn require_bucket(app: &App, asker: &Asker, uri: &str) -> Result<(), Refusal> {
    let location = Location::parse(uri).map_err(location_error)?;
    match app.targets.bucket(&location.bucket, asker.account).await {
        BucketPlace::Own | BucketPlace::Elsewhere => Ok(()),
        BucketPlace::Missing => {
            let message = format!("S3 bucket {} does not exist.", location.bucket);
            Err(ApiError::new(ErrorCode::S3BucketDoesNotExistException, message).into())
        }
    }
}

fn location_error(error: LocationError) -> Refusal {
    let code = match &error {
        LocationError::Bucket(_) => ErrorCode::InvalidS3BucketNameException,
        LocationError::Prefix(_) => ErrorCode::InvalidS3PrefixException,
    };
    ApiError::new(code, error.to_string()).into()
}
