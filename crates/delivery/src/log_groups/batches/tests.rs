#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::log_file::Workspace;
use proptest::prelude::*;

const NOW: &str = "2026-03-01T10:00:00Z";

fn now() -> Timestamp {
    Timestamp::parse(NOW).unwrap()
}

fn batches(text: &str) -> Batches {
    let mut workspace = Workspace::default();
    workspace.plain.extend_from_slice(text.as_bytes());
    Batches::of(workspace.pack(6).gzip, now()).unwrap()
}

fn file(records: &[String]) -> String {
    format!(r#"{{"Records":[{}]}}"#, records.join(","))
}

fn event(time: &str, padding: usize) -> String {
    format!(r#"{{"eventTime":"{time}","x":"{}"}}"#, "x".repeat(padding))
}

/// The sizes of the calls that the file takes.
fn sizes(records: &[String]) -> Vec<usize> {
    batches(&file(records)).map(|batch| batch.len()).collect()
}

#[test]
fn each_record_is_one_message_of_compact_json_at_its_time() {
    let spaced =
        "{ \"eventTime\" : \"2026-03-01T09:59:59Z\",\n\t\"say \\\"x y\\\\\": [ 1 , \" \" ] }".to_owned();
    let mut batches = batches(&file(&[event(NOW, 1), spaced]));
    let batch = batches.next().unwrap();
    assert_eq!(batch[0].message, r#"{"eventTime":"2026-03-01T09:59:59Z","say \"x y\\":[1," "]}"#);
    assert_eq!(batch[1].message, event(NOW, 1));
    assert_eq!(batch[1].time_millis - batch[0].time_millis, 1000);
    assert_eq!(batch[1].time_millis, millis(now()));
    assert!(batches.next().is_none());
}

#[test]
fn aggregated_events_are_a_list_and_come_now() {
    let batch = batches(r#"[{"a":1},{"a":"é"}]"#).next().unwrap();
    let messages: Vec<&str> = batch.iter().map(|event| event.message.as_str()).collect();
    assert_eq!(messages, [r#"{"a":1}"#, r#"{"a":"é"}"#]);
    assert!(batch.iter().all(|event| event.time_millis == millis(now())));
}

#[test]
fn a_time_that_log_groups_do_not_take_is_now() {
    let at = |time: &str| batches(&file(&[event(time, 0)])).next().unwrap()[0].time_millis;
    let ago = |time: &str| millis(now()) - at(time);
    assert_eq!(ago("2026-02-15T10:05:00Z"), PAST_MILLIS);
    assert_eq!(ago("2026-02-15T10:04:59Z"), 0);
    assert_eq!(ago("2026-03-01T11:55:00Z"), -AHEAD_MILLIS);
    assert_eq!(ago("2026-03-01T11:55:01Z"), 0);
    assert_eq!(ago("yesterday"), 0);
    let number = batches(&file(&[r#"{"eventTime":1}"#.to_owned()])).next().unwrap();
    assert_eq!(number[0].time_millis, millis(now()));
}

#[test]
fn a_call_has_bounds_of_events_bytes_and_time() {
    assert_eq!(sizes(&vec![event(NOW, 0); 10_001]), [10_000, 1]);
    let frame = event(NOW, 0).len() + BYTES_AN_EVENT;
    let quarter = BATCH_BYTES / 8 - frame;
    assert_eq!(sizes(&vec![event(NOW, quarter); 9]), [8, 1]);
    assert_eq!(sizes(&vec![event(NOW, quarter + 1); 9]), [7, 2]);
    let times = ["2026-02-28T09:00:00Z", "2026-03-01T09:00:00Z", "2026-03-01T09:00:01Z"];
    assert_eq!(sizes(&times.map(|time| event(time, 0))), [2, 1]);
}

#[test]
fn large_events_are_left_out_and_counted() {
    let frame = event(NOW, 0).len();
    let records = [event(NOW, EVENT_BYTES - frame), event(NOW, EVENT_BYTES - frame + 1), event(NOW, 0)];
    let batches = batches(&file(&records));
    assert_eq!(batches.too_large(), 1);
    let lengths: Vec<usize> = batches.flatten().map(|event| event.message.len()).collect();
    assert_eq!(lengths, [EVENT_BYTES, frame]);
}

#[test]
fn what_is_no_log_file_is_none() {
    assert!(Batches::of(b"", now()).is_none());
    let mut workspace = Workspace::default();
    workspace.plain.extend_from_slice(b"{\"Records\":1}");
    assert!(Batches::of(workspace.pack(6).gzip, now()).is_none());
}

proptest! {
    #[test]
    fn every_event_is_in_one_call_and_times_never_go_back(
        records in prop::collection::vec((0u64..3 * 86_400, 0usize..200_000), 0..60),
    ) {
        let at = |ago: u64| Timestamp::from_micros(now().as_micros() - (ago * 1_000_000).cast_signed());
        let records: Vec<String> =
            records.iter().enumerate().map(|(n, (ago, padding))| event(&at(*ago).to_string(), n + padding)).collect();
        let mut sent = Vec::new();
        for batch in batches(&file(&records)) {
            let bytes: usize = batch.iter().map(|event| event.message.len() + BYTES_AN_EVENT).sum();
            prop_assert!(bytes <= BATCH_BYTES && batch.len() <= BATCH_EVENTS);
            prop_assert!(batch.is_sorted_by_key(|event| event.time_millis));
            prop_assert!(batch[batch.len() - 1].time_millis - batch[0].time_millis <= BATCH_SPAN_MILLIS);
            sent.extend(batch.into_iter().map(|event| event.message));
        }
        let mut expected = records;
        expected.sort();
        sent.sort();
        prop_assert_eq!(sent, expected);
    }
}
