#![allow(clippy::unwrap_used, reason = "tests")]

use super::{IDLE_TIMEOUT, PIECE_BYTES, Pace, Verdict, Watched};
use crate::listener::HEAD_TIMEOUT;
use crate::listener::patience::STALL_TIMEOUT;
use bytes::Bytes;
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full, StreamBody};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// More than a test takes.
const MARGIN: Duration = Duration::from_secs(9);

fn pace() -> Arc<Pace> {
    Arc::new(Pace::new(Instant::now()))
}

/// The verdict that there would be after some more time.
fn after(pace: &Pace, time: Duration) -> Verdict {
    pace.verdict(Instant::now() + time)
}

#[tokio::test]
async fn a_connection_without_a_request_is_idle_sooner_than_one_that_had_some() {
    let silent = pace();
    assert_eq!(after(&silent, HEAD_TIMEOUT - MARGIN), Verdict::Moves);
    assert_eq!(after(&silent, HEAD_TIMEOUT + MARGIN), Verdict::Idle);
    let used = pace();
    drop(used.begin());
    assert_eq!(after(&used, IDLE_TIMEOUT - MARGIN), Verdict::Moves);
    assert_eq!(after(&used, IDLE_TIMEOUT + MARGIN), Verdict::Idle);
}

#[tokio::test]
async fn a_request_that_takes_long_to_answer_is_no_reason_to_cut() {
    let pace = pace();
    let underway = pace.begin();
    assert_eq!(after(&pace, IDLE_TIMEOUT * 10), Verdict::Moves);
    drop(underway);
    assert_eq!(after(&pace, IDLE_TIMEOUT - MARGIN), Verdict::Moves);
}

#[tokio::test]
async fn an_answer_that_nobody_takes_stalls_the_connection() {
    let pace = pace();
    let mut body = Watched::new(Full::new(Bytes::from_static(b"x")), pace.begin());
    body.frame().await.unwrap().unwrap();
    assert_eq!(after(&pace, STALL_TIMEOUT - MARGIN), Verdict::Moves);
    assert_eq!(after(&pace, STALL_TIMEOUT + MARGIN), Verdict::Stalled);
    drop(body);
    assert_eq!(after(&pace, Duration::ZERO), Verdict::Moves);
}

#[tokio::test]
async fn a_stream_that_waits_for_something_to_say_is_not_stalled() {
    let pace = pace();
    let (sender, receiver) = tokio::sync::mpsc::channel::<Bytes>(1);
    let frames = futures::stream::unfold(receiver, |mut receiver| async move {
        let bytes = receiver.recv().await?;
        Some((Ok::<_, Infallible>(Frame::data(bytes)), receiver))
    });
    let mut body = Watched::new(StreamBody::new(Box::pin(frames)), pace.begin());
    sender.send(Bytes::from_static(b"x")).await.unwrap();
    body.frame().await.unwrap().unwrap();
    let mut next = Box::pin(body.frame());
    assert!(futures::poll!(&mut next).is_pending());
    assert_eq!(after(&pace, STALL_TIMEOUT * 2), Verdict::Moves);
}

#[tokio::test]
async fn a_large_answer_in_one_part_is_underway_until_the_last_piece_was_taken() {
    let pace = pace();
    let whole: Bytes = (0..PIECE_BYTES * 2 + 1).map(|place| place as u8).collect();
    let mut body = Watched::new(Full::new(whole.clone()), pace.begin());
    let mut taken = Vec::new();
    while let Some(frame) = body.frame().await {
        let piece = frame.unwrap().into_data().unwrap();
        assert!(piece.len() <= PIECE_BYTES);
        taken.extend_from_slice(&piece);
        assert_eq!(body.size_hint().exact(), Some((whole.len() - taken.len()) as u64));
        assert!(!body.is_end_stream(), "a client may still be taking this piece");
    }
    assert!(body.is_end_stream());
    assert_eq!(taken, whole);
}

#[tokio::test]
async fn an_answer_without_a_body_has_ended_from_the_start() {
    assert!(Watched::new(Full::new(Bytes::new()), pace().begin()).is_end_stream());
}
