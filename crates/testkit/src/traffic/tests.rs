#![allow(clippy::unwrap_used, reason = "tests")]

use super::principals::{PRINCIPALS, Principal};
use super::sources::{OBJECT_CALLS, SERVICE_EVENTS, SOURCES};
use super::*;
use cairn_model::event::{Admission, Door};
use cairn_model::{AccountId, Origin};
use serde_json::Value;
use std::collections::HashSet;

const NOON: i64 = 1_772_366_400;
const MANY: usize = 20_000;

fn lines(seed: u64, count: usize) -> Vec<Vec<u8>> {
    let mut traffic = Traffic::new(seed);
    let line = |_| {
        let mut line = Vec::new();
        traffic.next_event(Timestamp::from_seconds(NOON), &mut line);
        line
    };
    (0..count).map(line).collect()
}

fn events(seed: u64, count: usize) -> Vec<Value> {
    lines(seed, count).iter().map(|line| serde_json::from_slice(line).unwrap()).collect()
}

fn share(events: &[Value], holds: impl Fn(&Value) -> bool) -> f64 {
    events.iter().filter(|event| holds(event)).count() as f64 / events.len() as f64
}

#[track_caller]
fn check_share(events: &[Value], expected: std::ops::Range<f64>, holds: impl Fn(&Value) -> bool) {
    let share = share(events, holds);
    assert!(expected.contains(&share), "{share} is not in {expected:?}");
}

#[test]
fn the_seed_decides_every_byte() {
    assert_eq!(lines(5, 500), lines(5, 500));
    assert_ne!(lines(5, 1), lines(6, 1));
}

#[test]
fn the_first_event_of_a_seed_never_changes() {
    let event = &events(1, 1)[0];
    let named = [&event["eventSource"], &event["eventName"], &event["eventID"]];
    assert_eq!(named, ["ec2.amazonaws.com", "DescribeNatGateways", "7e748016-d051-4ac2-897b-5b4b82e9aaf7"]);
}

#[test]
fn every_event_passes_the_door() {
    let account: AccountId = ACCOUNT.parse().unwrap();
    let noon = Timestamp::from_seconds(NOON);
    let admission = Admission { origin: Origin::Posted, account, arrival: noon };
    let (mut door, mut out) = (Door::default(), Vec::new());
    for line in lines(2, 5000) {
        assert!(!line.contains(&b'\n'));
        let admitted = door.admit(&line, &admission, || 0, &mut out).unwrap();
        assert_eq!((admitted.account, admitted.event_time), (account, noon));
    }
}

#[test]
fn an_event_is_about_1_4_kilobytes() {
    for seed in 1..4 {
        let lines = lines(seed, 20_000);
        let mut sizes: Vec<usize> = lines.iter().map(Vec::len).collect();
        sizes.sort_unstable();
        let mean = sizes.iter().sum::<usize>() / sizes.len();
        assert!((1_330..1_450).contains(&mean), "{mean}");
        let (small, large) = (sizes[sizes.len() / 20], sizes[sizes.len() * 99 / 100]);
        assert!((700..1_000).contains(&small) && (1_900..2_700).contains(&large), "{small} {large}");
    }
}

#[test]
fn marks_point_at_what_makes_an_event_another() {
    let mut traffic = Traffic::new(3);
    let mut out = Vec::new();
    let mut with_request_id = 0;
    for _ in 0..1000 {
        out.extend_from_slice(b"before");
        let start = out.len();
        let marks = traffic.next_event(Timestamp::from_seconds(NOON), &mut out);
        let event: Value = serde_json::from_slice(&out[start..]).unwrap();
        let text = |at: usize, length: usize| std::str::from_utf8(&out[at..at + length]).unwrap();
        assert_eq!(event["eventTime"], text(marks.event_time, TIME_LENGTH));
        assert_eq!(event["eventID"], text(marks.event_id, 36));
        if let Some(at) = marks.request_id {
            assert_eq!(event["requestID"], text(at, 36));
            with_request_id += 1;
        }
    }
    assert!(with_request_id > 700);
}

#[test]
fn event_ids_are_unique() {
    let events = events(1, MANY);
    let ids: HashSet<&str> = events.iter().map(|event| event["eventID"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), MANY);
}

#[test]
fn shares_are_those_of_real_files() {
    let events = events(1, MANY);
    let is = |member: &'static str, value: Value| move |event: &Value| event[member] == value;
    check_share(&events, 0.70..0.82, is("readOnly", true.into()));
    check_share(&events, 0.07..0.11, |event| event["errorCode"].is_string());
    check_share(&events, 0.07..0.09, is("eventCategory", "Data".into()));
    check_share(&events, 0.10..0.14, |event| {
        event["sourceIPAddress"].as_str().unwrap().ends_with("amazonaws.com")
    });
    check_share(&events, 0.60..0.75, |event| event["userIdentity"]["type"] == "AssumedRole");
    check_share(&events, 0.68..0.82, |event| event["tlsDetails"].is_object());
    check_share(&events, 0.82..0.92, |event| event["requestParameters"].is_object());
    check_share(&events, 0.08..0.16, |event| event["responseElements"].is_object());
    check_share(&events, 0.20..0.45, |event| event["resources"].is_array());
    check_share(&events, 0.22..0.32, is("eventSource", "ec2.amazonaws.com".into()));
}

#[test]
fn there_are_40_sources_and_600_names() {
    let sources: HashSet<&str> = SOURCES.iter().map(|source| source.service).collect();
    let mut names: HashSet<&str> = SOURCES.iter().flat_map(|source| source.names()).collect();
    names.extend(OBJECT_CALLS.map(|(name, _)| name));
    names.extend(SERVICE_EVENTS.map(|(_, name)| name));
    assert_eq!((sources.len(), SOURCES.len()), (40, 40));
    assert_eq!(names.len(), 600);
}

#[test]
fn there_are_10_000_principals_at_50_000_addresses() {
    let principals = Principals::new(&mut Dice::new(1));
    let arns: HashSet<String> = principals.all().map(Principal::arn).collect();
    assert_eq!(arns.len(), PRINCIPALS);
    let mut dice = Dice::new(1);
    let addresses: HashSet<String> = principals
        .all()
        .flat_map(|who| (0..300).map(|_| who.address(&mut dice)).collect::<Vec<_>>())
        .collect();
    assert_eq!(addresses.len(), 50_000);
}
