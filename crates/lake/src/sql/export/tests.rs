#![allow(clippy::unwrap_used, reason = "tests")]

use super::super::tests::{prepare, rig};
use super::*;
use bytes::BytesMut;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use futures::executor::block_on;
use std::time::Duration;

fn stream(text: &str, limit: u64) -> Bytes {
    let prepared = prepare(text).unwrap();
    let mut running = rig().engine.start(prepared, Duration::from_secs(60));
    let mut stream = ArrowStream::new(limit);
    let mut whole = BytesMut::new();
    while let Some(part) = block_on(stream.next(&mut running)) {
        whole.extend_from_slice(&part.unwrap());
    }
    whole.freeze()
}

fn read_back(text: &str, limit: u64) -> (u64, Vec<String>, Vec<String>) {
    let mut file = Vec::new();
    let rows = parquet_of(stream(text, limit).as_ref(), &mut file).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(file)).unwrap();
    let fields = reader.schema().fields().iter();
    let (names, kinds) = fields.map(|field| (field.name().clone(), types::name(field.data_type()))).unzip();
    let read: usize = reader.build().unwrap().map(|batch| batch.unwrap().num_rows()).sum();
    assert_eq!(read as u64, rows);
    (rows, names, kinds)
}

#[test]
fn a_parquet_file_has_the_rows_and_the_types_of_the_result() {
    let text = "SELECT eventTime, eventName AS Name, count(*) OVER () AS n, 0.5 AS half, requestParameters, \
                ARRAY[1, 2] AS list FROM $E";
    let (rows, names, kinds) = read_back(text, u64::MAX);
    assert!(rows > 1);
    assert_eq!(names, ["eventTime", "Name", "n", "half", "requestParameters", "list"]);
    assert_eq!(kinds, ["timestamp", "varchar", "bigint", "double", "map(varchar, varchar)", "array(bigint)"]);
}

#[test]
fn a_stream_ends_at_its_limit() {
    assert_eq!(read_back("SELECT eventID FROM $E", 2).0, 2);
    assert_eq!(read_back("SELECT eventID FROM $E", 0).0, 0);
}

#[test]
fn a_result_without_rows_has_its_columns() {
    let (rows, names, kinds) = read_back("SELECT eventID, readOnly FROM $E WHERE 1 = 2", 10);
    assert_eq!((rows, names), (0, vec!["eventID".to_owned(), "readOnly".to_owned()]));
    assert_eq!(kinds, ["varchar", "boolean"]);
}

#[test]
fn columns_of_one_name_are_told_apart_in_files() {
    let (_, names, _) = read_back("SELECT eventID, eventName AS eventID, 1 AS eventID_2 FROM $E", 1);
    assert_eq!(names.len(), 3);
    assert_eq!(names.iter().collect::<std::collections::HashSet<_>>().len(), 3, "{names:?}");
}

#[test]
fn a_plan_is_a_result_of_texts() {
    let prepared = prepare("EXPLAIN SELECT eventID FROM $E").unwrap();
    assert_eq!(prepared.described()[0].name, "Query Plan");
    assert!(read_back("EXPLAIN SELECT eventID FROM $E", 100).0 > 1);
}

#[test]
fn kinds_tell_numbers_times_and_json_apart() {
    let prepared = prepare(
        "SELECT readOnly, count(*) OVER (), 1.5E0, eventTime, date(eventTime), eventName, userIdentity, \
         json_parse('1') FROM $E",
    );
    let kinds: Vec<_> = prepared.unwrap().described().iter().map(|column| column.kind).collect();
    use ColumnKind::{Boolean, Date, Double, Integer, Json, Text, Time};
    assert_eq!(kinds, [Boolean, Integer, Double, Time, Date, Text, Json, Json]);
}

#[test]
fn a_familys_columns_are_those_of_select_star() {
    for (mark, family) in [("$E", Family::Events), ("$I", Family::Insights), ("$V", Family::Evidence)] {
        let selected = prepare(&format!("SELECT * FROM {mark}")).unwrap().described();
        assert_eq!(columns_of(family), selected);
    }
}
