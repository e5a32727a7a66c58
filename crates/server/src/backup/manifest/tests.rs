#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Entry, Manifest, ManifestError, is_inside};
use cairn_model::{Position, Timestamp};

fn manifest(name: &str) -> Manifest {
    let file = Entry { name: name.to_owned(), bytes: 7, sha256: "ab".repeat(32) };
    Manifest::new(Position::new(4096), Timestamp::from_seconds(1_767_225_600), vec![file])
}

#[test]
fn a_manifest_reads_back_as_it_was_written() {
    let written = manifest("log/00000000000000000000.seg");
    assert_eq!(Manifest::parse(&written.to_json()).unwrap(), written);
}

#[test]
fn a_newer_manifest_is_refused_and_the_error_names_who_made_it() {
    let json = br#"{"format":"cairn-backup","version":2,"cairn":"9.1.0","parts":[]}"#;
    let error = Manifest::parse(json).unwrap_err();
    assert!(matches!(error, ManifestError::Newer { found: 2, .. }));
    assert!(error.to_string().contains("9.1.0"), "{error}");
}

#[test]
fn what_is_no_manifest_is_refused() {
    assert!(matches!(Manifest::parse(b"{"), Err(ManifestError::Json(_))));
    let other = br#"{"format":"other","version":1}"#;
    assert!(matches!(Manifest::parse(other), Err(ManifestError::OtherFormat)));
}

#[test]
fn a_manifest_that_names_files_outside_is_refused() {
    for name in ["/etc/passwd", "../up", "log/../../up", "", "."] {
        assert!(
            matches!(Manifest::parse(&manifest(name).to_json()), Err(ManifestError::Outside(_))),
            "{name}"
        );
    }
    assert!(is_inside("buckets/a b/..c"));
}
