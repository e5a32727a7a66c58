use super::UnderWay;
use futures::{FutureExt, poll};
use std::pin::pin;

#[tokio::test]
async fn the_same_body_waits_and_others_do_not() {
    let under_way = UnderWay::default();
    let first = under_way.enter(b"a").await;
    let other = under_way.enter(b"b").await;
    let mut again = pin!(under_way.enter(b"a"));
    assert!(poll!(&mut again).is_pending());
    drop(first);
    let again = again.now_or_never();
    assert!(again.is_some());
    drop((again, other));
    assert!(under_way.turns().is_empty());
}

#[tokio::test]
async fn a_wait_that_ends_leaves_nothing_behind() {
    let under_way = UnderWay::default();
    let first = under_way.enter(b"a").await;
    assert!(under_way.enter(b"a").now_or_never().is_none());
    drop(first);
    assert!(under_way.turns().is_empty());
}
