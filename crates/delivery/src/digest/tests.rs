#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Contents, NamedFile, string_to_sign, to_json};
use crate::outbox::Link;
use cairn_decide::digest::Window;
use cairn_model::Timestamp;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn contents<'a>(previous: Option<&'a Link>, files: &'a [NamedFile]) -> Contents<'a> {
    Contents {
        account: "111122223333",
        window: Window { start: at("2026-03-01T08:00:00Z"), end: at("2026-03-01T09:00:00Z") },
        bucket: "b",
        key: "k",
        previous,
        files,
    }
}

#[test]
fn a_starting_digest_of_an_empty_window_has_every_member_as_null() {
    let json = String::from_utf8(to_json(&contents(None, &[]), "fp")).unwrap();
    assert_eq!(
        json,
        concat!(
            r#"{"awsAccountId":"111122223333","digestStartTime":"2026-03-01T08:00:00Z","#,
            r#""digestEndTime":"2026-03-01T09:00:00Z","digestS3Bucket":"b","digestS3Object":"k","#,
            r#""digestPublicKeyFingerprint":"fp","digestSignatureAlgorithm":"SHA256withRSA","#,
            r#""newestEventTime":null,"oldestEventTime":null,"previousDigestS3Bucket":null,"#,
            r#""previousDigestS3Object":null,"previousDigestHashValue":null,"#,
            r#""previousDigestHashAlgorithm":null,"previousDigestSignature":null,"logFiles":[]}"#
        )
    );
}

#[test]
fn a_digest_names_its_files_its_predecessor_and_the_times_over_all_events() {
    let link = Link { bucket: "pb".into(), key: "pk".into(), sha256: "ph".into(), signature: "ps".into() };
    let file = |key: &str, oldest, newest| NamedFile {
        bucket: "fb".into(),
        key: key.into(),
        sha256: "fh".into(),
        oldest: at(oldest),
        newest: at(newest),
    };
    let files = [
        file("f1", "2026-03-01T07:00:00Z", "2026-03-01T08:00:00Z"),
        file("f2", "2026-02-01T07:00:00Z", "2026-03-01T07:30:00Z"),
    ];
    let json = String::from_utf8(to_json(&contents(Some(&link), &files), "fp")).unwrap();
    let rest = json
        .split_once(r#""newestEventTime":"2026-03-01T08:00:00Z","oldestEventTime":"2026-02-01T07:00:00Z","#)
        .unwrap()
        .1;
    assert_eq!(
        rest,
        concat!(
            r#""previousDigestS3Bucket":"pb","previousDigestS3Object":"pk","previousDigestHashValue":"ph","#,
            r#""previousDigestHashAlgorithm":"SHA-256","previousDigestSignature":"ps","logFiles":["#,
            r#"{"s3Bucket":"fb","s3Object":"f1","hashValue":"fh","hashAlgorithm":"SHA-256","#,
            r#""newestEventTime":"2026-03-01T08:00:00Z","oldestEventTime":"2026-03-01T07:00:00Z"},"#,
            r#"{"s3Bucket":"fb","s3Object":"f2","hashValue":"fh","hashAlgorithm":"SHA-256","#,
            r#""newestEventTime":"2026-03-01T07:30:00Z","oldestEventTime":"2026-02-01T07:00:00Z"}]}"#
        )
    );
    assert_eq!(string_to_sign(&contents(Some(&link), &files), "jh"), "2026-03-01T09:00:00Z\nb/k\njh\nps");
}

#[test]
fn a_starting_digest_signs_the_word_null_for_its_predecessor() {
    assert_eq!(string_to_sign(&contents(None, &[]), "jh"), "2026-03-01T09:00:00Z\nb/k\njh\nnull");
}
