#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use cairn_decide::queries::{Ending, State, Statistics};
use cairn_model::{DashboardKind, Widget};
use std::collections::BTreeMap;

fn dashboard() -> Dashboard {
    let widget = Widget { query: String::new(), parameters: Vec::new(), view: BTreeMap::new() };
    Dashboard {
        arn: "arn:aws:cloudtrail:eu-central-1:111122223333:dashboard/errors".parse().unwrap(),
        kind: DashboardKind::Custom,
        widgets: vec![widget],
        schedule: None,
        termination_protection: false,
        tags: BTreeMap::new(),
        created: Timestamp::from_seconds(1),
        updated: Timestamp::from_seconds(1),
    }
}

fn query(alias: &str, refresh: &str, second: i64) -> Query {
    Query {
        id: format!("{refresh}-{alias}"),
        account: "111122223333".parse().unwrap(),
        region: "eu-central-1".to_owned(),
        stores: Vec::new(),
        owner: None,
        alias: Some(alias.to_owned()),
        refresh: Some(refresh.to_owned()),
        created: Timestamp::from_seconds(second),
        state: State::Queued,
        statistics: Statistics::default(),
        delivery: None,
    }
}

#[test]
fn ids_of_refreshes_have_ten_digits_and_grow() {
    let (refreshes, dashboard) = (Refreshes::default(), dashboard());
    let now = Timestamp::from_seconds(1_772_352_000);
    let ids: Vec<String> = (0..3).map(|_| refreshes.begin(&dashboard, now)).collect();
    assert_eq!(ids, ["1772352000000000", "1772352000000001", "1772352000000002"]);
}

#[test]
fn the_first_failure_of_the_last_refresh_is_told() {
    let (refreshes, dashboard) = (Refreshes::default(), dashboard());
    let now = Timestamp::from_seconds(1_772_352_000);
    let first = refreshes.begin(&dashboard, now);
    let second = refreshes.begin(&dashboard, now);
    refreshes.fail(&dashboard.arn, &first, "too late");
    refreshes.fail(&dashboard.arn, &second, "one");
    refreshes.fail(&dashboard.arn, &second, "two");
    let last = refreshes.lock().get(&dashboard.arn).cloned().unwrap();
    assert_eq!((last.id, last.failure.as_deref()), (second, Some("one")));
    refreshes.keep(|_| false);
    assert!(refreshes.lock().is_empty());
}

#[test]
fn a_refresh_before_the_start_is_told_by_its_queries() {
    let mut queries =
        vec![query("widget1.errors", "1000000001", 1), query("widget2.errors", "1000000002", 2)];
    let last = from_kept(&queries).unwrap();
    assert_eq!((last.id.as_str(), last.at), ("1000000002", Timestamp::from_seconds(2)));
    assert_eq!(failure_of(&last.id, &queries), None);
    queries[0].end(Ending::Failed("no disk".to_owned()), Timestamp::from_seconds(9));
    assert_eq!(failure_of(&last.id, &queries), None);
    queries[1].end(Ending::Failed("no memory".to_owned()), Timestamp::from_seconds(9));
    assert_eq!(failure_of(&last.id, &queries).as_deref(), Some("no memory"));
    assert_eq!(from_kept(&[]), None);
    assert_eq!(cut(&"x\n".repeat(2_000)).len(), REASON_MAX);
}
