use super::{Mark, NotARecord, Record};
use crate::event::{Admission, Door};
use crate::{Account, Change, Origin, Timestamp};

fn changes() -> [Change; 1] {
    let id = "111122223333".parse().expect("12 digits");
    [Change::PutAccount(Account { id, name: None, created: Timestamp::from_seconds(1) })]
}

fn with_event(mut record: Vec<u8>) -> Vec<u8> {
    let admission = Admission {
        origin: Origin::Recorded,
        account: "111122223333".parse().expect("12 digits"),
        arrival: Timestamp::from_seconds(1),
    };
    let event = br#"{"eventTime":"2026-03-01T08:04:11Z","eventSource":"s","eventName":"n"}"#;
    Door::default().admit(event, &admission, || 7, &mut record).expect("an event");
    record
}

#[test]
fn a_mark_comes_back_with_its_changes() {
    let marks =
        [Mark::Decided { version: 7 }, Mark::Adopted { version: u64::MAX }, Mark::Rectified { version: 0 }];
    for mark in marks {
        let mut bytes = Vec::new();
        Record::start_marked(mark, &changes(), &mut bytes);
        let bytes = with_event(bytes);
        let record = Record::decode(&bytes).expect("a record");
        assert_eq!(record.mark(), Some(mark));
        assert_eq!(record.changes().expect("changes"), changes());
    }
}

#[test]
fn changes_of_a_catalog_that_nobody_shares_have_no_mark() {
    let mut bytes = Vec::new();
    Record::start_changes(&changes(), &mut bytes);
    let bytes = with_event(bytes);
    let record = Record::decode(&bytes).expect("a record");
    assert_eq!((record.mark(), record.has_changes()), (None, true));
}

#[test]
fn a_mark_of_a_newer_cairn_is_refused() {
    let mut bytes = Vec::new();
    Record::start_marked(Mark::Decided { version: 7 }, &changes(), &mut bytes);
    let mut bytes = with_event(bytes);
    bytes[1] = 9;
    assert!(matches!(Record::decode(&bytes), Err(NotARecord::Kind(3))));
    assert!(matches!(Record::decode(&bytes[..5]), Err(NotARecord::Malformed)));
}

#[test]
fn an_event_that_was_imported_to_stores_is_for_nobody_else() {
    let stores = [[7; 16], [9; 16]];
    let mut bytes = Vec::new();
    Record::start_imported_to(&stores, &mut bytes);
    let bytes = with_event(bytes);
    let record = Record::decode(&bytes).expect("a record");
    assert_eq!(record.destinations(), Some(&stores[..]));
    assert!(record.event_for_all().is_none() && !record.has_changes() && record.mark().is_none());
    assert_eq!(record.event().account().to_string(), "111122223333");
    for cut in 1..34 {
        assert!(Record::decode(&bytes[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn an_event_without_destinations_is_for_all() {
    let mut bytes = Vec::new();
    Record::start_event(&mut bytes);
    let bytes = with_event(bytes);
    let record = Record::decode(&bytes).expect("a record");
    assert!(record.destinations().is_none() && record.event_for_all().is_some());
}
