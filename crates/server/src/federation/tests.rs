#![allow(clippy::unwrap_used, reason = "tests")]
use super::{Entry, Federation, Shown};
use crate::location::Location;
use std::collections::BTreeMap;
use uuid::Uuid;

fn shown() -> Shown {
    let entry = Entry {
        arn: "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/x".to_owned(),
        name: "a \"store\"".to_owned(),
        role: "arn:aws:iam::111122223333:role/reader".to_owned(),
    };
    Shown(BTreeMap::from([(Uuid::from_u128(7), entry)]))
}

#[test]
fn a_later_process_knows_what_the_file_shows() {
    let folder = tempfile::tempdir().unwrap();
    let federation = Federation::open(folder.path());
    assert_eq!(**federation.shown(), Shown::default());
    federation.write(&Location::folder(), folder.path(), &shown()).unwrap();
    assert_eq!(**Federation::open(folder.path()).shown(), shown());
}

#[test]
fn the_file_tells_readers_where_a_table_is_and_what_they_need() {
    let catalog = shown().catalog(&Location::folder(), "/data".as_ref());
    let table = &catalog["tables"][0];
    assert_eq!(table["location"], "/data/stores/00000000-0000-0000-0000-000000000007");
    assert_eq!((&table["minReaderVersion"], &table["partitionColumns"][0]), (&1.into(), &"kept_day".into()));
    let columns = table["columns"].as_array().unwrap();
    assert!(columns.iter().any(|column| column["name"] == "event_time" && column["type"] == "timestamp"));
}

#[test]
fn a_file_of_another_form_is_written_anew() {
    for text in ["", "{}", r#"{"version":2,"tables":[]}"#, r#"{"version":1,"tables":[{"name":"x"}]}"#] {
        assert_eq!(Shown::read(text.as_bytes()), None, "{text}");
    }
}
