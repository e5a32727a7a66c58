use super::*;
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

#[tokio::test]
async fn what_can_be_done_at_once_is_done_without_a_task() {
    let (done, mut seen) = oneshot::channel();
    Detached::new(async move { done.send(()).unwrap() }, Handle::current()).begin();
    assert_eq!(seen.try_recv(), Ok(()));
}

#[tokio::test]
async fn what_has_begun_and_waits_goes_on_by_itself() {
    let (go, gone) = oneshot::channel();
    let (done, seen) = oneshot::channel();
    let work = async move {
        gone.await.unwrap();
        done.send(()).unwrap();
    };
    Detached::new(work, Handle::current()).begin();
    go.send(()).unwrap();
    seen.await.unwrap();
}
