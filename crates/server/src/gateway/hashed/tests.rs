#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Hashed, Mismatch};
use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use cairn_bucket::BoxError;
use http::HeaderMap;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};

async fn passed(parts: &[&'static str], signed: &str, trailer: bool) -> (String, Result<bool, BoxError>) {
    let mut frames: Vec<_> =
        parts.iter().map(|part| Frame::data(Bytes::from_static(part.as_bytes()))).collect();
    if trailer {
        let mut trailers = HeaderMap::new();
        trailers.insert("x-checksum", "1".parse().unwrap());
        frames.push(Frame::trailers(trailers));
    }
    let frames = futures::stream::iter(frames.into_iter().map(Ok::<_, BoxError>));
    let hash = digest(&SHA256, signed.as_bytes());
    let mismatch = Mismatch::default();
    let mut body = Hashed::new(StreamBody::new(frames), hash.as_ref().try_into().unwrap(), mismatch.clone());
    let (mut text, mut trailers) = (String::new(), false);
    while let Some(frame) = body.frame().await {
        match frame {
            Err(error) => {
                assert!(mismatch.is_found());
                return (text, Err(error));
            }
            Ok(frame) if frame.is_data() => {
                text.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
            }
            Ok(_) => trailers = true,
        }
    }
    assert!(!mismatch.is_found());
    (text, Ok(trailers))
}

#[tokio::test]
async fn a_body_that_was_signed_passes_whole() {
    for parts in [&["hello"][..], &["he", "llo"], &["", "hel", "", "lo", ""]] {
        assert!(matches!(passed(parts, "hello", false).await, (text, Ok(false)) if text == "hello"));
        assert!(matches!(passed(parts, "hello", true).await, (text, Ok(true)) if text == "hello"));
    }
    assert!(matches!(passed(&[], "", false).await, (text, Ok(false)) if text.is_empty()));
}

#[tokio::test]
async fn of_another_body_the_last_part_never_passes() {
    assert!(matches!(passed(&["hello"], "hallo", false).await, (text, Err(_)) if text.is_empty()));
    assert!(matches!(passed(&["he", "llo"], "hallo", true).await, (text, Err(_)) if text == "he"));
    assert!(matches!(passed(&[], "hallo", false).await, (text, Err(_)) if text.is_empty()));
    for ending in [&["hello", ""][..], &["", "hello", "", ""]] {
        assert!(matches!(passed(ending, "hallo", false).await, (text, Err(_)) if text.is_empty()));
    }
}
