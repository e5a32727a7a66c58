#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use super::{Element, NotXml};

#[test]
fn a_document_becomes_a_tree() {
    let list = Element::read(
        b"<?xml version=\"1.0\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>\
          <Contents><Key>a&amp;b &#x263A;</Key></Contents><Contents><Key><![CDATA[<raw>]]></Key></Contents><Prefix/>\
          </ListBucketResult>",
    )
    .unwrap();
    assert_eq!(list.name(), "ListBucketResult");
    assert_eq!(list.text_of("Name"), Some("b"));
    assert_eq!(list.text_of("Prefix"), Some(""));
    let keys: Vec<_> = list.children("Contents").filter_map(|entry| entry.text_of("Key")).collect();
    assert_eq!(keys, ["a&b \u{263a}", "<raw>"]);
}

#[test]
fn what_is_no_document_is_refused() {
    let deep = "<a>".repeat(100);
    for bytes in [&b""[..], b"{}", b"<a>", b"<a></b>", b"<a>&unknown;</a>", b"\xff", deep.as_bytes()] {
        assert_eq!(Element::read(bytes), Err(NotXml), "{bytes:?}");
    }
}
