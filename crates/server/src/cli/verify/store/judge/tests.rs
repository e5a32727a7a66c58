#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::super::destinations::Destinations;
use super::super::gaps::Gap;
use super::super::organizations::Organizations;
use super::super::takers::Takers;
use super::*;
use cairn_model::Trail;
use std::collections::{HashMap, HashSet};

const NOW: i64 = 1_770_000_000_000_000;

fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

fn trail(bucket: &str) -> Trail {
    let arn = format!("arn:aws:cloudtrail:us-east-1:111122223333:trail/{bucket}").parse().unwrap();
    let created = Timestamp::from_micros(NOW);
    Trail { multi_region: true, log_file_validation: true, ..Trail::new(arn, bucket.to_owned(), created) }
}

/// The log begins at 100, history is committed up to 900, trails up to 800. Destination 0 is here, 1 is not.
fn judged() -> Judged {
    let mut destinations = Destinations::new(HashSet::from(["here".to_owned()]));
    destinations.number_of(&trail("here"), account());
    destinations.number_of(&trail("far"), account());
    Judged {
        first: Position::new(100),
        committed: Position::new(900),
        delivered: Position::new(800),
        destinations,
        earliest: Takers::new("us-east-1", Organizations::default()),
        known_behind: HashMap::new(),
        organizations: Organizations::default(),
        gaps: Vec::new(),
        kept_since: Timestamp::from_micros(NOW).day(),
    }
}

fn seen(id: &str, content: u8, kind: Kind, position: u64) -> Sighting {
    let sighting = Sighting::of(account(), Timestamp::from_micros(NOW), id, [content; 16]);
    Sighting { kind, position, ..sighting }
}

/// The codes of the differences, in any order, and how many deliveries were not judged.
fn check_with(judged: &Judged, sightings: &[Sighting], expected: &[&str]) -> u64 {
    let mut spill = Spill::new().unwrap();
    for sighting in sightings {
        spill.put(sighting).unwrap();
    }
    let mut report = StoreReport::default();
    all(judged, spill, &mut report).unwrap();
    let json = report.json(std::time::Duration::ZERO);
    let found = json["differences"].as_array().unwrap().iter();
    let found: Vec<&str> = found.map(|difference| difference["code"].as_str().unwrap()).collect();
    assert_eq!(found, expected, "{sightings:?}");
    report.unjudged
}

fn check(sightings: &[Sighting], expected: &[&str]) {
    assert_eq!(check_with(&judged(), sightings, expected), 0);
}

use Kind::{Delivered, History, Log, Taken};

#[test]
fn an_event_that_is_everywhere_once_differs_nowhere() {
    check(
        &[
            seen("a", 1, Log, 200),
            seen("a", 1, History, 200),
            seen("a", 1, Taken, 200),
            seen("a", 1, Delivered, 0),
        ],
        &[],
    );
    // Behind history's position, or delivered by nobody.
    check(&[seen("a", 1, Log, 950)], &[]);
    check(&[seen("a", 1, Log, 200), seen("a", 1, History, 200)], &[]);
    // The log has it no more.
    check(&[seen("a", 1, History, 50), seen("a", 1, Taken, 50), seen("a", 1, Delivered, 0)], &[]);
}

#[test]
fn history_has_what_the_log_has() {
    check(&[seen("a", 1, Log, 200)], &["NotInHistory"]);
    check(&[seen("a", 1, History, 200)], &["NotInLog"]);
    check(&[seen("a", 1, Log, 200), seen("a", 2, History, 200)], &["NotInHistory", "OtherContent"]);
    check(&[seen("a", 1, Log, 200), seen("a", 1, History, 208)], &["NotInLog"]);
    check(
        &[
            seen("a", 1, Log, 200),
            seen("a", 1, Log, 300),
            seen("a", 1, History, 200),
            seen("a", 1, History, 300),
        ],
        &["TwiceInHistory"],
    );
}

