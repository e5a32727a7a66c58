#![allow(clippy::unwrap_used, reason = "tests")]

use super::{ambiguity, has_form};
use http::Request;
use http::request::Parts;

const FORM: &str = "application/x-www-form-urlencoded";

fn head(method: &str, uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn check_ambiguity(uri: &str, targets: &[&str], form: &str, expected: bool) {
    let targets: Vec<_> = targets.iter().map(|target| ("x-amz-target", *target)).collect();
    let found = ambiguity(&head("POST", uri, &targets), form.as_bytes());
    assert_eq!(found.is_some(), expected, "{uri} {targets:?} {form}");
}

#[test]
fn what_names_two_operations_is_ambiguous() {
    check_ambiguity("/", &[], "", false);
    check_ambiguity("/?Action=A&Version=1", &[], "", false);
    check_ambiguity("/?x=Action", &[], "Action=A&ActionName=B&ReAction=C", false);
    check_ambiguity("/", &["S.A"], "", false);
    check_ambiguity("/", &["S.A", "S.A"], "", true);
    check_ambiguity("/?Action=A", &["S.B"], "", true);
    check_ambiguity("/?Actio%6E=A", &["S.B"], "", true);
    check_ambiguity("/?Action=A", &[], "Action=B", true);
    check_ambiguity("/", &[], "%41ction=A&Action=B", true);
    check_ambiguity("/", &[], "Action&Action=B", true);
}

fn check_form(method: &str, content_type: &str, authorization: &str, expected: bool) {
    let headers = [("content-type", content_type), ("authorization", authorization)];
    assert_eq!(has_form(&head(method, "/", &headers)), expected, "{method} {content_type} {authorization}");
}

#[test]
fn only_what_may_name_an_operation_counts_as_a_form() {
    let signed =
        |service: &str| format!("AWS4-HMAC-SHA256 Credential=K/20260301/us-east-1/{service}/aws4_request");
    check_form("POST", FORM, "", true);
    check_form("POST", "Application/X-WWW-Form-Urlencoded; charset=utf-8", &signed("iam"), true);
    check_form("POST", FORM, &signed("s3"), false);
    check_form("PUT", FORM, "", false);
    check_form("POST", "application/json", &signed("iam"), false);
    check_form("POST", "", "", false);
}
