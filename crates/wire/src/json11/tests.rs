#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::Timestamp;

use super::{empty_ok, error_response, ok};
use crate::generated::{GetTrailStatusResponse, ListTrailsResponse, PublicKey, TrailInfo};
use crate::{ApiError, Blob, ErrorCode};

const ID: &str = "5b2a9e1c-0000-4000-8000-000000000001";

#[test]
fn members_that_are_absent_are_left_out() {
    let trail = TrailInfo { name: Some("t1".to_owned()), ..TrailInfo::default() };
    let response = ok(ID, &ListTrailsResponse { trails: Some(vec![trail]), next_token: None });
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.1");
    assert_eq!(response.headers()["x-amzn-requestid"], ID);
    assert_eq!(&response.body()[..], br#"{"Trails":[{"Name":"t1"}]}"#);
}

#[test]
fn timestamps_are_numbers_and_blobs_base64() {
    let at: Timestamp = "2026-03-01T10:10:51.25Z".parse().unwrap();
    let status = GetTrailStatusResponse {
        is_logging: Some(true),
        latest_delivery_time: Some(at.into()),
        ..GetTrailStatusResponse::default()
    };
    let body = ok(ID, &status).into_body();
    assert_eq!(&body[..], br#"{"IsLogging":true,"LatestDeliveryTime":1772359851.25}"#);

    let key = PublicKey { value: Some(Blob(vec![0, 255, 16])), ..PublicKey::default() };
    assert_eq!(&ok(ID, &key).into_body()[..], br#"{"Value":"AP8Q"}"#);
}

#[test]
fn an_answer_without_members_has_no_body() {
    let response = empty_ok(ID);
    assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.1");
    assert!(response.body().is_empty());
}

#[test]
fn an_error_tells_the_client_its_message_and_never_the_detail() {
    let error =
        ApiError::new(ErrorCode::TrailNotFoundException, "Unknown trail: \"x\"").with_detail("position 7");
    let response = error_response(ID, &error);
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["x-amzn-errortype"], "TrailNotFoundException");
    assert_eq!(
        &response.body()[..],
        br#"{"__type":"TrailNotFoundException","message":"Unknown trail: \"x\""}"#
    );

    let response = error_response(ID, &ApiError::internal("the disk is on fire"));
    assert_eq!(response.status(), 500);
    assert!(!String::from_utf8_lossy(response.body()).contains("fire"));
}

#[test]
fn an_id_that_no_header_can_carry_does_not_spoil_the_answer() {
    assert_eq!(empty_ok("a\nb").status(), 200);
}
