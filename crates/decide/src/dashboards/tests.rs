#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod widgets;

use super::*;
use crate::limits::Limits;
use crate::stores::StoreError;
use crate::stores::tests::{HOME, facts as store_facts, id, store};
use crate::tags::{TagError, TagsError};
use cairn_model::{EventDataStore, RefreshFrequency, RefreshSchedule, Timestamp};

fn facts<'a>(dashboards: &'a [Arc<Dashboard>], stores: &'a [Arc<EventDataStore>]) -> Facts<'a> {
    Facts { dashboards, stores: store_facts(stores, &[]) }
}

fn plain(name: &str) -> Arc<Dashboard> {
    Arc::new(create(&facts(&[], &[]), name, Settings::default(), &[]).unwrap())
}

fn highlights() -> Arc<Dashboard> {
    Arc::new(create(&facts(&[], &[]), HIGHLIGHTS, with(every("HOURS", 6)), &[]).unwrap())
}

fn with(schedule: AskedSchedule) -> Settings {
    Settings { schedule: Some(schedule), ..Settings::default() }
}

fn every(unit: &str, value: i32) -> AskedSchedule {
    let frequency = Some((Some(unit.to_owned()), Some(value)));
    AskedSchedule { frequency, enabled: Some(true), time_of_day: None }
}

fn disabled() -> AskedSchedule {
    AskedSchedule { enabled: Some(false), ..AskedSchedule::default() }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, DashboardError>, expected: impl Into<DashboardError>) {
    assert_eq!(result.unwrap_err(), expected.into());
}

#[test]
fn a_new_dashboard_is_custom_unprotected_and_not_scheduled() {
    let new = plain("errors");
    assert_eq!(new.arn.to_string(), "arn:aws:cloudtrail:eu-central-1:111122223333:dashboard/errors");
    assert_eq!((new.kind, new.termination_protection, new.schedule), (DashboardKind::Custom, false, None));
    assert!(new.widgets.is_empty() && new.created == new.updated);
}

#[test]
fn the_highlights_dashboard_is_refreshed_every_six_hours_and_protected() {
    let new = highlights();
    assert_eq!((new.kind, new.termination_protection), (DashboardKind::Managed, true));
    let make = |settings| create(&facts(&[], &[]), HIGHLIGHTS, settings, &[]);
    let off = AskedSchedule { enabled: Some(false), ..every("HOURS", 6) };
    for settings in [Settings::default(), with(every("HOURS", 12)), with(every("DAYS", 1)), with(off)] {
        refused(make(settings), SettingError::HighlightsSchedule);
    }
    let widgets = Some(vec![widgets::table("SELECT 1")]);
    refused(make(Settings { widgets, ..with(every("HOURS", 6)) }), SettingError::HighlightsWidgets);
    let reserved = create(&facts(&[], &[]), "AWSCloudTrail-Mine", Settings::default(), &[]);
    refused(reserved, SettingError::ReservedName("AWSCloudTrail-Mine".to_owned()));

    let there = [new];
    let stopped = update(&facts(&there, &[]), HIGHLIGHTS, with(disabled())).unwrap();
    assert!(!stopped.schedule.unwrap().enabled);
    let daily = update(&facts(&there, &[]), HIGHLIGHTS, with(every("DAYS", 1)));
    refused(daily, SettingError::HighlightsSchedule);
}

#[test]
fn schedules_are_those_that_aws_has() {
    let settle = |asked| create(&facts(&[], &[]), "dash", with(asked), &[]).map(|new| new.schedule.unwrap());
    for (unit, value, expected) in [
        ("HOURS", 1, RefreshFrequency::Hours(1)),
        ("HOURS", 6, RefreshFrequency::Hours(6)),
        ("HOURS", 12, RefreshFrequency::Hours(12)),
        ("HOURS", 24, RefreshFrequency::Hours(24)),
        ("DAYS", 1, RefreshFrequency::Daily),
    ] {
        let expected = RefreshSchedule { every: Some(expected), enabled: true, minute_of_day: 0 };
        assert_eq!(settle(every(unit, value)).unwrap(), expected);
    }
    for (unit, value) in [("HOURS", 2), ("HOURS", 0), ("DAYS", 2), ("WEEKS", 1), ("HOURS", -1)] {
        refused(settle(every(unit, value)), SettingError::Frequency);
    }
    let bare = AskedSchedule { frequency: Some((None, Some(1))), ..AskedSchedule::default() };
    refused(settle(bare), SettingError::Frequency);
    refused(settle(AskedSchedule::default()), SettingError::NoFrequency);
    assert_eq!(settle(disabled()).unwrap().every, None);
}

