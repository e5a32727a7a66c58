#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Fault, Form};
use cairn_wire::sigv4::AuthError;

fn check(fault: &Fault, form: Form, status: u16, inside: &str) {
    let response = fault.told(form).response(form, "request-1");
    assert_eq!(response.status().as_u16(), status, "{form:?}");
    let body = String::from_utf8_lossy(response.body()).into_owned();
    assert!(body.contains(inside), "{body}");
}

#[test]
fn every_form_says_it_in_its_own_words() {
    let wrong = Fault::Signature(AuthError::SignatureMismatch);
    check(&wrong, Form::Json, 403, "\"__type\":\"InvalidSignatureException\"");
    check(&wrong, Form::Cbor, 403, "InvalidSignatureException");
    check(&wrong, Form::Query, 403, "<Code>SignatureDoesNotMatch</Code>");
    check(&wrong, Form::Ec2, 403, "<Errors><Error><Code>SignatureDoesNotMatch</Code>");
    check(&wrong, Form::S3, 403, "<Error><Code>SignatureDoesNotMatch</Code>");
    check(&Fault::TooLarge(7), Form::S3, 413, "<Code>EntityTooLarge</Code>");
    check(&Fault::BadGateway("<no>".to_owned()), Form::Query, 502, "&lt;no&gt;");
    check(&Fault::TimedOut, Form::Json, 504, "GatewayTimeout");
    let busy = Fault::Unavailable("Busy.").told(Form::S3).response(Form::S3, "r");
    assert_eq!(busy.headers()["retry-after"], "1");
    let grpc = Fault::Unavailable("Busy.").told(Form::Grpc).response(Form::Grpc, "r");
    assert_eq!((grpc.status().as_u16(), &grpc.headers()["grpc-status"]), (200, &"14".parse().unwrap()));
}
