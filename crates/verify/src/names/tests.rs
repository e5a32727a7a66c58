#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

#[test]
fn a_digest_names_its_chain_whatever_its_trail_is_called() {
    let path = "a/AWSLogs/b/AWSLogs/o-abc/111122223333/CloudTrail-Digest/eu-west-1/2026/03/01/\
                111122223333_CloudTrail-Digest_eu-west-1_my_trail.x_us-east-1_20260301T080411Z_backfill.json.gz";
    let named = Named::parse(path).unwrap();
    assert_eq!(named.base, "a/AWSLogs/b/");
    let chain = ChainId {
        organization: Some("o-abc".to_owned()),
        account: "111122223333".to_owned(),
        trail: "my_trail.x".to_owned(),
        home: "us-east-1".to_owned(),
        region: "eu-west-1".to_owned(),
        backfill: true,
    };
    assert_eq!(named.what, What::Digest { chain, end: at("2026-03-01T08:04:11Z") });
}

#[test]
fn a_log_file_names_the_minute_of_its_delivery() {
    let file = |kind: &str| {
        format!("AWSLogs/1/{kind}/r/2026/03/01/1_{kind}_r_20260301T0804Z_abcdefghABCDEFGH.json.gz")
    };
    let what = |kind: &str| Named::parse(&file(kind)).map(|named| named.what);
    let minute = at("2026-03-01T08:04:00Z");
    assert_eq!(what("CloudTrail"), Some(What::LogFile { minute, is_plain: true }));
    assert_eq!(what("CloudTrail-Insight"), Some(What::LogFile { minute, is_plain: false }));
    assert_eq!(what("CloudTrail-Lake"), None);
}

#[test]
fn anything_else_is_neither() {
    let key = "AWSLogs/1/CloudTrail/r/2026/03/01/1_CloudTrail_r_20260301T0804Z_abc.json.gz";
    assert!(Named::parse(key).is_some());
    for (from, to) in [
        ("AWSLogs", "awslogs"),
        ("/r/", "/q/"),
        (".gz", ""),
        ("0804Z", "0864Z"),
        ("T0804Z", "T08:4Z"),
        ("20260301T", "2026é301"),
    ] {
        assert_eq!(Named::parse(&key.replace(from, to)), None, "{from} -> {to}");
    }
    assert_eq!(Named::parse("AWSLogs/"), None);
}
