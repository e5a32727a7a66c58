#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;

/// A query that was started in the second `created`.
pub(crate) fn query(id: &str, created: i64) -> Query {
    let account: AccountId = "111122223333".parse().unwrap();
    let arn =
        format!("arn:aws:cloudtrail:us-east-1:{account}:eventdatastore/0a7b4c3e-0000-4000-8000-000000000001");
    Query {
        id: id.to_owned(),
        account,
        region: "us-east-1".to_owned(),
        stores: vec![arn.parse().unwrap()],
        owner: None,
        alias: None,
        refresh: None,
        created: Timestamp::from_seconds(created),
        state: State::Queued,
        statistics: Statistics::default(),
        delivery: None,
    }
}

#[test]
fn a_query_ends_once() {
    let mut one = query("one", 5);
    assert!(!one.has_ended() && one.status() == Status::Queued);
    one.end(Ending::Cancelled, Timestamp::from_seconds(6));
    one.end(Ending::Finished, Timestamp::from_seconds(7));
    assert_eq!(one.state, State::Ended { how: Ending::Cancelled, at: Timestamp::from_seconds(6) });
    assert_eq!((one.status(), one.has_rows(), one.message()), (Status::Cancelled, false, None));
}

#[test]
fn only_whole_results_await_delivery() {
    let at = Timestamp::from_seconds(9);
    for (how, status, awaits) in [
        (Ending::Finished, DeliveryStatus::Pending, Some(at)),
        (Ending::Failed("why".to_owned()), DeliveryStatus::Failed, None),
        (Ending::TimedOut("why".to_owned()), DeliveryStatus::Failed, None),
        (Ending::Cancelled, DeliveryStatus::Cancelled, None),
    ] {
        let delivery = Delivery { uri: "s3://acme-results".to_owned(), status: DeliveryStatus::Pending };
        let mut one = Query { delivery: Some(delivery), ..query("one", 5) };
        assert_eq!(one.awaits_delivery(), None);
        one.end(how, at);
        assert_eq!(one.delivery.as_ref().unwrap().status, status);
        assert_eq!(one.awaits_delivery(), awaits);
    }
}

#[test]
fn what_has_ended_is_kept_for_a_week() {
    let mut one = query("one", 0);
    let (last, first) = (Timestamp::from_seconds(7 * 86_400 - 1), Timestamp::from_seconds(7 * 86_400));
    assert!(!one.is_over(first));
    one.end(Ending::Finished, Timestamp::from_seconds(1));
    assert!(!one.is_over(last) && one.is_over(first));
}

#[test]
fn names_of_statuses_are_read_back() {
    for status in Status::ALL {
        assert_eq!(Status::from_name(status.name()), Some(status));
    }
    assert_eq!(Status::from_name("LOST"), None);
}

#[test]
fn a_query_survives_being_written() {
    let mut one = Query { alias: Some("alias".to_owned()), ..query("one", 5) };
    one.end(Ending::TimedOut("why".to_owned()), Timestamp::from_micros(6_000_001));
    let text = serde_json::to_string(&one).unwrap();
    assert_eq!(serde_json::from_str::<Query>(&text).unwrap(), one);
}
