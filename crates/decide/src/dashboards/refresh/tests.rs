#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use crate::queries::fill;
use crate::stores::tests::{id, store};
use cairn_model::{RefreshFrequency, RefreshSchedule};

const NOW: &str = "2026-03-05T12:30:00Z";

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn dashboard(kind: DashboardKind, schedule: Option<RefreshSchedule>) -> Dashboard {
    let name = if kind == DashboardKind::Managed { crate::dashboards::HIGHLIGHTS } else { "1-errors" };
    let parameters = ["$Period$", "$StartTime$", "$EndTime$"].map(str::to_owned).to_vec();
    let query =
        format!("SELECT date_trunc('?', eventTime) FROM {} WHERE eventTime BETWEEN '?' AND '?'", id(1));
    let widgets = match kind {
        DashboardKind::Managed => Vec::new(),
        DashboardKind::Custom => vec![Widget { query, parameters, view: BTreeMap::new() }],
    };
    Dashboard {
        arn: format!("arn:aws:cloudtrail:eu-central-1:111122223333:dashboard/{name}").parse().unwrap(),
        kind,
        widgets,
        schedule,
        termination_protection: false,
        tags: BTreeMap::new(),
        created: time("2026-03-01T00:00:00Z"),
        updated: time("2026-03-01T00:00:00Z"),
    }
}

fn every(hours: u8, minute_of_day: u16) -> RefreshSchedule {
    RefreshSchedule { every: Some(RefreshFrequency::Hours(hours)), enabled: true, minute_of_day }
}

fn values(given: &[(&str, &str)]) -> Vec<String> {
    let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let dashboard = dashboard(DashboardKind::Custom, None);
    let refresh = of(&dashboard, &given, None, time(NOW));
    assert_eq!(refresh.queries[0].alias, "widget1.1-errors");
    refresh.queries[0].values.clone()
}

#[test]
fn a_refresh_shows_the_last_day_by_hours_unless_it_says_otherwise() {
    assert_eq!(values(&[]), ["hour", "2026-03-04 12:30:00", "2026-03-05 12:30:00"]);
    let week = [("$StartTime$", "2026-02-20T00:00:00Z"), ("$EndTime$", "2026-02-27T00:00:00Z")];
    assert_eq!(values(&week), ["day", "2026-02-20T00:00:00Z", "2026-02-27T00:00:00Z"]);
    assert_eq!(values(&week[1..]), ["hour", "2026-02-26 00:00:00", "2026-02-27T00:00:00Z"]);
    assert_eq!(values(&[("$Period$", "month")])[0], "month");
}

#[test]
fn a_refresh_is_due_when_a_time_of_its_schedule_has_passed() {
    let due = |schedule: RefreshSchedule, last: Option<&str>, now: &str| {
        let dashboard = dashboard(DashboardKind::Custom, Some(schedule));
        refresh_by_time(&dashboard, &[], last.map(time), time(now)).is_some()
    };
    assert!(due(every(6, 30), Some("2026-03-05T06:29:59Z"), "2026-03-05T06:30:00Z"));
    assert!(!due(every(6, 30), Some("2026-03-05T06:30:00Z"), "2026-03-05T12:29:59Z"));
    assert!(due(every(1, 0), Some("2026-03-05T11:59:00Z"), NOW));
    assert!(!due(every(1, 0), Some("2026-03-05T12:00:00Z"), NOW));
    let daily = RefreshSchedule { every: Some(RefreshFrequency::Daily), ..every(1, 720) };
    assert!(due(daily, Some("2026-03-05T11:59:00Z"), NOW));
    assert!(!due(daily, Some("2026-03-05T12:00:00Z"), NOW));
    // One that was never refreshed waits for the first time after it was made.
    assert!(!due(every(24, 0), None, "2026-03-01T23:59:59Z"));
    assert!(due(every(24, 0), None, "2026-03-02T00:00:00Z"));
    assert!(!due(RefreshSchedule { enabled: false, ..every(1, 0) }, None, NOW));
    assert!(!due(RefreshSchedule { every: None, ..every(1, 0) }, None, NOW));
}

#[test]
fn the_highlights_show_the_oldest_store_of_calls() {
    let dashboard = dashboard(DashboardKind::Managed, Some(every(6, 0)));
    assert_eq!(refresh_by_time(&dashboard, &[], None, time(NOW)), None);
    let (mut first, mut second) = (store(1, "Management"), store(2, "Management"));
    (first.created, second.created) = (time("2026-03-02T00:00:00Z"), time("2026-03-01T00:00:00Z"));
    let stores = [Arc::new(first), Arc::new(second)];
    let refresh = refresh_by_time(&dashboard, &stores, None, time(NOW)).unwrap();
    assert_eq!(refresh.queries.len(), widgets(&dashboard).len());
    for WidgetQuery { statement, values, .. } in &refresh.queries {
        let filled = fill(statement, values).unwrap();
        assert!(
            filled.contains(&format!(" FROM {} WHERE eventTime >= '2026-03-04 12:30:00'", id(2))),
            "{filled}"
        );
    }
}
