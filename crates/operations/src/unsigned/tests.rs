#![allow(clippy::unwrap_used, reason = "tests")]

use super::UNSIGNED;
use crate::service;

#[test]
fn each_is_an_operation_of_the_table_and_takes_a_stream() {
    assert!(UNSIGNED.is_sorted());
    for (id, name) in UNSIGNED {
        let operation = service(id).unwrap().operation(name).unwrap();
        assert!(operation.may_leave_body_unsigned() && operation.has_streaming_input(), "{id} {name}");
    }
    assert!(!service("ebs").unwrap().operation("StartSnapshot").unwrap().may_leave_body_unsigned());
}

#[test]
fn operations_that_take_events_are_told_by_their_input() {
    let takes_events = |id, name| service(id).unwrap().operation(name).unwrap().takes_events();
    assert!(takes_events("lexv2-runtime", "StartConversation"));
    assert!(
        !takes_events("lexv2-runtime", "RecognizeUtterance") && !takes_events("s3", "SelectObjectContent")
    );
}