#[test]
fn times_of_day_are_minutes_of_a_day() {
    let at = |text: &str| {
        let asked = AskedSchedule { time_of_day: Some(text.to_owned()), ..every("DAYS", 1) };
        create(&facts(&[], &[]), "dash", with(asked), &[]).map(|new| new.schedule.unwrap().minute_of_day)
    };
    for (text, minute) in [("00:00", 0), ("06:30", 390), ("23:59", 1439)] {
        assert_eq!(at(text).unwrap(), minute);
        assert_eq!(time_of_day(minute), text);
    }
    for text in ["24:00", "12:60", "6:30", "12:00 ", "+1:00", "1200", "12:000"] {
        refused(at(text), SettingError::TimeOfDay(text.to_owned()));
    }
}

#[test]
fn an_update_changes_what_is_given() {
    let there = [plain("dash")];
    let later = Timestamp::from_seconds(1_772_352_060);
    let mut facts = facts(&there, &[]);
    facts.stores.now = later;
    let scheduled = update(&facts, "dash", with(every("DAYS", 1))).unwrap();
    assert_eq!((scheduled.created, scheduled.updated), (there[0].created, later));

    let there = [Arc::new(scheduled.clone())];
    let facts = Facts { dashboards: &there, ..facts };
    let stopped = update(&facts, &there[0].arn.to_string(), with(disabled())).unwrap();
    let schedule = RefreshSchedule { enabled: false, ..scheduled.schedule.unwrap() };
    assert_eq!(stopped, Dashboard { schedule: Some(schedule), ..scheduled.clone() });
    let protection = Settings { termination_protection: Some(true), ..Settings::default() };
    let protected = update(&facts, "dash", protection).unwrap();
    assert_eq!(protected, Dashboard { termination_protection: true, ..scheduled });
}

#[test]
fn a_protected_dashboard_is_not_deleted() {
    let there = [plain("dash"), highlights()];
    let facts = facts(&there, &[]);
    assert_eq!(delete(&facts, "dash").unwrap().arn, there[0].arn);
    refused(delete(&facts, HIGHLIGHTS), DashboardError::TerminationProtected(HIGHLIGHTS.to_owned()));
}

#[test]
fn names_and_quotas_are_those_of_the_region() {
    let there = [plain("one"), plain("two"), highlights()];
    let mut facts = facts(&there, &[]);
    facts.stores.limits = Limits { dashboards_max: 2, ..Limits::OPEN };
    let make = |facts: &Facts<'_>, name: &str| create(facts, name, Settings::default(), &[]);
    refused(make(&facts, "one"), DashboardError::AlreadyExists("one".to_owned()));
    refused(make(&facts, "three"), DashboardError::TooMany(2));
    facts.dashboards = &there[..1];
    assert!(make(&facts, "three").is_ok());
    facts.stores.region = "us-east-1";
    assert!(make(&facts, "one").is_ok());
    let reserved = [Tag { key: "aws:x".to_owned(), value: None }];
    let tags = create(&facts, "three", Settings::default(), &reserved);
    refused(tags, TagsError::from(TagError::Reserved("aws:x".to_owned())));
}

#[test]
fn dashboards_are_found_and_listed_in_their_region() {
    let there = [plain("b1"), plain("a1"), plain("a2"), highlights()];
    let here = facts(&there, &[]);
    let names = |prefix: &str, kind, after: Option<&DashboardArn>, max| {
        let page = list(&here, prefix, kind, after, max);
        (page.items.iter().map(|found| found.arn.name.clone()).collect::<Vec<_>>(), page.has_more)
    };
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(names("a", None, None, 9), (named(&["a1", "a2"]), false));
    assert_eq!(names("", Some(DashboardKind::Managed), None, 9), (named(&[HIGHLIGHTS]), false));
    assert_eq!(names("", Some(DashboardKind::Custom), None, 2), (named(&["a1", "a2"]), true));
    assert_eq!(names("", None, Some(&there[2].arn), 2), (named(&["b1"]), false));

    let arn = there[1].arn.to_string();
    assert_eq!(get(&here, &arn).unwrap(), get(&here, "a1").unwrap());
    for unknown in [
        "a3",
        &arn.replace(HOME, "us-east-1"),
        &arn.replace("111122223333", "444455556666"),
        &arn.replace("arn:aws:", "arn:aws-cn:"),
        "arn:aws:cloudtrail",
    ] {
        refused(get(&here, unknown), DashboardError::NotFound(unknown.to_owned()));
    }
    let mut away = here;
    away.stores.region = "us-east-1";
    refused(get(&away, &arn), DashboardError::NotFound(arn.clone()));
    assert!(list(&away, "", None, None, 9).items.is_empty());
}
