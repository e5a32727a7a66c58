//! Puts that nothing may replace.

use super::s3;
use super::script::{Script, answer, refusal, short};
use crate::{PutError, PutObject, PutOutcome, ServerSideEncryption};
use bytes::Bytes;

const SHA256: &str = "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5";
const CHECKSUM: (&str, &str) = ("x-amz-checksum-sha256", "Iw2DWNyOiJC0xY3utikS7i8gNXrpKlzIYbmOaP4xrLU=");

fn object() -> PutObject {
    PutObject {
        bucket: "logs".to_owned(),
        key: "AWSLogs/a b+c.json.gz".to_owned(),
        key_is_random: false,
        body: Bytes::from_static(b"body"),
        sha256: SHA256.to_owned(),
        content_type: "application/json",
        content_encoding: Some("gzip"),
        metadata: Vec::new(),
        encryption: ServerSideEncryption::SseS3,
    }
}

async fn check(answers: Vec<String>, expected: Result<PutOutcome, &str>) -> Script {
    let script = Script::of(answers).await;
    let put = s3(&script).put_new(&object()).await.map_err(|error| match error {
        PutError::Conflict => "conflict".to_owned(),
        PutError::Aws(error) => error.code().to_owned(),
    });
    assert_eq!(put, expected.map_err(str::to_owned));
    script
}

fn ok() -> String {
    answer(200, &[], "")
}

fn taken() -> String {
    refusal(412, "PreconditionFailed")
}

#[tokio::test]
async fn a_put_is_signed_conditional_and_carries_its_bytes() {
    let script = check(vec![ok()], Ok(PutOutcome::Created)).await;
    let [seen] = &script.seen()[..] else { panic!("one request") };
    assert_eq!(seen.line, "PUT /logs/AWSLogs/a%20b%2Bc.json.gz");
    assert_eq!(seen.body, b"body");
    assert_eq!(seen.header("if-none-match"), "*");
    assert_eq!(seen.header("x-amz-content-sha256"), SHA256);
    assert_eq!(seen.header("x-amz-date"), "20260101T000000Z");
    let authorization = seen.header("authorization");
    assert!(
        authorization.contains("Credential=AKIDEXAMPLE/20260101/us-east-1/s3/aws4_request"),
        "{authorization}"
    );
    let signed = "SignedHeaders=content-encoding;content-type;host;if-none-match;x-amz-acl;x-amz-checksum-sha256;\
                  x-amz-content-sha256;x-amz-date;x-amz-server-side-encryption";
    assert!(authorization.contains(signed), "{authorization}");
}

#[tokio::test]
async fn the_same_object_there_already_is_success_by_its_checksum() {
    let head = short(200, &[CHECKSUM], "", 4);
    let script = check(vec![taken(), head], Ok(PutOutcome::SameAlreadyThere)).await;
    assert_eq!(script.seen()[1].header("x-amz-checksum-mode"), "ENABLED");
}

#[tokio::test]
async fn another_object_there_is_a_conflict_by_its_size_or_checksum() {
    check(vec![taken(), short(200, &[CHECKSUM], "", 5)], Err("conflict")).await;
    let other = ("x-amz-checksum-sha256", "AAAAWNyOiJC0xY3utikS7i8gNXrpKlzIYbmOaP4xrLU=");
    check(vec![taken(), short(200, &[other], "", 4)], Err("conflict")).await;
}

#[tokio::test]
async fn without_a_checksum_the_bytes_are_compared() {
    let head = || short(200, &[], "", 4);
    check(vec![taken(), head(), answer(200, &[], "body")], Ok(PutOutcome::SameAlreadyThere)).await;
    check(vec![taken(), head(), answer(200, &[], "bodx")], Err("conflict")).await;
    check(vec![taken(), head(), answer(200, &[], "bod")], Err("conflict")).await;
    // A multipart upload's checksum is one of checksums.
    let parts = ("x-amz-checksum-sha256", "AAAAWNyOiJC0xY3utikS7i8gNXrpKlzIYbmOaP4xrLU=-1");
    let head = short(200, &[parts], "", 4);
    check(vec![taken(), head, answer(200, &[], "body")], Ok(PutOutcome::SameAlreadyThere)).await;
}

#[tokio::test]
async fn what_may_not_be_looked_at_is_told_with_the_right_that_is_missing() {
    check(vec![taken(), answer(403, &[], "")], Err("AccessDenied")).await;
    let head = short(200, &[], "", 4);
    check(vec![taken(), head, refusal(403, "AccessDenied")], Err("AccessDenied")).await;
}

