use super::{error_response, ok};
use crate::generated::PutAuditEventsResponse;
use crate::{ApiError, ErrorCode};

const ID: &str = "5b2a9e1c-0000-4000-8000-000000000001";

#[test]
fn an_answer_is_plain_json() {
    let response = ok(ID, &PutAuditEventsResponse::default());
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["x-amzn-requestid"], ID);
    assert_eq!(&response.body()[..], br#"{"failed":[],"successful":[]}"#);
}

#[test]
fn an_error_has_its_code_in_a_header_and_its_message_in_the_body() {
    let error = ApiError::new(ErrorCode::ChannelNotFound, "Channel \"x\" was not found.").with_detail("why");
    let response = error_response(ID, &error);
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["x-amzn-errortype"], "ChannelNotFound");
    assert_eq!(response.headers()["x-amzn-requestid"], ID);
    assert_eq!(&response.body()[..], br#"{"message":"Channel \"x\" was not found."}"#);
}
