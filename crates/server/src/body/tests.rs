#![allow(clippy::unwrap_used, reason = "tests")]

use super::{BodyError, read};
use crate::ingest::Budget;
use bytes::Bytes;
use http_body_util::Full;

fn body(bytes: usize) -> Full<Bytes> {
    Full::new(Bytes::from(vec![b'x'; bytes]))
}

#[tokio::test]
async fn a_body_is_charged_until_its_share_is_dropped() {
    let budget = Budget::new(64 << 10);
    let mut first = budget.share();
    assert_eq!(read(body(40 << 10), 1 << 20, &mut first).await.unwrap().len(), 40 << 10);
    assert_eq!(read(body(40 << 10), 1 << 20, &mut budget.share()).await, Err(BodyError::Busy));
    drop(first);
    assert_eq!(read(body(40 << 10), 1 << 20, &mut budget.share()).await.unwrap().len(), 40 << 10);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_and_charges_nothing() {
    let budget = Budget::new(64 << 10);
    let mut share = budget.share();
    assert_eq!(read(body(33 << 10), 32 << 10, &mut share).await, Err(BodyError::TooLarge(32 << 10)));
    assert!(budget.share().hold(64 << 10).is_ok());
}
