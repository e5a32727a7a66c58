#![allow(clippy::unwrap_used, reason = "tests")]

use crate::{ErrorCode, Operation, Service};

#[test]
fn there_are_61_operations_and_each_is_found_by_its_name() {
    assert_eq!(Operation::ALL.len(), 61);
    for operation in Operation::ALL {
        assert_eq!(operation.name(), format!("{operation:?}"));
        assert_eq!(Operation::from_name(operation.name()), Some(operation));
    }
    assert_eq!(Operation::from_name("createtrail"), None);
}

#[test]
fn the_table_of_error_codes_stands_in_the_order_of_the_enum() {
    for code in Operation::ALL.iter().flat_map(|operation| operation.errors()) {
        assert_eq!(code.name(), format!("{code:?}"));
        assert_eq!(code.status(), 400);
    }
    assert_eq!(ErrorCode::ValidationException.name(), "ValidationException");
    assert_eq!(ErrorCode::UnknownOperationException.status(), 404);
    assert_eq!(ErrorCode::InvalidSignatureException.status(), 403);
    assert_eq!(ErrorCode::ThrottlingException.status(), 400);
}

#[test]
fn a_target_is_read_with_and_without_its_package() {
    for target in [
        "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
        "CloudTrail_20131101.LookupEvents",
        "anything.CloudTrail_20131101.LookupEvents",
    ] {
        assert_eq!(Operation::from_target(target), Ok(Operation::LookupEvents));
    }
}

#[test]
fn an_unknown_target_is_404() {
    for target in [
        "",
        ".",
        "LookupEvents",
        "CloudTrail_20131101.",
        "CloudTrail_20131101.Lookup",
        "CloudTrail_20131101.LookupEvents.",
        "CloudTrail_20131101.LookupEvents.LookupEvents",
        "DynamoDB_20120810.LookupEvents",
        "CloudTrail_20131101.PutAuditEvents",
    ] {
        let error = Operation::from_target(target).unwrap_err();
        assert_eq!(
            (error.code, error.status().as_u16()),
            (ErrorCode::UnknownOperationException, 404),
            "{target}"
        );
    }
}

#[test]
fn the_model_is_read_right() {
    assert_eq!(Operation::PutAuditEvents.service(), Service::CloudTrailData);
    assert_eq!(Operation::ALL.iter().filter(|operation| operation.idempotent()).count(), 47);
    assert!(Operation::CreateTrail.models(ErrorCode::TrailAlreadyExistsException));
    assert!(!Operation::GetTrail.models(ErrorCode::TrailAlreadyExistsException));
    assert_eq!(Operation::GetTrail.output().name, "GetTrailResponse");
}
