//! CloudWatch Logs.

use super::caller;
use super::script::{Script, answer};
use crate::Logs;
use crate::identity::Identity;

const GROUP: &str = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/trail#1:*";

fn refusal(code: &str) -> String {
    answer(400, &[], &format!(r#"{{"__type":"{code}","message":"no"}}"#))
}

fn actions(script: &Script) -> Vec<String> {
    script.seen().iter().map(|seen| seen.header("x-amz-target").to_owned()).collect()
}

#[tokio::test]
async fn events_are_appended_in_the_region_of_the_log_group() {
    let script = Script::of([answer(200, &[], r#"{"nextSequenceToken":"1"}"#)]).await;
    let logs = Logs::new(caller(), Some(script.endpoint()));
    let rejected = logs.put_log_events(GROUP, "stream", &[(1, "{\"a\":1}"), (2, "b")]).await.unwrap();
    assert_eq!(rejected, 0);
    let [seen] = &script.seen()[..] else { panic!("one request") };
    assert!(seen.header("authorization").contains("/eu-west-1/logs/aws4_request"));
    assert_eq!(seen.header("content-type"), "application/x-amz-json-1.1");
    assert_eq!(
        String::from_utf8(seen.body.clone()).unwrap(),
        r#"{"logGroupName":"/aws/trail#1","logStreamName":"stream","logEvents":[{"timestamp":1,"message":"{\"a\":1}"},{"timestamp":2,"message":"b"}]}"#
    );
}

#[tokio::test]
async fn a_stream_that_is_missing_is_made() {
    let missing = refusal("ResourceNotFoundException");
    let script = Script::of([missing, answer(200, &[], ""), answer(200, &[], "{}")]).await;
    let logs = Logs::new(caller(), Some(script.endpoint()));
    logs.put_log_events(GROUP, "stream", &[(1, "a")]).await.unwrap();
    let [put, create] = ["Logs_20140328.PutLogEvents", "Logs_20140328.CreateLogStream"];
    assert_eq!(actions(&script), [put, create, put]);
}

#[tokio::test]
async fn a_stream_that_is_there_is_fine_and_a_missing_group_is_not() {
    let (there, missing) = (refusal("ResourceAlreadyExistsException"), refusal("ResourceNotFoundException"));
    let script = Script::of([there, missing.clone(), missing.clone(), missing]).await;
    let logs = Logs::new(caller(), Some(script.endpoint()));
    logs.create_log_stream(GROUP, "stream").await.unwrap();
    assert!(logs.create_log_stream(GROUP, "stream").await.unwrap_err().is_not_found());
    let error = logs.put_log_events(GROUP, "stream", &[(1, "a")]).await.unwrap_err();
    assert_eq!(error.code(), "ResourceNotFoundException");
    assert_eq!(script.seen().len(), 4, "a missing group is not asked for for ever");
}

#[tokio::test]
async fn events_that_were_not_taken_are_counted() {
    let rejected = r#"{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":2,"expiredLogEventEndIndex":1,"tooNewLogEventStartIndex":3}}"#;
    let script = Script::of([answer(200, &[], rejected)]).await;
    let logs = Logs::new(caller(), Some(script.endpoint()));
    let events = [(1, "a"), (2, "b"), (3, "c"), (4, "d")];
    assert_eq!(logs.put_log_events(GROUP, "stream", &events).await.unwrap(), 3);
}

#[tokio::test]
async fn a_log_group_of_another_account_than_the_credentials_is_not_written_to() {
    let told = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account>\
                </GetCallerIdentityResult></GetCallerIdentityResponse>";
    let sts = Script::of([answer(200, &[], told)]).await;
    let script = Script::of([answer(200, &[], "{}")]).await;
    let identity = Identity::new(caller(), Some(sts.endpoint()));
    let logs = Logs::new(caller(), Some(script.endpoint())).of_one_account(identity);
    let foreign = GROUP.replace("111122223333", "444455556666");
    for _ in 0..2 {
        let error = logs.create_log_stream(&foreign, "stream").await.unwrap_err();
        assert_eq!(error.code(), "AccessDeniedException");
    }
    assert!(script.seen().is_empty());
    logs.put_log_events(GROUP, "stream", &[(1, "a")]).await.unwrap();
    assert_eq!((sts.seen().len(), script.seen().len()), (1, 1), "STS is asked once");
}
