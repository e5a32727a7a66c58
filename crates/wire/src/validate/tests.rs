#![allow(clippy::unwrap_used, reason = "tests")]

mod model;

use super::check;
use crate::{ErrorCode, Operation, json};

#[track_caller]
fn accepted(operation: Operation, body: &str) {
    let object = json::object(body.as_bytes()).unwrap();
    assert_eq!(check(operation, &object), Ok(()));
}

#[track_caller]
fn refused(operation: Operation, body: &str, code: ErrorCode, message: &str) {
    let object = json::object(body.as_bytes()).unwrap();
    let error = check(operation, &object).unwrap_err();
    assert_eq!((error.code, error.message.as_str()), (code, message));
}

#[test]
fn what_the_model_allows_is_accepted() {
    accepted(Operation::LookupEvents, "{}");
    accepted(Operation::LookupEvents, r#"{"MaxResults":50,"StartTime":1794996930,"EndTime":1794996930.5}"#);
    accepted(Operation::LookupEvents, r#"{"NextToken":null,"Unknown":[1,{"x":null}]}"#);
    accepted(Operation::CreateTrail, r#"{"Name":"","S3BucketName":"?","TagsList":[{"Key":"k"}]}"#);
    accepted(
        Operation::ListInsightsData,
        r#"{"InsightSource":"arn:aws:x","DataType":"InsightsEvents","Dimensions":{"EventName":"x"}}"#,
    );
}

#[test]
fn a_number_out_of_range_names_its_bound() {
    let code = ErrorCode::InvalidMaxResultsException;
    let message = "1 validation error detected: Value '51' at 'maxResults' failed to satisfy constraint: \
                   Member must have value less than or equal to 50";
    refused(Operation::LookupEvents, r#"{"MaxResults":51}"#, code, message);
    let message = "1 validation error detected: Value '-1' at 'maxResults' failed to satisfy constraint: \
                   Member must have value greater than or equal to 1";
    refused(Operation::LookupEvents, r#"{"MaxResults":-1}"#, code, message);
}

#[test]
fn an_enum_names_its_values() {
    let message = "1 validation error detected: Value 'Insight' at 'eventCategory' failed to satisfy constraint: \
                   Member must satisfy enum value set: [insight]";
    let code = ErrorCode::InvalidEventCategoryException;
    refused(Operation::LookupEvents, r#"{"EventCategory":"Insight"}"#, code, message);
}

#[test]
fn a_place_deep_inside_is_named_and_its_top_decides_the_code() {
    let message = "2 validation errors detected: Value 'x' at 'lookupAttributes.2.member.attributeKey' failed to \
                   satisfy constraint: Member must satisfy enum value set: [EventId, EventName, ReadOnly, Username, \
                   ResourceType, ResourceName, EventSource, AccessKeyId]; Value null at \
                   'lookupAttributes.2.member.attributeValue' failed to satisfy constraint: Member must not be null";
    refused(
        Operation::LookupEvents,
        r#"{"LookupAttributes":[{"AttributeKey":"EventId","AttributeValue":"y"},{"AttributeKey":"x"}]}"#,
        ErrorCode::InvalidLookupAttributesException,
        message,
    );
}

#[test]
fn lengths_count_characters() {
    let key = "é".repeat(128);
    accepted(Operation::AddTags, &format!(r#"{{"ResourceId":"a","TagsList":[{{"Key":"{key}"}}]}}"#));
    let tags = vec![r#"{"Key":"k"}"#; 201].join(",");
    let shown = "{Key=k}, ".repeat(29);
    refused(
        Operation::AddTags,
        &format!(r#"{{"ResourceId":"a","TagsList":[{tags}]}}"#),
        ErrorCode::InvalidTagParameterException,
        &format!(
            "1 validation error detected: Value '[{}...' at 'tagsList' failed to satisfy constraint: \
             Member must have length less than or equal to 200",
            &shown[..255]
        ),
    );
}

#[test]
fn lists_and_maps_are_shown_as_java_prints_them() {
    let code = ErrorCode::ValidationException;
    let message = "1 validation error detected: Value '[]' at 'auditEvents' failed to satisfy constraint: \
                   Member must have length greater than or equal to 1";
    refused(Operation::PutAuditEvents, r#"{"channelArn":"arn:x","auditEvents":[]}"#, code, message);
    let message = "1 validation error detected: Value '{EventName=a, EventSource=b}' at 'dimensions' failed to \
                   satisfy constraint: Member must have length less than or equal to 1";
    refused(
        Operation::ListInsightsData,
        r#"{"InsightSource":"arn:aws:x","DataType":"InsightsEvents","Dimensions":{"EventName":"a","EventSource":"b"}}"#,
        ErrorCode::InvalidParameterException,
        message,
    );
}

#[test]
fn a_missing_member_is_the_exception_that_speaks_about_it() {
    let missing = |member: &str| {
        format!(
            "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
        )
    };
    for (operation, body, code, member) in [
        (Operation::CreateTrail, r#"{"S3BucketName":"b"}"#, ErrorCode::TrailNotProvidedException, "name"),
        (Operation::CreateTrail, r#"{"Name":"n"}"#, ErrorCode::InvalidS3BucketNameException, "s3BucketName"),
        (Operation::GetTrail, r#"{"Name":null}"#, ErrorCode::InvalidTrailNameException, "name"),
        (Operation::GetEventSelectors, "{}", ErrorCode::InvalidTrailNameException, "trailName"),
        (Operation::StartQuery, r#"{}"#, ErrorCode::ValidationException, ""),
        (Operation::GetImport, r#"{}"#, ErrorCode::InvalidParameterException, "importId"),
        (Operation::GetDashboard, r#"{}"#, ErrorCode::ValidationException, "dashboardId"),
    ] {
        if member.is_empty() {
            accepted(operation, body);
        } else {
            refused(operation, body, code, &missing(member));
        }
    }
}

#[test]
fn a_pattern_is_shown_as_the_model_has_it() {
    refused(
        Operation::CreateEventDataStore,
        r#"{"Name":"a b c"}"#,
        ErrorCode::InvalidParameterException,
        r"1 validation error detected: Value 'a b c' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9._\-]+$",
    );
}

#[test]
fn a_value_that_breaks_two_constraints_is_told_of_both() {
    refused(
        Operation::CreateEventDataStore,
        r#"{"Name":"?"}"#,
        ErrorCode::InvalidParameterException,
        r"2 validation errors detected: Value '?' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 3; Value '?' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9._\-]+$",
    );
}

#[test]
fn selectors_surface_as_their_own_exception() {
    refused(
        Operation::PutEventSelectors,
        r#"{"TrailName":"t","EventSelectors":[{"ReadWriteType":"read-only"}]}"#,
        ErrorCode::InvalidEventSelectorsException,
        "1 validation error detected: Value 'read-only' at 'eventSelectors.1.member.readWriteType' failed to satisfy \
         constraint: Member must satisfy enum value set: [ReadOnly, WriteOnly, All]",
    );
}

#[test]
fn map_keys_and_values_are_checked() {
    refused(
        Operation::ListInsightsData,
        r#"{"InsightSource":"arn:aws:x","DataType":"InsightsEvents","Dimensions":{"Name":""}}"#,
        ErrorCode::InvalidParameterException,
        "2 validation errors detected: Value 'Name' at 'dimensions.key' failed to satisfy constraint: Member must \
         satisfy enum value set: [EventId, EventName, EventSource]; Value '' at 'dimensions.Name.member' failed to \
         satisfy constraint: Member must have length greater than or equal to 1",
    );
}

#[test]
fn a_wrong_type_is_a_serialization_error() {
    let code = ErrorCode::SerializationException;
    for (body, message) in [
        (r#"{"MaxResults":"5"}"#, "STRING_VALUE can not be converted to Integer"),
        (r#"{"MaxResults":5.5}"#, "NUMBER_VALUE can not be converted to Integer"),
        (r#"{"MaxResults":99999999999}"#, "NUMBER_VALUE can not be converted to Integer"),
        (r#"{"NextToken":true}"#, "TRUE_VALUE can not be converted to String"),
        (r#"{"StartTime":"2026-01-01"}"#, "STRING_VALUE can not be converted to Timestamp"),
        (r#"{"StartTime":1e300}"#, "NUMBER_VALUE can not be converted to Timestamp"),
        (r#"{"LookupAttributes":{}}"#, "Start of structure or map found where not expected."),
        (r#"{"EventCategory":[]}"#, "Start of list found where not expected."),
        (r#"{"LookupAttributes":[null]}"#, "null found where Structure was expected"),
    ] {
        refused(Operation::LookupEvents, body, code, message);
    }
}

#[test]
fn the_answer_stays_small_whatever_was_sent() {
    let selectors = vec![format!(r#"{{"ReadWriteType":"{}"}}"#, "é".repeat(5_000)); 50].join(",");
    let body = format!(r#"{{"TrailName":"t","EventSelectors":[{selectors}]}}"#);
    let error = check(Operation::PutEventSelectors, &json::object(body.as_bytes()).unwrap()).unwrap_err();
    assert!(error.message.starts_with("10 validation errors detected: Value 'é"));
    assert!(error.message.len() < 10_000);
}
