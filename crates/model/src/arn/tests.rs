#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

const STORE: &str =
    "arn:aws:cloudtrail:eu-central-1:111122223333:eventdatastore/11111111-2222-4333-8444-555555555555";

#[test]
fn an_arn_reads_back_as_what_was_written() {
    let store: EventDataStoreArn = STORE.parse().unwrap();
    assert_eq!(store.id, "11111111-2222-4333-8444-555555555555");
    assert_eq!(store.to_string(), STORE);
    let json = serde_json::to_string(&store).unwrap();
    assert_eq!(serde_json::from_str::<EventDataStoreArn>(&json).unwrap(), store);
}

#[test]
fn an_arn_of_another_kind_is_none() {
    assert_eq!(STORE.parse::<TrailArn>(), Err(NotAnArn("a trail")));
    assert_eq!(STORE.parse::<ChannelArn>(), Err(NotAnArn("a channel")));
    assert_eq!(STORE.parse::<DashboardArn>(), Err(NotAnArn("a dashboard")));
    for text in [
        "",
        "arn:aws:cloudtrail",
        "arn:aws:s3:eu-central-1:111122223333:trail/x",
        "arn:aws:cloudtrail::111122223333:trail/x",
        "arn:aws:cloudtrail:eu-central-1:1111:trail/x",
        "arn:aws:cloudtrail:eu-central-1:111122223333:trail/",
        "arn:aws:cloudtrail:eu-central-1:111122223333:x",
    ] {
        assert_eq!(text.parse::<TrailArn>(), Err(NotAnArn("a trail")), "{text}");
    }
}
