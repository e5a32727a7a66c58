#![allow(clippy::unwrap_used, reason = "tests")]
use super::{Background, NICENESS};
use rustix::process::getpriority_process;

#[tokio::test]
async fn only_the_threads_of_the_background_give_way() {
    let before = getpriority_process(None).unwrap();
    let background = Background::start().unwrap();
    let niceness = || getpriority_process(None).unwrap();
    let (worker, blocking) = background
        .run(async move { (niceness(), tokio::task::spawn_blocking(niceness).await.unwrap()) })
        .await
        .unwrap();
    assert_eq!((worker, blocking), (NICENESS, NICENESS));
    assert_eq!(getpriority_process(None).unwrap(), before);
    assert_eq!(tokio::task::spawn_blocking(niceness).await.unwrap(), before);
}
