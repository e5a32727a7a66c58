#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Answer, sent};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};

fn done() -> Answer {
    http::Response::new(Full::new(Bytes::new()).map_err(|never| match never {}).boxed_unsync())
}

#[tokio::test]
async fn a_write_that_is_not_on_the_record_is_not_answered_as_done() {
    assert_eq!(sent(done(), true, "r-1").status(), 200);
    let unrecorded = sent(done(), false, "r-1");
    assert_eq!(unrecorded.status(), 503);
    let body = unrecorded.into_body().collect().await.unwrap().to_bytes();
    assert!(body.windows(3).any(|part| part == b"r-1"), "{body:?}");
}
