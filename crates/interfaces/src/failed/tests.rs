use super::{Failure, failure};
use http::StatusCode;

fn check(status: u16, body: &str, expected: Option<(&str, Option<&str>)>) {
    let status = StatusCode::from_u16(status).unwrap_or_default();
    let found = failure(status, Some("application/problem+json"), body.as_bytes());
    let expected = expected
        .map(|(code, message)| Failure { code: code.to_owned(), message: message.map(str::to_owned) });
    assert_eq!(found, expected, "{body}");
}

#[test]
fn a_failure_is_named_by_its_body_or_its_status() {
    check(200, r#"{"code": "X"}"#, None);
    check(302, "", None);
    check(404, "", Some(("NotFound", None)));
    check(599, "<html>", Some(("Status599", None)));
    check(400, r#"{"code": "NoStock", "message": "none left"}"#, Some(("NoStock", Some("none left"))));
    check(409, r#"{"error": {"code": "Taken", "message": "m"}}"#, Some(("Taken", Some("m"))));
    check(401, r#"{"error": "invalid_grant", "error_description": "d"}"#, Some(("invalid_grant", Some("d"))));
    check(403, r#"{"error": "You shall not pass"}"#, Some(("Forbidden", Some("You shall not pass"))));
}

#[test]
fn problem_types_are_codes_by_their_end() {
    check(
        403,
        r#"{"type": "https://example.com/probs/out-of-credit", "title": "t", "detail": "d"}"#,
        Some(("out-of-credit", Some("d"))),
    );
    check(403, r#"{"type": "about:blank", "title": "t"}"#, Some(("Forbidden", Some("t"))));
    check(403, r#"{"code": 7, "message": ""}"#, Some(("Forbidden", None)));
}

#[test]
fn only_json_is_asked() {
    let found = failure(StatusCode::BAD_REQUEST, Some("text/html"), br#"{"code": "X"}"#);
    assert_eq!(found.map(|found| found.code).as_deref(), Some("BadRequest"));
}
