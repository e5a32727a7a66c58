#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Content, Packing, content};
use std::io::{Read, Write};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn check(text: &str, expected: Content) {
    let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
    for packed in [text.as_bytes().to_vec(), gzip(text.as_bytes()), zstd] {
        assert_eq!(content(&packed).unwrap(), expected, "{text}");
    }
}

#[test]
fn events_are_told_in_every_form() {
    for text in [
        "",
        " \n",
        "[]",
        "{\"Records\": []}",
        "\u{feff}{\"Records\":[{\"eventVersion\":\"1.11\"}]}",
        "{\n  \"eventTime\" : \"2026-03-01T08:04:11Z\"\n}",
        "[{\"eventName\":\"x\"}]",
        "{\"NextToken\":\"x\",\"Events\":[]}",
        "{\"version\":\"0\",\"detail-type\":\"AWS API Call via CloudTrail\"}",
        "2026-03-01T08:04:11.123Z {\"eventVersion\":\"1.11\"}",
        "{\"timestamp\":1,\"message\":\"{\\\"eventVersion\\\":\\\"1.11\\\"}\"}",
        "{\"eventVersion\":\"1.0\",\"timeWindow\":{}}",
    ] {
        check(text, Content::Events);
    }
}

#[test]
fn a_digest_is_told_whatever_it_is_called() {
    check("{\"awsAccountId\":\"111122223333\",\"digestStartTime\":\"x\",\"logFiles\":[]}", Content::Digest);
    let event = "{\"eventVersion\":\"1.11\",\"requestParameters\":{\"digestStartTime\":\"x\"}}";
    check(event, Content::Events);
}

#[test]
fn what_holds_no_events_is_told() {
    for text in ["hello", "{\"version\":1,\"a\":\"Records\"}", "[{\"name\":\"x\"}]", "a,b\n1,2\n", "<xml/>"] {
        check(text, Content::Other);
    }
    assert_eq!(content(b"\xff\xfe{\0}\0").unwrap(), Content::Utf16);
}

#[test]
fn a_file_that_was_cut_is_told_by_what_is_left() {
    let text = "{\"Records\":[{\"eventVersion\":\"1.11\"}]}".repeat(100);
    let packed = gzip(text.as_bytes());
    assert_eq!(content(&packed[..packed.len() - 9]).unwrap(), Content::Events);
    assert!(content(b"\x1f\x8bno gzip").is_err());
}

#[test]
fn packings_are_told_by_their_first_bytes() {
    let text = b"some text";
    let zstd = zstd::encode_all(&text[..], 1).unwrap();
    for (packed, packing) in
        [(text.to_vec(), Packing::Plain), (gzip(text), Packing::Gzip), (zstd, Packing::Zstd)]
    {
        assert_eq!(Packing::of(&packed), packing);
        let mut unpacked = Vec::new();
        packing.reader(&packed[..]).unwrap().read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, text);
    }
}

#[test]
fn what_unpacks_to_much_is_not_small() {
    assert!(Packing::Gzip.is_small(&gzip(b"x")));
    assert!(!Packing::Gzip.is_small(&gzip(&vec![b'x'; 65 << 20])));
    assert!(!Packing::Gzip.is_small(b"\x1f\x8b"));
}
