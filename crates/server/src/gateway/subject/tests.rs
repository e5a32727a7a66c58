#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Subject, ambiguity, aws, has_form};
use crate::gateway::sent_form::{SentForm, UNPACKED_BYTES_MAX};
use cairn_wire::sigv4::Body;
use flate2::{Compression, GzBuilder};
use http::header::CONTENT_ENCODING;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request};
use std::io::Write;

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
    let head = head("POST", uri, &targets);
    let found = ambiguity(&head, &SentForm::of(&head.headers, form.as_bytes()));
    assert_eq!(found.is_some(), expected, "{uri} {targets:?} {form}");
}

fn packed(text: &[u8], name: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().filename(name).write(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_packed_form_names_its_operation_inside_and_nowhere_else() {
    let check = |form: &[u8], ambiguous: bool, cut: bool| {
        let head = head("POST", "/", &[("content-type", FORM), ("content-encoding", "gzip")]);
        let form = SentForm::of(&head.headers, form);
        assert_eq!((ambiguity(&head, &form).is_some(), form.is_cut()), (ambiguous, cut));
    };
    let form = b"Action=ListUsers&Version=2010-05-08";
    check(&packed(form, b"name"), false, false);
    assert_eq!(
        aws(&head("POST", "/", &[]), SentForm::of(&gzip(), &packed(form, b"name")).pairs(), &[]),
        aws(&head("POST", "/", &[]), form, &[])
    );
    check(&packed(b"Action=A&Action=B", b"name"), true, false);
    // Whoever does not unpack it reads this.
    check(&packed(form, b"&Action=DeleteUser&UserName=eve&"), true, false);
    let long = [&form[..], &vec![b'&'; UNPACKED_BYTES_MAX]].concat();
    check(&packed(&long, b"name"), false, true);
    check(&packed(&long[..UNPACKED_BYTES_MAX], b"name"), false, false);
}

fn gzip() -> HeaderMap {
    HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static("gzip"))])
}

#[test]
fn only_what_the_models_mark_may_leave_its_body_unsigned() {
    let declarable = |service: &str, method: &str, path: &str| {
        let scope = format!("AWS4-HMAC-SHA256 Credential=K/20260301/us-east-1/{service}/aws4_request, x");
        let head = head(method, path, &[("authorization", &scope)]);
        Subject::Aws(aws(&head, &[], &[])).declarable(true)
    };
    let block = declarable("ebs", "PUT", "/snapshots/snap-1/blocks/0");
    assert!(matches!(block, Body::DeclaredOrUnsigned), "{block:?}");
    let conversation =
        declarable("lex", "POST", "/bots/b/botAliases/a/botLocales/en_US/sessions/s/conversation");
    assert!(matches!(conversation, Body::DeclaredOrEvents), "{conversation:?}");
    for (service, method, path) in [("ebs", "POST", "/snapshots"), ("lambda", "GET", "/2015-03-31/functions")]
    {
        assert!(matches!(declarable(service, method, path), Body::Declared), "{service} {path}");
    }
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

#[test]
fn only_answers_of_sts_may_teach_whose_a_key_is() {
    let check = |form: &[u8], expected: bool| {
        let subject = Subject::Aws(aws(&head("POST", "/", &[("content-type", FORM)]), form, &[]));
        assert_eq!(subject.may_teach(), expected, "{subject:?}");
    };
    check(b"Action=AssumeRole&Version=2011-06-15", true);
    check(b"Action=GetUser&Version=2010-05-08", false);
    check(b"Action=Unheard&Version=2010-05-08", false);
}
