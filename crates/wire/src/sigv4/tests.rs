#![allow(clippy::unwrap_used, reason = "tests")]

mod golden;
mod oracle;
mod refused;

use http::request::Parts;
use jiff::Timestamp;

use super::{AuthError, Body, Credentials, Presented, Request, Rules, Verified, sign, verify};

const KEY: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn now() -> Timestamp {
    "2026-11-20T23:00:00Z".parse().unwrap()
}

/// Reads and verifies with the right secret, at the given time.
fn check_at(parts: &Parts, body: Body<'_>, service: &str, at: Timestamp) -> Result<Verified, AuthError> {
    let request = Request::of(parts);
    let presented = Presented::parse(&request)?;
    verify(&request, &presented, body, SECRET, at, &Rules { service, region: None })
}

fn check(parts: &Parts, body: &[u8], service: &str) -> Result<Verified, AuthError> {
    check_at(parts, Body::Whole(body), service, now())
}

/// A request signed by our own client code.
fn signed(request: http::request::Builder, body: &[u8], service: &str, token: Option<&str>) -> Parts {
    let (mut parts, ()) = request.body(()).unwrap().into_parts();
    let credentials = Credentials { access_key_id: KEY, secret_access_key: SECRET, session_token: token };
    let added = sign(&Request::of(&parts), body, &credentials, "us-east-1", service, now()).unwrap();
    parts.headers.extend(added);
    parts
}

fn lookup_events() -> http::request::Builder {
    http::Request::post("/")
        .header("host", "127.0.0.1:4580")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", "CloudTrail_20131101.LookupEvents")
}
