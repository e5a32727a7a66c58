#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Route, route};

fn check(uri: &str, headers: &[(&str, &str)], expected: Route) {
    let (method, uri) = uri.split_once(' ').unwrap_or(("GET", uri));
    let mut request = http::Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (parts, ()) = request.body(()).unwrap().into_parts();
    assert_eq!(route(&parts), expected, "{uri} {headers:?}");
}

fn signed(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=AKIA/20261120/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=00"
    )
}

#[test]
fn the_signature_says_where_a_request_goes() {
    check("/", &[("authorization", &signed("cloudtrail"))], Route::CloudTrail);
    check("/", &[("authorization", &signed("sts"))], Route::Sts);
    check("/", &[("authorization", &signed("organizations"))], Route::Organizations);
    check("/bucket/key", &[("authorization", &signed("s3"))], Route::S3);
    check("/", &[("authorization", &signed("ec2"))], Route::Service("ec2".to_owned()));
    let presigned = "/b/k?X-Amz-Credential=AKIA%2F20261120%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0";
    check(presigned, &[], Route::S3);
}

#[test]
fn own_paths_come_first() {
    check("/_cairn/events", &[("authorization", &signed("s3"))], Route::Cairn);
    check("/_cairn/", &[], Route::Cairn);
    check("/_cairnival/x", &[], Route::Plain);
}

#[test]
fn what_is_not_signed_is_told_by_target_or_action() {
    let target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";
    check("/", &[("x-amz-target", target)], Route::CloudTrail);
    check("/", &[("x-amz-target", "AWSEvents.PutRule")], Route::Service("events".to_owned()));
    check("/", &[("x-amz-target", "Own_1.Do")], Route::Service("Own_1".to_owned()));
    check("/?Action=GetCallerIdentity&Version=2011-06-15", &[], Route::Sts);
    check("POST /", &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")], Route::Sts);
    check("/bucket", &[], Route::Plain);
}

#[test]
fn logs_of_opentelemetry_have_paths_of_their_own() {
    check("POST /v1/logs", &[], Route::Logs);
    check("POST /v1/logs", &[("authorization", "Bearer x")], Route::Logs);
    check("POST /v1/logs", &[("authorization", &signed("cairn"))], Route::Logs);
    check("POST /v1/logs", &[("authorization", &signed("s3"))], Route::S3);
    check("/v1/logs", &[], Route::Plain);
    check("POST /opentelemetry.proto.collector.logs.v1.LogsService/Export", &[], Route::LogsGrpc);
}
