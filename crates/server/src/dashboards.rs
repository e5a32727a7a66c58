//! Refreshes of dashboards: queries of their widgets, and how the last one went.

use crate::app::App;
use crate::queries::{Ask, Asker, Refusal};
use cairn_decide::dashboards::{self, Refresh};
use cairn_decide::queries::{Query, Status};
use cairn_model::{Dashboard, DashboardArn, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Characters of why a refresh failed, as the model bounds them.
const REASON_MAX: usize = 1_000;

/// How often it is tried again to start a query while too many run.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The last refresh of each dashboard since the start. What was before is told by the queries that are kept.
#[derive(Debug, Default)]
pub(crate) struct Refreshes {
    last: Mutex<HashMap<DashboardArn, LastRefresh>>,
}

/// How the last refresh of a dashboard went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LastRefresh {
    pub(crate) id: String,
    pub(crate) at: Timestamp,
    /// Why widgets show nothing new, if any do not.
    pub(crate) failure: Option<String>,
}

impl Refreshes {
    /// Starts the queries of a refresh, one for each widget, and gives the refresh's id. A query that cannot be started is told
    /// of by the dashboard; the others run. `patience`: how long it may take until so few queries run that the last one can.
    pub(crate) async fn start(
        &self,
        app: &App,
        asker: &Asker,
        refresh: Refresh<'_>,
        now: Timestamp,
        patience: Duration,
    ) -> String {
        let Refresh { dashboard, queries } = refresh;
        let id = self.begin(dashboard, now);
        let until = Instant::now() + patience;
        for (number, query) in (1..).zip(queries) {
            let ask = Ask {
                statement: query.statement,
                parameters: query.values,
                alias: Some(query.alias),
                refresh: Some(id.clone()),
                ..Ask::default()
            };
            if let Err(refusal) = start_query(app, asker, ask, until).await {
                self.fail(&dashboard.arn, &id, &format!("Widget {number}: {refusal}"));
            }
        }
        id
    }

    /// How the last refresh went, if there was one.
    pub(crate) fn last(&self, app: &App, dashboard: &Dashboard) -> Option<LastRefresh> {
        let arn = &dashboard.arn;
        let known = self.lock().get(arn).cloned();
        let aliases = aliases(dashboard);
        let queries = app.queries.matching(|query| {
            let is_of_widget = query.alias.as_ref().is_some_and(|alias| aliases.contains(alias));
            is_of_widget && query.account == arn.account && query.region == arn.region
        });
        let mut last = known.or_else(|| from_kept(&queries))?;
        last.failure = last.failure.or_else(|| failure_of(&last.id, &queries)).map(|reason| cut(&reason));
        Some(last)
    }

    /// Forgets dashboards that are gone.
    pub(crate) fn keep(&self, is_there: impl Fn(&DashboardArn) -> bool) {
        self.lock().retain(|arn, _| is_there(arn));
    }

    /// A new refresh: its id has ten digits and more, and is greater than that of any before.
    fn begin(&self, dashboard: &Dashboard, now: Timestamp) -> String {
        let mut last = self.lock();
        let before =
            last.get(&dashboard.arn).and_then(|last| last.id.parse::<i64>().ok()).unwrap_or_default();
        let id = now.as_micros().max(before + 1).to_string();
        last.insert(dashboard.arn.clone(), LastRefresh { id: id.clone(), at: now, failure: None });
        id
    }

    fn fail(&self, arn: &DashboardArn, id: &str, reason: &str) {
        let mut last = self.lock();
        if let Some(refresh) = last.get_mut(arn).filter(|refresh| refresh.id == id) {
            refresh.failure.get_or_insert_with(|| reason.to_owned());
        }
    }

    /// What is held is changed in steps that leave it whole, so poison is ignored.
    fn lock(&self) -> MutexGuard<'_, HashMap<DashboardArn, LastRefresh>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn aliases(dashboard: &Dashboard) -> Vec<String> {
    let count = dashboards::widgets(dashboard).len();
    (1..=count).map(|number| dashboards::alias(dashboard, number)).collect()
}

/// Starts a query, as soon as fewer of them run if too many do.
async fn start_query(app: &App, asker: &Asker, ask: Ask, until: Instant) -> Result<(), Refusal> {
    loop {
        match app.queries.start(app, asker, ask.clone()).await {
            Err(Refusal::TooMany(_)) if Instant::now() < until => tokio::time::sleep(LOOK_EVERY).await,
            started => return started.map(drop),
        }
    }
}

/// The newest refresh that queries of a dashboard's widgets are of.
fn from_kept(queries: &[Query]) -> Option<LastRefresh> {
    let newest = queries.iter().max_by_key(|query| query.created)?;
    Some(LastRefresh { id: newest.refresh.clone()?, at: newest.created, failure: None })
}

/// Why a query of the refresh has no rows, or not all.
fn failure_of(id: &str, queries: &[Query]) -> Option<String> {
    let mut of_it = queries.iter().filter(|query| query.refresh.as_deref() == Some(id));
    of_it.find_map(|query| match query.status() {
        Status::Cancelled => Some("A query of the refresh was cancelled.".to_owned()),
        _ => query.message().map(str::to_owned),
    })
}

fn cut(reason: &str) -> String {
    reason.chars().filter(|character| !character.is_control()).take(REASON_MAX).collect()
}

#[cfg(test)]
mod tests;