#[tokio::test]
async fn a_random_key_is_ours_also_for_those_who_may_only_write() {
    let unread = vec![taken(), short(200, &[], "", 4), refusal(403, "AccessDenied")];
    for answers in [vec![taken(), answer(403, &[], "")], unread] {
        let script = Script::of(answers).await;
        let put = s3(&script).put_new(&PutObject { key_is_random: true, ..object() }).await;
        assert_eq!(put.unwrap(), PutOutcome::SameAlreadyThere);
    }
    // What may be looked at is believed more than its name.
    let script = Script::of([taken(), short(200, &[CHECKSUM], "", 5)]).await;
    let put = s3(&script).put_new(&PutObject { key_is_random: true, ..object() }).await;
    assert!(matches!(put, Err(PutError::Conflict)));
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_does_not_is_told() {
    let busy = || refusal(503, "SlowDown");
    let script = check(vec![busy(), busy(), ok()], Ok(PutOutcome::Created)).await;
    assert_eq!(script.seen().len(), 3);
    check(vec![busy(), busy(), busy()], Err("SlowDown")).await;
    let script = check(vec![refusal(403, "AccessDenied")], Err("AccessDenied")).await;
    assert_eq!(script.seen().len(), 1);
    check(vec![refusal(404, "NoSuchBucket")], Err("NoSuchBucket")).await;
}

#[tokio::test]
async fn an_endpoint_that_lacks_something_is_spoken_to_more_plainly_from_then_on() {
    let lacking = || refusal(501, "NotImplemented");
    let answers = [lacking(), ok(), lacking(), answer(404, &[], ""), ok(), answer(404, &[], ""), ok()];
    let script = Script::of(answers).await;
    let s3 = s3(&script);
    for _ in 0..3 {
        assert_eq!(s3.put_new(&object()).await.unwrap(), PutOutcome::Created);
    }
    let seen = script.seen();
    let shape =
        seen.iter().map(|seen| (&seen.line[..4], seen.header("x-amz-acl"), seen.header("if-none-match")));
    let shape: Vec<_> = shape.collect();
    let acl = "bucket-owner-full-control";
    assert_eq!(
        shape,
        [
            ("PUT ", acl, "*"),
            ("PUT ", "", "*"),
            ("PUT ", "", "*"),
            ("HEAD", "", ""),
            ("PUT ", "", ""),
            ("HEAD", "", ""),
            ("PUT ", "", "")
        ]
    );
}

#[tokio::test]
async fn kms_is_refused_where_there_is_none_instead_of_left_out() {
    let lacking = || refusal(501, "NotImplemented");
    let script = Script::of([lacking(), lacking(), answer(404, &[], ""), lacking(), ok()]).await;
    let s3 = s3(&script);
    let kms = ServerSideEncryption::SseKms { key_arn: "arn".to_owned(), context: Vec::new() };
    assert!(s3.put_new(&PutObject { encryption: kms, ..object() }).await.is_err());
    for seen in script.seen().iter().filter(|seen| seen.line.starts_with("PUT")) {
        assert_eq!(seen.header("x-amz-server-side-encryption"), "aws:kms");
    }
    // What only KMS lacked is not left out of other puts.
    s3.put_new(&object()).await.unwrap();
    assert_eq!(script.seen()[4].header("if-none-match"), "*");
}

#[tokio::test]
async fn a_buckets_region_is_learnt_from_the_first_refusal() {
    let moved = answer(301, &[("x-amz-bucket-region", "eu-west-1")], "");
    let script = Script::of([moved, ok(), ok()]).await;
    let s3 = s3(&script);
    for _ in 0..2 {
        s3.put_new(&object()).await.unwrap();
    }
    let regions: Vec<_> =
        script.seen().iter().map(|seen| seen.header("authorization").contains("eu-west-1")).collect();
    assert_eq!(regions, [false, true, true]);
}

#[tokio::test]
async fn an_object_that_nobody_takes_is_told_soon() {
    let script = Script::of([]).await;
    let s3 = s3(&script);
    // The server ends at once, so connections are refused.
    let error = s3.head("logs", "key").await.unwrap_err();
    assert_eq!(error.code(), "ConnectionError");
    assert!(error.to_string().contains("does not answer"), "{error}");
}

#[tokio::test]
async fn what_is_kept_for_ourselves_is_put_as_it_is_and_only_if_new_where_that_is_asked_for() {
    let script = Script::of(vec![ok(), ok(), taken()]).await;
    let put = |only_new| {
        let s3 = s3(&script);
        async move { s3.put_plain("logs", "lake/a b", Bytes::from_static(b"body"), only_new).await }
    };
    put(false).await.unwrap();
    put(true).await.unwrap();
    assert_eq!(put(true).await.unwrap_err().status(), Some(412));
    let seen = script.seen();
    assert_eq!((&*seen[0].line, &seen[0].body[..]), ("PUT /logs/lake/a%20b", &b"body"[..]));
    assert!(!seen[0].has_header("if-none-match"));
    assert_eq!(seen[1].header("if-none-match"), "*");
    assert!(!seen[1].has_header("x-amz-acl"));
}

#[tokio::test]
async fn to_delete_what_is_not_there_is_no_error() {
    let script =
        Script::of(vec![answer(204, &[], ""), refusal(404, "NoSuchKey"), refusal(404, "NoSuchBucket")]).await;
    let s3 = s3(&script);
    s3.delete("logs", "lake/a").await.unwrap();
    s3.delete("logs", "lake/a").await.unwrap();
    assert_eq!(s3.delete("logs", "lake/a").await.unwrap_err().code(), "NoSuchBucket");
    assert_eq!(script.seen()[0].line, "DELETE /logs/lake/a");
}
