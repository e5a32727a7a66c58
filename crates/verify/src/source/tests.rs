#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use std::fs;
use std::path::Path;

fn put(root: &Path, path: &str, bytes: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn listed(source: &dyn Source) -> Vec<String> {
    let mut places = Vec::new();
    source.list(&mut |place| places.push(place.to_string())).unwrap();
    places.sort();
    places
}

fn read(source: &dyn Source, bucket: &str, key: &str) -> Option<String> {
    let opened = source.places(bucket, key).iter().find_map(|place| source.open(place).ok());
    opened.map(|mut opened| io::read_to_string(&mut opened.body).unwrap())
}

#[test]
fn a_copy_may_be_of_one_bucket_or_of_several_with_its_prefix_or_without() {
    let dir = tempfile::tempdir().unwrap();
    for path in ["AWSLogs/a.json.gz", "two/p/AWSLogs/b.json.gz", "q/AWSLogs/c.json.gz", "note.txt"] {
        put(dir.path(), path, path.as_bytes());
    }
    let folder = Folder::open(dir.path()).unwrap();
    assert_eq!(listed(&folder), ["AWSLogs/a.json.gz", "q/AWSLogs/c.json.gz", "two/p/AWSLogs/b.json.gz"]);
    let found = |bucket, key| read(&folder, bucket, key);
    assert_eq!(found("one", "AWSLogs/a.json.gz").as_deref(), Some("AWSLogs/a.json.gz"));
    assert_eq!(found("one", "x/y/AWSLogs/a.json.gz").as_deref(), Some("AWSLogs/a.json.gz"));
    assert_eq!(found("two", "p/AWSLogs/b.json.gz").as_deref(), Some("two/p/AWSLogs/b.json.gz"));
    assert_eq!(found("one", "p/q/AWSLogs/c.json.gz").as_deref(), Some("q/AWSLogs/c.json.gz"));
    assert_eq!(found("one", "AWSLogs/none.json.gz"), None);
}

#[test]
fn no_key_leads_out_of_the_copy() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "secret", b"secret");
    put(dir.path(), "copy/AWSLogs/a.json.gz", b"a");
    let folder = Folder::open(&dir.path().join("copy")).unwrap();
    for key in ["../secret", "AWSLogs/../../secret", dir.path().join("secret").to_str().unwrap()] {
        assert_eq!(read(&folder, "b", key), None, "{key}");
    }
}

#[test]
fn a_folder_inside_of_a_copy_is_refused_with_the_one_to_give() {
    let dir = tempfile::tempdir().unwrap();
    put(dir.path(), "AWSLogs/1/CloudTrail/a.json.gz", b"a");
    let error = Folder::open(&dir.path().join("AWSLogs/1")).unwrap_err().to_string();
    assert!(
        error.ends_with(&format!("AWSLogs, {}", dir.path().canonicalize().unwrap().display())),
        "{error}"
    );
    assert!(matches!(
        Folder::open(&dir.path().join("AWSLogs/1/CloudTrail/a.json.gz")),
        Err(NotAFolder::NotOne { .. })
    ));
    assert!(matches!(Folder::open(&dir.path().join("none")), Err(NotAFolder::Io { .. })));
}

/// An object file as FORMAT.md has it.
fn object(body: &[u8], user: &str) -> Vec<u8> {
    let json = format!(r#"{{"key":"k","headers":{{"content_type":"x","user":{user}}}}}"#);
    let mut file = [body, json.as_bytes(), b"CAIRNOBJ", &1u32.to_le_bytes()].concat();
    file.extend_from_slice(&(json.len() as u32).to_le_bytes());
    file.extend_from_slice(&(body.len() as u64).to_le_bytes());
    file.extend_from_slice(&[0; 4]);
    file
}

#[test]
fn objects_of_a_data_folder_are_found_under_their_escaped_names() {
    let dir = tempfile::tempdir().unwrap();
    let long = "k".repeat(80);
    put(dir.path(), "log/x", b"");
    put(dir.path(), "buckets/logs/bucket.json", br#"{"version":1,"name":"logs"}"#);
    let objects = "buckets/logs/objects";
    put(dir.path(), &format!("{objects}/a%20b.d/%C3%BC.obj"), &object(b"one", r#"{"signature":"ab"}"#));
    put(dir.path(), &format!("{objects}/{long}.c/.obj"), &object(b"two", "{}"));
    put(dir.path(), &format!("{objects}/bad.obj"), b"no trailer, though long enough for one");
    let keys = ["s3://logs/a b/ü".to_owned(), "s3://logs/bad".to_owned(), format!("s3://logs/{long}")];
    for path in ["", "buckets", "buckets/logs"] {
        let source = StoredBuckets::open(&dir.path().join(path)).unwrap().unwrap();
        assert_eq!(listed(&source), keys);
        assert_eq!(read(&source, "logs", "a b/ü").as_deref(), Some("one"));
        assert_eq!(read(&source, "logs", &long).as_deref(), Some("two"));
        assert_eq!(read(&source, "other", &long), None);
        let place = &source.places("logs", "a b/ü")[0];
        assert_eq!(source.open(place).unwrap().metadata.unwrap().signature.as_deref(), Some("ab"));
        let bad = source.open(&source.places("logs", "bad")[0]);
        assert!(matches!(bad, Err(SourceError::Io(_))));
    }
    assert!(StoredBuckets::open(&dir.path().join("log")).unwrap().is_none());
    put(dir.path(), "buckets/logs/bucket.json", br#"{"version":2,"name":"logs"}"#);
    assert!(matches!(StoredBuckets::open(dir.path()), Err(NotAFolder::Newer { .. })));
}
