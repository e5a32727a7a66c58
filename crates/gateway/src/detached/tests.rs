use super::*;
use std::task::Waker;
use tokio::sync::oneshot;

#[tokio::test]
async fn work_goes_on_when_nobody_waits() {
    let (go, gone) = oneshot::channel();
    let (done, seen) = oneshot::channel();
    let work = async move {
        gone.await.unwrap();
        done.send(()).unwrap();
    };
    let mut detached = Detached::new(work, Handle::current());
    let mut context = Context::from_waker(Waker::noop());
    assert!(Pin::new(&mut detached).poll(&mut context).is_pending());
    drop(detached);
    go.send(()).unwrap();
    seen.await.unwrap();
}

#[tokio::test]
async fn work_that_is_done_is_not_done_again() {
    let detached = Detached::new(async { 7 }, Handle::current());
    assert_eq!(detached.await, 7);
}
