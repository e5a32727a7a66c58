//! Dashboards are refreshed when their time has come.

use crate::app::App;
use crate::clock;
use crate::queries::Asker;
use cairn_decide::dashboards::refresh_by_time;
use cairn_model::{Dashboard, EventDataStore};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often dashboards are looked at.
const TICK: Duration = Duration::from_secs(10);

/// How long a refresh waits for queries of others.
const PATIENCE: Duration = Duration::from_secs(600);

pub(super) async fn run(app: Arc<App>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(TICK) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = refresh_all(&app) => {}
        }
    }
}

async fn refresh_all(app: &App) {
    let state = app.journal.catalog().state();
    app.refreshes.keep(|arn| state.dashboards.contains_key(arn));
    let scheduled = state
        .dashboards
        .values()
        .filter(|dashboard| dashboard.schedule.as_ref().is_some_and(|schedule| schedule.enabled));
    for dashboard in scheduled {
        let account = dashboard.arn.account;
        let stores: Vec<Arc<EventDataStore>> = state.event_data_stores_of(account).cloned().collect();
        refresh(app, dashboard, &stores).await;
    }
}

async fn refresh(app: &App, dashboard: &Dashboard, stores: &[Arc<EventDataStore>]) {
    let now = clock::now();
    let last = app.refreshes.last(app, dashboard).map(|last| last.at);
    if let Some(refresh) = refresh_by_time(dashboard, stores, last, now) {
        let asker = Asker::for_account(dashboard.arn.account, &dashboard.arn.region);
        let id = app.refreshes.start(app, &asker, refresh, now, PATIENCE).await;
        tracing::info!(dashboard = %dashboard.arn, refresh = id, "a dashboard is refreshed");
    }
}
