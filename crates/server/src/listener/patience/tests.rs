#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Patience, STALL_TIMEOUT};
use std::io::ErrorKind;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

#[tokio::test]
async fn a_client_that_takes_nothing_is_cut_after_the_timeout() {
    let (ours, _theirs) = duplex(8);
    let error = Patience::new(ours, Duration::from_millis(5)).write_all(&[0; 100]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}

#[tokio::test]
async fn a_client_that_takes_a_little_at_a_time_gets_everything() {
    let (ours, mut theirs) = duplex(8);
    let writer = tokio::spawn(async move { Patience::new(ours, STALL_TIMEOUT).write_all(&[7; 100]).await });
    let mut taken = [0; 100];
    theirs.read_exact(&mut taken).await.unwrap();
    writer.await.unwrap().unwrap();
    assert_eq!(taken, [7; 100]);
}
