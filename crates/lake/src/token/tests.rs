#![allow(clippy::unwrap_used, reason = "tests")]
use super::{NotAPageToken, PageToken};
use crate::keys::OrderKey;
use cairn_model::Position;

#[test]
fn a_token_is_read_back_from_its_text() {
    let token = PageToken {
        upper: Position::new(u64::MAX),
        after: OrderKey { event_time: -5, position: 7 },
        fingerprint: 0x0123_4567_89ab_cdef,
    };
    assert_eq!(token.to_string().parse(), Ok(token));
}

#[test]
fn other_texts_are_refused() {
    for text in ["", "b3BhcXVl", "%%%", &"A".repeat(44), &"A".repeat(4000)] {
        assert_eq!(text.parse::<PageToken>(), Err(NotAPageToken), "{text}");
    }
}
