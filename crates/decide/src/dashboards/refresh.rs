//! What StartDashboardRefresh, and a refresh by time, need and ask.

use super::error::{DashboardError, SettingError};
use super::widgets::PARAMETERS;
use super::{Facts, get, highlights, schedule};
use crate::queries;
use crate::selectors::{Family, family};
use crate::stores;
use cairn_model::{Dashboard, DashboardKind, EventDataStore, Timestamp, Widget};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The parameter that says which store a managed dashboard shows.
const STORE: &str = "$EventDataStoreId$";

/// What dashboards show unless the refresh says otherwise: the day before it.
const SHOWN: Duration = Duration::from_secs(86_400);

/// Longer stretches are shown by days instead of hours, unless the refresh says otherwise.
const BY_HOURS_MAX: Duration = Duration::from_secs(3 * 86_400);

/// A refresh: what its dashboard's widgets ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh<'a> {
    /// The dashboard.
    pub dashboard: &'a Dashboard,
    /// One query for each widget.
    pub queries: Vec<WidgetQuery>,
}

/// What a widget asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WidgetQuery {
    /// What its query is called.
    pub alias: String,
    /// SQL in which `?` stands for a value.
    pub statement: String,
    /// What takes the places of `?`, in their order.
    pub values: Vec<String>,
}

/// The refresh of a dashboard with these values of its parameters: the stores that it asks are still there.
pub fn refresh<'a>(
    facts: &Facts<'a>,
    name_or_arn: &str,
    values: &BTreeMap<String, String>,
) -> Result<Refresh<'a>, DashboardError> {
    let dashboard = get(facts, name_or_arn)?;
    let is_managed = dashboard.kind == DashboardKind::Managed;
    let is_known = |name: &str| PARAMETERS.contains(&name) || (is_managed && name == STORE);
    if let Some(odd) = values.keys().find(|name| !is_known(name)) {
        return Err(SettingError::Parameter(odd.clone()).into());
    }
    let store = match is_managed {
        true => {
            let store = values.get(STORE).ok_or(SettingError::NoStore)?;
            Some(stores::active(&facts.stores, store)?.arn.id.clone())
        }
        false => None,
    };
    for (number, widget) in (1..).zip(&dashboard.widgets) {
        let checked = queries::check(&facts.stores, &widget.query, widget.parameters.len());
        checked.map_err(|error| DashboardError::of_query(number, error))?;
    }
    Ok(of(dashboard, values, store, facts.stores.now))
}

/// The refresh of a dashboard whose time has come. `stores`: those of its account; `last`: when it was last refreshed. A managed
/// dashboard shows the oldest store of calls in its region; without any it is not refreshed.
pub fn refresh_by_time<'a>(
    dashboard: &'a Dashboard,
    stores: &[Arc<EventDataStore>],
    last: Option<Timestamp>,
    now: Timestamp,
) -> Option<Refresh<'a>> {
    let schedule = dashboard.schedule.as_ref()?;
    if !schedule::is_due(schedule, last.unwrap_or(dashboard.updated), now) {
        return None;
    }
    let is_shown = |store: &&Arc<EventDataStore>| {
        let is_of_calls = family(&store.selectors) == Family::CloudTrail;
        is_of_calls && store.arn.region == dashboard.arn.region && !store.is_pending_deletion()
    };
    let store = match dashboard.kind {
        DashboardKind::Managed => {
            Some(stores.iter().filter(is_shown).min_by_key(|store| store.created)?.arn.id.clone())
        }
        DashboardKind::Custom => None,
    };
    Some(of(dashboard, &BTreeMap::new(), store, now))
}

/// The widgets that a dashboard shows: those of a managed one are Cairn's.
pub fn widgets(dashboard: &Dashboard) -> Cow<'_, [Widget]> {
    match dashboard.kind {
        DashboardKind::Managed => Cow::Owned(highlights::widgets()),
        DashboardKind::Custom => Cow::Borrowed(&dashboard.widgets),
    }
}

/// What the query of a dashboard's widget is called, counted from 1.
pub fn alias(dashboard: &Dashboard, number: usize) -> String {
    // An alias begins with a letter, which a dashboard's name need not.
    format!("widget{number}.{}", dashboard.arn.name)
}

fn of<'a>(
    dashboard: &'a Dashboard,
    given: &BTreeMap<String, String>,
    store: Option<String>,
    now: Timestamp,
) -> Refresh<'a> {
    let value = |parameter: &String| match given.get(parameter) {
        _ if parameter == STORE => store.clone().unwrap_or_default(),
        Some(given) => given.clone(),
        None => default(parameter, given, now),
    };
    let widgets = widgets(dashboard);
    let queries = (1..).zip(&*widgets).map(|(number, widget)| WidgetQuery {
        alias: alias(dashboard, number),
        statement: widget.query.clone(),
        values: widget.parameters.iter().map(value).collect(),
    });
    Refresh { dashboard, queries: queries.collect() }
}

/// The value of a parameter that the refresh does not give.
fn default(parameter: &str, given: &BTreeMap<String, String>, now: Timestamp) -> String {
    let time = |name: &str| given.get(name).and_then(|text| Timestamp::parse(text));
    let end = time("$EndTime$").unwrap_or(now);
    let start = time("$StartTime$").unwrap_or(end.minus(SHOWN));
    match parameter {
        "$StartTime$" => shown(start),
        "$EndTime$" => shown(end),
        _ if end.since(start) > BY_HOURS_MAX => "day".to_owned(),
        _ => "hour".to_owned(),
    }
}

/// A time as statements write it.
fn shown(time: Timestamp) -> String {
    let (year, month, day, hour, minute, second) = time.civil();
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests;
