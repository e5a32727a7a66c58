#![allow(clippy::unwrap_used, reason = "tests")]

use super::{framed, message, varint};
use crate::ingest::Encoding;
use bytes::{Bytes, BytesMut};

#[test]
fn one_message_is_taken_out_of_its_frame() {
    let frame = framed(b"hello");
    assert!(matches!(message(&frame, None), Ok((body, Some(Encoding::Plain))) if body == "hello"));
    let mut packed = frame.to_vec();
    packed[0] = 1;
    let packed = Bytes::from(packed);
    assert!(matches!(message(&packed, Some("gzip")), Ok((_, Some(Encoding::Gzip)))));
    assert!(message(&packed, None).is_err());
    assert!(message(&frame.slice(..9), None).is_err());
    assert!(message(&Bytes::from_static(b"1234"), None).is_err());
}

#[test]
fn numbers_are_in_base_128() {
    let encoded = |value| {
        let mut out = BytesMut::new();
        varint(&mut out, value);
        out.to_vec()
    };
    assert_eq!(encoded(1), [1]);
    assert_eq!(encoded(300), [0xac, 0x02]);
}
