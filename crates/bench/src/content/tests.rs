#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use http_body_util::BodyExt;

async fn collected(content: Content) -> Bytes {
    content.collect().await.unwrap().to_bytes()
}

#[tokio::test]
async fn a_long_body_has_exactly_its_length() {
    for length in [0, 1, BLOCK_BYTES as u64, 3 * BLOCK_BYTES as u64 + 7] {
        let content = Content::of_length(length);
        assert_eq!(content.size_hint().exact(), Some(length));
        assert_eq!(collected(content).await.len() as u64, length);
    }
}

#[tokio::test]
async fn one_piece_comes_once() {
    assert_eq!(collected(Content::from(Bytes::from_static(b"once"))).await, "once");
    assert!(Content::from(Bytes::new()).is_end_stream());
}
