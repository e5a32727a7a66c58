#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Kind, name, object_path, parse_name};
use proptest::prelude::*;
use std::path::Path;

fn check(key: &str, path: &str) {
    assert_eq!(object_path(Path::new("o"), key), Path::new("o").join(path), "{key:?}");
}

#[test]
fn keys_have_readable_paths() {
    check("a", "a.obj");
    check("AWSLogs/000000000000/x.json.gz", "AWSLogs.d/000000000000.d/x.json.gz.obj");
    check("a b+ü%", "a%20b%2B%C3%BC%25.obj");
}

#[test]
fn no_key_escapes_the_folder() {
    check("..", "...obj");
    check("../../etc/passwd", "...d/...d/etc.d/passwd.obj");
    check("/etc/passwd", ".d/etc.d/passwd.obj");
    check("a//b", "a.d/.d/b.obj");
    check("a/", "a.d/.obj");
    check("\0\n", "%00%0A.obj");
}

#[test]
fn a_long_segment_goes_on_in_a_folder() {
    let chunk = "x".repeat(80);
    check(&"x".repeat(79), &format!("{}.obj", "x".repeat(79)));
    check(&chunk, &format!("{chunk}.c/.obj"));
    check(&format!("{chunk}yz/w"), &format!("{chunk}.c/yz.d/w.obj"));
}

#[test]
fn names_that_we_would_not_give_are_not_ours() {
    let foreign = ["notes.txt", "%61.obj", "%zz.obj", "a b.obj", "%c3%bc.obj", "a.c", ".", "..", ""];
    for text in foreign {
        assert_eq!(parse_name(text), None, "{text}");
    }
    assert_eq!(parse_name(&format!("{}.obj", "x".repeat(80))), None);
}

proptest! {
    #[test]
    fn paths_are_distinct_and_fit(key in "\\PC{1,40}|[a/.%é]{1,300}", other in "[a/.%é]{1,300}") {
        let path = object_path(Path::new("o"), &key);
        prop_assert!(path.components().all(|part| part.as_os_str().len() <= 255));
        prop_assert_eq!(path == object_path(Path::new("o"), &other), key == other);
    }

    #[test]
    fn a_name_reads_back(piece in proptest::collection::vec(any::<u8>(), 0..80)) {
        let piece: Vec<u8> = piece.into_iter().filter(|byte| *byte != b'/').collect();
        for kind in [Kind::Object, Kind::Folder] {
            prop_assert_eq!(parse_name(&name(&piece, kind)), Some((piece.clone(), kind)));
        }
    }
}
