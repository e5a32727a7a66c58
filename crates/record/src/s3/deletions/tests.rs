use super::{Deletion, deletions};

fn of(objects: &str) -> Option<Vec<Deletion>> {
    deletions(format!("<?xml version=\"1.0\"?><Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{objects}</Delete>").as_bytes())
}

#[test]
fn every_object_is_named_with_its_version() {
    let found = of(
        "<Object><Key>a &amp; b</Key></Object>\n<Object><VersionId>v</VersionId><Key>c</Key><ETag>e</ETag></Object><Quiet>true</Quiet>",
    );
    let expected = vec![
        Deletion { key: "a & b".to_owned(), version_id: None },
        Deletion { key: "c".to_owned(), version_id: Some("v".to_owned()) },
    ];
    assert_eq!(found, Some(expected));
}

#[test]
fn a_body_that_can_be_read_in_several_ways_names_nothing() {
    for objects in [
        "",
        "<Quiet>true</Quiet>",
        "<Object></Object>",
        "<Object><Key></Key></Object>",
        "<Object><Key>a</Key><Key>b</Key></Object>",
        "<Object><Key>a</Key><x:Key xmlns:x=\"y\">b</x:Key></Object>",
        "<Object><Key>a</Key><key>b</key></Object>",
        "<Object><Key> a</Key></Object>",
        "<Object><Key>a\n</Key></Object>",
        "<Object><Key>a\rb</Key></Object>",
        "<Object><Key>a<b/></Key></Object>",
        "<Object><Key>a</Key><VersionId>v</VersionId><VersionId/></Object>",
        "<Object><Key>a</Key></Object><object><Key>b</Key></object>",
        "<Object><Key>&other;</Key></Object>",
    ] {
        assert_eq!(of(objects), None, "{objects}");
    }
    assert_eq!(of(&"<Object><Key>a</Key></Object>".repeat(1000)).map(|found| found.len()), Some(1000));
    assert_eq!(of(&"<Object><Key>a</Key></Object>".repeat(1001)), None);
    for body in
        [&b""[..], b"no XML", b"<Other><Object><Key>a</Key></Object></Other>", b"5;chunk-signature=0\r\n<Del"]
    {
        assert_eq!(deletions(body), None);
    }
}
