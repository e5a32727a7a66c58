#![allow(clippy::unwrap_used, reason = "tests")]

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{BODY_BYTES_MAX, input, input_with_query};
use crate::generated::*;
use crate::samples;

/// Every member of the operation's request reaches the struct and comes out as it went in.
#[track_caller]
fn survives<T: Serialize + DeserializeOwned>(operation: Operation) {
    let sent = samples::whole(operation.input());
    let typed: T = input(operation, sent.to_string().as_bytes()).unwrap();
    assert_eq!(serde_json::to_value(&typed).unwrap(), sent, "{operation:?}");
}

#[test]
fn whole_requests_survive_the_way_into_their_structs() {
    survives::<CreateTrailRequest>(Operation::CreateTrail);
    survives::<DescribeTrailsRequest>(Operation::DescribeTrails);
    survives::<LookupEventsRequest>(Operation::LookupEvents);
    survives::<ListPublicKeysRequest>(Operation::ListPublicKeys);
    survives::<PutEventSelectorsRequest>(Operation::PutEventSelectors);
    survives::<PutEventConfigurationRequest>(Operation::PutEventConfiguration);
    survives::<PutInsightSelectorsRequest>(Operation::PutInsightSelectors);
    survives::<CreateEventDataStoreRequest>(Operation::CreateEventDataStore);
    survives::<CreateDashboardRequest>(Operation::CreateDashboard);
    survives::<StartDashboardRefreshRequest>(Operation::StartDashboardRefresh);
    survives::<StartQueryRequest>(Operation::StartQuery);
    survives::<StartImportRequest>(Operation::StartImport);
    survives::<ListInsightsDataRequest>(Operation::ListInsightsData);
    survives::<ListInsightsMetricDataRequest>(Operation::ListInsightsMetricData);
}

#[test]
fn a_sample_of_every_request_is_valid() {
    for operation in Operation::ALL {
        let sent = samples::whole(operation.input());
        let checked = crate::validate::check(operation, sent.as_object().unwrap());
        assert_eq!(checked, Ok(()), "{operation:?}");
    }
}

#[test]
fn required_members_are_plain_and_the_others_optional() {
    let request: CreateTrailRequest = input(
        Operation::CreateTrail,
        br#"{"Name":"t1","S3BucketName":"my-logs","IsMultiRegionTrail":true,"KmsKeyId":null}"#,
    )
    .unwrap();
    assert_eq!((request.name.as_str(), request.s3_bucket_name.as_str()), ("t1", "my-logs"));
    assert_eq!((request.is_multi_region_trail, request.kms_key_id), (Some(true), None));
}

#[test]
fn an_empty_body_is_a_request_without_members() {
    let request: DescribeTrailsRequest = input(Operation::DescribeTrails, b"").unwrap();
    assert_eq!(request, DescribeTrailsRequest::default());
}

#[test]
fn broken_bodies_are_serialization_errors() {
    for body in [&b"{"[..], b"[]", b"null", br#"{"Name":"a","Name":"b"}"#, b"\xff"] {
        let error = input::<GetTrailRequest>(Operation::GetTrail, body).unwrap_err();
        assert_eq!((error.code, error.status().as_u16()), (ErrorCode::SerializationException, 400));
    }
}

#[test]
fn a_body_beyond_the_limit_is_not_parsed() {
    let body = vec![b' '; BODY_BYTES_MAX + 1];
    let error = input::<GetTrailRequest>(Operation::GetTrail, &body).unwrap_err();
    assert_eq!((error.code, error.status().as_u16()), (ErrorCode::RequestEntityTooLargeException, 413));
}

#[test]
fn the_struct_of_another_operation_is_the_servers_fault() {
    let error = input::<CreateTrailRequest>(Operation::GetTrail, br#"{"Name":"t1"}"#).unwrap_err();
    assert_eq!(error.code, ErrorCode::InternalFailure);
    assert!(!error.message.contains("S3BucketName"));
}

#[test]
fn rest_json_takes_members_from_the_query_string_only() {
    let body = br#"{"auditEvents":[{"id":"1","eventData":"{}"}],"channelArn":"arn:from-body"}"#;
    let read = |query| input_with_query::<PutAuditEventsRequest>(Operation::PutAuditEvents, query, body);
    let request = read("channelArn=arn%3Aaws%3Ax&externalId=a+b%2Fc");
    assert_eq!(request.unwrap_err().code, ErrorCode::ValidationException);
    let request = read("channelArn=arn%3Aaws%3Ax&externalId=ab%2Fc").unwrap();
    assert_eq!((request.channel_arn.as_str(), request.external_id.as_deref()), ("arn:aws:x", Some("ab/c")));
    assert_eq!(request.audit_events[0].event_data, "{}");
    assert_eq!(read("").unwrap_err().code, ErrorCode::InvalidChannelARN);
}
