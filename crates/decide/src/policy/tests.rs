#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

const CONTEXT: &[(&str, &str)] = &[
    ("aws:SourceArn", "arn:aws:cloudtrail:us-east-1:111122223333:trail/main"),
    ("s3:x-amz-acl", "bucket-owner-full-control"),
    ("aws:SecureTransport", "true"),
];

fn judge(statements: Value) -> Verdict {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    Policy::parse(&text).unwrap().judge(&ServiceRequest {
        service: "cloudtrail.amazonaws.com",
        action: "s3:PutObject",
        resource: "arn:aws:s3:::acme/AWSLogs/111122223333/*",
        context: CONTEXT,
    })
}

fn statement(changes: Value) -> Value {
    let mut statement = json!({
        "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::acme/*",
    });
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(statement.as_object_mut().unwrap().remove(name)),
            value => statement[name] = value.clone(),
        }
    }
    statement
}

fn check(changes: Value, expected: Verdict) {
    assert_eq!(judge(statement(changes.clone())), expected, "{changes}");
}

#[test]
fn a_statement_allows_what_it_names() {
    for changes in [
        json!({}),
        json!({"Principal": "*"}),
        json!({"Principal": {"AWS": ["*"]}}),
        json!({"Principal": {"AWS": "arn:aws:iam::1:root", "Service": ["x.amazonaws.com", "cloudtrail.amazonaws.com"]}}),
        json!({"Action": "S3:putobject"}),
        json!({"Action": ["s3:GetBucketAcl", "s3:Put*"]}),
        json!({"Action": "*", "Resource": ["arn:aws:s3:::other", "arn:aws:s3:::acme/AWSLogs/111122223333/*"]}),
        json!({"Action": null, "NotAction": "s3:Delete*"}),
        json!({"Resource": null, "NotResource": "arn:aws:s3:::other/*"}),
    ] {
        check(changes, Verdict::Allowed);
    }
}

#[test]
fn a_statement_says_nothing_about_what_it_does_not_name() {
    for changes in [
        json!({"Principal": {"Service": "config.amazonaws.com"}}),
        json!({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}),
        json!({"Principal": null}),
        json!({"Action": "s3:GetObject"}),
        json!({"Action": "s3:PutObject", "NotAction": "s3:Get*"}),
        json!({"Resource": "arn:aws:s3:::acme"}),
        json!({"Resource": "arn:aws:s3:::acme/AWSLogs/111122223333/CloudTrail/*"}),
        json!({"Resource": "arn:aws:s3:::acme/AWSLogs/${aws:SourceAccount}/*"}),
        json!({"Resource": null}),
    ] {
        check(changes, Verdict::Unmentioned);
    }
}

#[test]
fn a_denial_wins_wherever_it_stands() {
    let deny = statement(json!({"Effect": "Deny", "Sid": "No"}));
    let denied = Verdict::Denied { sid: Some("No".to_owned()) };
    assert_eq!(judge(json!([deny, statement(json!({}))])), denied);
    assert_eq!(judge(json!([statement(json!({})), deny])), denied);
    check(
        json!({"Effect": "Deny", "Principal": null, "NotPrincipal": {"Service": "cloudtrail.amazonaws.com"}}),
        Verdict::Unmentioned,
    );
}

#[test]
fn conditions_are_held_against_what_the_request_carries() {
    let arn = "arn:aws:cloudtrail:us-east-1:111122223333:trail/main";
    let holds = |condition: Value| match judge(statement(json!({"Condition": condition.clone()}))) {
        Verdict::Allowed => true,
        Verdict::Unmentioned => false,
        denied @ Verdict::Denied { .. } => panic!("{condition}: {denied:?}"),
    };
    for condition in [
        json!({"StringEquals": {"aws:SourceArn": arn, "s3:x-amz-acl": "bucket-owner-full-control"}}),
        json!({"StringEquals": {"AWS:sourcearn": ["other", arn]}}),
        json!({"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:111122223333:trail/*"}}),
        json!({"StringNotEquals": {"aws:SourceArn": "other"}}),
        json!({"StringNotEquals": {"aws:SourceOrgID": "o-1"}}),
        json!({"StringEqualsIfExists": {"aws:SourceOrgID": "o-1"}}),
        json!({"ForAnyValue:StringLike": {"s3:x-amz-acl": "bucket-*"}}),
        json!({"Bool": {"aws:SecureTransport": true}}),
        json!({"Null": {"aws:SourceOrgID": "true", "aws:SourceArn": false}}),
        json!({"StringEqualsIgnoreCase": {"s3:x-amz-acl": "Bucket-Owner-Full-Control"}}),
    ] {
        assert!(holds(condition.clone()), "{condition}");
    }
    for condition in [
        json!({"StringEquals": {"aws:SourceArn": arn, "s3:x-amz-acl": "private"}}),
        json!({"StringEquals": {"aws:SourceArn": "arn:aws:cloudtrail:*:111122223333:trail/*"}}),
        json!({"StringEquals": {"aws:SourceOrgID": "o-1"}}),
        json!({"StringNotLike": {"s3:x-amz-acl": ["private", "bucket-*"]}}),
        json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        json!({"Bool": {"aws:SecureTransport": "false"}}),
        json!({"Null": {"aws:SourceArn": "true"}}),
        json!({"Bespoke": {"aws:SourceArn": arn}}),
    ] {
        assert!(!holds(condition.clone()), "{condition}");
    }
}

#[test]
fn what_is_not_a_policy_is_refused() {
    let refused =
        ["", "[]", "{}", r#"{"Statement": 1}"#, r#"{"Statement": [{"Action": "*"}]}"#, r#"{"Statement": "#];
    for text in refused {
        assert!(Policy::parse(text).is_err(), "{text}");
    }
}

/// The rules of patterns as plainly as they can be written.
fn naive(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            naive(rest, text) || text.split_first().is_some_and(|(_, tail)| naive(pattern, tail))
        }
        (Some((b'?', rest)), Some((_, tail))) => naive(rest, tail),
        (Some((wanted, rest)), Some((byte, tail))) => wanted == byte && naive(rest, tail),
        _ => false,
    }
}

proptest! {
    #[test]
    fn patterns_agree_with_a_naive_matcher(pattern in "[ab*?]{0,8}", text in "[ab*]{0,10}") {
        prop_assert_eq!(is_like(&pattern, &text), naive(pattern.as_bytes(), text.as_bytes()));
    }
}
