use super::*;
use crate::HIDDEN;
use serde_json::json;

#[test]
fn a_write_is_recorded_with_lower_names_and_its_answer() {
    let call = cloudtrail(
        "CreateTrail",
        &json!({"Name": "t1", "S3BucketName": "b", "IsMultiRegionTrail": true, "TagsList": [{"Key": "K", "Value": "V"}]}),
        Some(&json!({"Name": "t1", "TrailARN": "arn", "LogFileValidationEnabled": false})),
    );
    assert_eq!(call.event_source, "cloudtrail.amazonaws.com");
    assert_eq!(call.event_name, "CreateTrail");
    assert!(!call.read_only);
    let expected = json!({"name": "t1", "s3BucketName": "b", "isMultiRegionTrail": true, "tagsList": [{"key": "K", "value": "V"}]});
    assert_eq!(call.request_parameters, Some(expected));
    let expected = json!({"name": "t1", "trailARN": "arn", "logFileValidationEnabled": false});
    assert_eq!(call.response_elements, Some(expected));
}

#[test]
fn a_read_is_recorded_without_its_answer() {
    let call = cloudtrail("DescribeTrails", &json!({}), Some(&json!({"trailList": []})));
    assert!(call.read_only);
    assert_eq!((call.request_parameters, call.response_elements), (None, None));
}

#[test]
fn what_is_empty_or_no_object_is_recorded_as_null() {
    for body in [json!({}), json!(null), json!([1]), json!("x")] {
        let call = cloudtrail("StartLogging", &body, Some(&body));
        assert_eq!((call.request_parameters, call.response_elements), (None, None));
    }
}

#[test]
fn names_that_differ_by_their_first_letter_only_are_all_kept() {
    for body in [json!({"Name": 1, "name": 2}), json!({"name": 2, "Name": 1})] {
        let call = cloudtrail("DeleteTrail", &body, None);
        assert_eq!(call.request_parameters, Some(body));
    }
}

#[test]
fn own_calls_have_a_source_of_their_own() {
    let call = cairn("Lookup", Some(json!({"text": "stratus"})));
    assert_eq!(call.event_source, "cairn.amazonaws.com");
    assert!(call.read_only);
    assert!(!cairn("CreateKey", None).read_only);
    let call = sts_get_caller_identity();
    assert_eq!((call.event_source.as_ref(), call.read_only), ("sts.amazonaws.com", true));
}

#[test]
fn a_call_on_a_channel_is_a_data_event_without_the_data_and_the_external_id() {
    let account: AccountId = "111122223333".parse().unwrap();
    let told = AuditCall {
        channel: "an-id",
        resource: Some(("arn:aws:cloudtrail:r:111122223333:channel/an-id".to_owned(), account)),
        has_external_id: true,
        ids: vec!["a", "b"],
        response: Some(json!({"successful": [], "failed": []})),
    };
    let call = put_audit_events(told.clone());
    assert_eq!((&*call.event_source, call.category), ("cloudtrail-data.amazonaws.com", Category::Data));
    assert!(!call.read_only);
    let events = json!([{"id": "a"}, {"id": "b"}]);
    let expected = json!({"channelArn": "an-id", "externalId": HIDDEN, "auditEvents": events});
    assert_eq!(call.request_parameters, Some(expected));
    assert_eq!(call.resources[0].resource_type.as_deref(), Some("AWS::CloudTrail::Channel"));
    let call = put_audit_events(AuditCall { resource: None, has_external_id: false, ..told });
    assert!(call.resources.is_empty());
    assert_eq!(call.request_parameters, Some(json!({"channelArn": "an-id", "auditEvents": events})));
}

#[test]
fn a_gap_is_a_writing_management_event_that_names_its_trail() {
    let arn = "arn:aws:cloudtrail:us-east-1:111122223333:trail/t1";
    let call = trail_gap(arn.to_owned(), "111122223333".parse().unwrap(), json!({"eventCount": 7}));
    assert_eq!((&*call.event_source, &*call.event_name), ("cairn.amazonaws.com", "TrailGap"));
    assert!(!call.read_only);
    assert_eq!(call.category, Category::Management);
    assert_eq!(call.resources[0].arn, ResourceArn::Whole(arn.to_owned()));
    assert_eq!(call.additional_event_data, Some(json!({"eventCount": 7})));
}

#[test]
fn an_answer_repeats_no_secret_of_its_request() {
    let sent = json!({"body": {"seed": "hunter22", "password": "hunter23", "list": [{"pin": "hunter24"}], "id": "number 1"}});
    let shown = json!({"body": {"seed": HIDDEN, "password": "hunter23", "list": [{"pin": HIDDEN}], "id": "number 1"}});
    let mut answer =
        json!({"a": "made of hunter22", "b": ["hunter23"], "c": {"d": "hunter24"}, "e": "number 1", "f": 7});
    hide_repeated(&mut answer, &sent, &shown);
    assert_eq!(answer, json!({"a": HIDDEN, "b": [HIDDEN], "c": {"d": HIDDEN}, "e": "number 1", "f": 7}));
}
