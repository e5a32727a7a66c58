#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

fn page(accepted: u64, table: u64, tail: u64, history_lag: u64, delivery_lag: u64, outbox: u64) -> Figures {
    Figures::new(format!(
        "cairn_events_accepted_total {accepted}\ncairn_history_table_rows {table}\ncairn_history_tail_rows {tail}\n\
         cairn_reader_lag_bytes{{reader=\"history\"}} {history_lag}\n\
         cairn_reader_lag_bytes{{reader=\"delivery\"}} {delivery_lag}\ncairn_outbox_objects {outbox}\n"
    ))
}

#[test]
fn history_may_have_more_than_was_posted() {
    check(&page(1000, 900, 102, 0, 0, 0), 1000).unwrap();
}

#[test]
fn an_event_that_history_lacks_ends_the_benchmark() {
    let error = check(&page(1000, 900, 99, 0, 0, 0), 1000).unwrap_err();
    assert_eq!(error.to_string(), "1000 events were acknowledged, but event history has 999");
}

#[test]
fn counts_that_differ_end_the_benchmark() {
    let error = check(&page(999, 1000, 0, 0, 0, 0), 1000).unwrap_err();
    assert_eq!(error.to_string(), "1000 events were acknowledged, but the server's count has 999");
}

#[test]
fn the_trail_is_done_when_its_files_are_delivered() {
    assert!(is_trail_done(&page(0, 0, 0, 5, 0, 0)).unwrap());
    assert!(!is_trail_done(&page(0, 0, 0, 0, 0, 1)).unwrap());
    assert!(!is_trail_done(&page(0, 0, 0, 0, 7, 0)).unwrap());
    assert!(!is_history_done(&page(0, 0, 0, 5, 0, 0)).unwrap());
    assert!(is_history_done(&page(0, 0, 0, 0, 7, 1)).unwrap());
}