#[test]
fn duplicates_conflicts_expired_and_future_events_are_as_they_should_be() {
    let duplicate = [seen("a", 1, Log, 200), seen("a", 1, Log, 300), seen("a", 1, History, 200)];
    check(&duplicate, &[]);
    // The first copy is older than the log.
    check(&[seen("a", 1, Log, 200), seen("a", 1, History, 50)], &[]);
    let conflict = [
        seen("a", 1, Log, 200),
        seen("a", 2, Log, 300),
        seen("a", 1, History, 200),
        seen("a", 2, History, 300),
    ];
    check(&conflict, &[]);
    check(&[Sighting { future: true, ..seen("a", 1, Log, 200) }], &[]);
    check(&[Sighting { kept_from: NOW - 86_400_000_000, ..seen("a", 1, Log, 200) }], &[]);
}

#[test]
fn log_files_have_what_log_or_history_have() {
    check(&[seen("a", 1, Delivered, 0)], &["DeliveredUnknown"]);
    let known = [seen("a", 1, Log, 200), seen("a", 1, History, 200), seen("a", 1, Taken, 200)];
    let altered = [&known[..], &[seen("a", 2, Delivered, 0)]].concat();
    check(&altered, &["NotDelivered", "DeliveredOtherContent"]);
    check(&[Sighting { kept_from: NOW - 86_400_000_000, ..seen("a", 1, Delivered, 0) }], &[]);
    check(&[Sighting { future: true, ..seen("a", 1, Delivered, 0) }], &[]);
}

#[test]
fn what_a_trail_took_is_in_one_file() {
    let known = [seen("a", 1, Log, 200), seen("a", 1, History, 200)];
    let taken = [&known[..], &[seen("a", 1, Taken, 200)]].concat();
    check(&taken, &["NotDelivered"]);
    let file = seen("a", 1, Delivered, 0);
    check(&[&taken[..], &[file]].concat(), &[]);
    check(&[&taken[..], &[file, file]].concat(), &["DeliveredTwice"]);
    check(&[&known[..], &[file]].concat(), &["DeliveredUnasked"]);
    // Two trails deliver there, or it came twice.
    check(&[&taken[..], &[seen("a", 1, Taken, 200), file, file]].concat(), &[]);
    // Its bucket is elsewhere.
    check(&[&known[..], &[Sighting { destination: 1, ..seen("a", 1, Taken, 200) }]].concat(), &[]);
}

#[test]
fn an_event_that_may_have_come_twice_is_counted() {
    let file = seen("a", 1, Delivered, 0);
    let old = [seen("a", 1, History, 50), seen("a", 1, Taken, 50), file, file];
    assert_eq!(check_with(&judged(), &old, &[]), 1);
    // If the log has everything, it tells.
    let whole = Judged { first: Position::ZERO, ..judged() };
    let all = [seen("a", 1, Log, 50), old[0], old[1], file, file];
    assert_eq!(check_with(&whole, &all, &["DeliveredTwice"]), 0);
}

#[test]
fn nothing_is_owed_from_before_a_trail_is_known_nor_in_a_gap() {
    let taken = [seen("a", 1, Log, 200), seen("a", 1, History, 200), seen("a", 1, Taken, 200)];
    let unknown = Judged { known_behind: HashMap::from([(account(), 200)]), ..judged() };
    assert_eq!(check_with(&unknown, &taken, &[]), 0);
    let known = Judged { known_behind: HashMap::from([(account(), 199)]), ..judged() };
    assert_eq!(check_with(&known, &taken, &["NotDelivered"]), 0);
    let gap = |bucket: &str| Gap { trail: trail(bucket).arn, from: 100, to: 200 };
    let gapped = Judged { gaps: vec![gap("here")], ..judged() };
    assert_eq!(check_with(&gapped, &taken, &[]), 0);
    let of_other = Judged { gaps: vec![gap("far")], ..judged() };
    assert_eq!(check_with(&of_other, &taken, &["NotDelivered"]), 0);
}
