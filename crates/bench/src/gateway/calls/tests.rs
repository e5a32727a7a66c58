#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use hyper::body::Body;

fn way() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 4580))
}

#[test]
fn every_operation_is_called_by_strangers_and_by_the_operator() {
    let calls = mix(way()).unwrap();
    assert_eq!(calls.len(), 16);
    let by = |signer: Credentials<'_>| {
        let signed =
            |call: &&Call| call.headers()["authorization"].to_str().unwrap().contains(signer.access_key_id);
        calls.iter().filter(signed).count()
    };
    assert_eq!((by(STRANGER), by(OPERATOR)), (12, 4));
}

#[test]
fn an_upload_has_its_length_and_says_that_its_body_is_not_signed() {
    let call = upload(way(), 1_000_000_000).unwrap();
    assert_eq!(call.body().size_hint().exact(), Some(1_000_000_000));
    assert_eq!(call.headers()["x-amz-content-sha256"], "UNSIGNED-PAYLOAD");
}

#[test]
fn a_waiting_call_says_how_long() {
    let call = waiting(way(), Duration::from_secs(2)).unwrap();
    assert_eq!(call.headers()[WAIT], "2000");
}
