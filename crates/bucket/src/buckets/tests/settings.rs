//! Policies, tags and broken locks: what is said of buckets and objects, and what stays of it.

use super::{at, object, open, owner, put};
use crate::bucket::PutObject;
use crate::buckets::Buckets;
use crate::cors::CorsRule;
use crate::error::BucketError;
use crate::policy::PolicyFault;
use crate::settings::PublicAccessBlock;
use crate::tags::Tags;

const PUBLIC: &str = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}}"#;

fn tags(value: &str) -> Tags {
    Tags::from([("team".to_owned(), value.to_owned())])
}

fn rule() -> CorsRule {
    CorsRule { origins: vec!["*".to_owned()], methods: vec!["GET".to_owned()], ..CorsRule::default() }
}

#[tokio::test]
async fn what_is_said_of_a_bucket_survives_and_goes_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    assert_eq!(buckets.policy("bucket"), None);
    buckets.set_policy("bucket", Some(PUBLIC)).await.unwrap();
    buckets.set_cors("bucket", vec![rule()]).await.unwrap();
    buckets.set_bucket_tags("bucket", tags("a")).await.unwrap();
    let again = open(dir.path()).await;
    assert_eq!(again.policy("bucket").as_deref(), Some(PUBLIC));
    assert_eq!(again.settings("bucket").unwrap().cors, [rule()]);
    assert_eq!(again.settings("bucket").unwrap().tags, tags("a"));
    again.set_policy("bucket", None).await.unwrap();
    assert_eq!(again.policy("bucket"), None);
    again.set_policy("bucket", Some(PUBLIC)).await.unwrap();
    again.delete_bucket("bucket").await.unwrap();
    assert!(!dir.path().join("bucket").exists());
    assert_eq!(open(dir.path()).await.policy("bucket"), None);
}

#[tokio::test]
async fn settings_that_a_crash_left_behind_are_not_those_of_the_next_bucket() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    buckets.set_policy("bucket", Some(PUBLIC)).await.unwrap();
    let path = dir.path().join("bucket/settings.json");
    let left = std::fs::read(&path).unwrap();
    buckets.delete_bucket("bucket").await.unwrap();
    std::fs::create_dir(dir.path().join("bucket")).unwrap();
    std::fs::write(&path, left).unwrap();
    buckets.create_bucket("bucket", "us-east-1", owner(), at(1)).await.unwrap();
    assert_eq!(buckets.policy("bucket"), None);
    assert_eq!(open(dir.path()).await.policy("bucket"), None);
}

#[tokio::test]
async fn a_policy_that_cannot_be_evaluated_is_refused_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    buckets.set_policy("bucket", Some(PUBLIC)).await.unwrap();
    let refused = buckets.set_policy("bucket", Some("{}")).await;
    assert!(matches!(refused, Err(BucketError::Policy(PolicyFault::Language(_)))));
    assert_eq!(buckets.policy("bucket").as_deref(), Some(PUBLIC));
    let block = PublicAccessBlock { block_policy: true, ..PublicAccessBlock::default() };
    buckets.set_public_access_block("bucket", Some(block)).await.unwrap();
    assert!(matches!(buckets.set_policy("bucket", Some(PUBLIC)).await, Err(BucketError::PublicPolicy)));
}

#[tokio::test]
async fn settings_of_a_newer_version_are_named_and_not_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()).await);
    for (file, json) in
        [("settings.json", r#"{"version":2,"policy":{"shape":"new"}}"#), ("bucket.json", r#"{"version":2}"#)]
    {
        let path = dir.path().join("bucket").join(file);
        let before = std::fs::read(&path).ok();
        std::fs::write(&path, json).unwrap();
        let opened = Buckets::open(dir.path().to_owned()).await;
        let Err(error @ BucketError::TooNew { .. }) = opened.map(drop) else { panic!("{file} was taken") };
        assert!(error.to_string().contains(file) && error.to_string().contains("newer Cairn"), "{error}");
        match before {
            Some(before) => std::fs::write(&path, before).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
    }
}

#[tokio::test]
async fn a_trails_delivery_is_put_unless_the_policy_denies_it() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    let trail = "arn:aws:cloudtrail:us-east-1:123456789012:trail/t";
    buckets.deliver(object("a", "1"), trail).await.unwrap();
    let deny = |condition: &str| {
        format!(
            r#"{{"Statement":[{{"Effect":"Deny","Principal":{{"Service":"cloudtrail.amazonaws.com"}},"Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket/*","Condition":{condition}}}]}}"#
        )
    };
    let others =
        deny(r#"{"StringNotEquals":{"aws:SourceArn":"arn:aws:cloudtrail:us-east-1:123456789012:trail/t"}}"#);
    buckets.set_policy("bucket", Some(&others)).await.unwrap();
    buckets.deliver(object("b", "1"), trail).await.unwrap();
    let other = buckets.deliver(object("c", "1"), "arn:aws:cloudtrail:us-east-1:123456789012:trail/u").await;
    assert!(matches!(other, Err(BucketError::Denied)));
    let plain = deny(r#"{"Bool":{"aws:SecureTransport":"false"}}"#);
    buckets.set_policy("bucket", Some(&plain)).await.unwrap();
    buckets.deliver(object("d", "1"), trail).await.unwrap();
}

#[tokio::test]
async fn a_trail_of_another_account_delivers_only_where_the_policy_allows_it() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    let trail = "arn:aws:cloudtrail:us-east-1:999999999999:trail/t";
    let refused = buckets.deliver(object("a", "1"), trail).await;
    assert!(matches!(refused, Err(BucketError::Denied)));
    let allow = r#"{"Statement":[{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket/*","Condition":{"StringEquals":{"aws:SourceArn":"arn:aws:cloudtrail:us-east-1:999999999999:trail/t"}}}]}"#;
    buckets.set_policy("bucket", Some(allow)).await.unwrap();
    buckets.deliver(object("a", "1"), trail).await.unwrap();
}

#[tokio::test]
async fn tags_are_changed_without_touching_the_object_and_go_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    put(&buckets, "a/k", "body").await;
    let file = dir.path().join("bucket/objects/a.d/k.obj");
    let before = std::fs::read(&file).unwrap();
    buckets.set_object_tags("bucket", "a/k", tags("a")).await.unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), before);
    let buckets = open(dir.path()).await;
    assert_eq!(buckets.object_tags("bucket", "a/k").await.unwrap(), tags("a"));
    assert_eq!(buckets.head("bucket", "a/k").await.unwrap().tags, tags("a"));
    put(&buckets, "a/k", "other").await;
    assert_eq!(buckets.object_tags("bucket", "a/k").await.unwrap(), Tags::new());
    buckets.set_object_tags("bucket", "a/k", tags("b")).await.unwrap();
    buckets.delete("bucket", "a/k", at(100)).await.unwrap();
    assert_eq!(std::fs::read_dir(dir.path().join("bucket/objects")).unwrap().count(), 0);
    let gone = buckets.set_object_tags("bucket", "a/k", tags("c")).await;
    assert!(matches!(gone, Err(BucketError::NoSuchKey)));
}

#[tokio::test]
async fn a_note_on_another_object_of_the_key_counts_for_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    put(&buckets, "k", "old").await;
    buckets.set_object_tags("bucket", "k", tags("old")).await.unwrap();
    let note = dir.path().join("bucket/objects/k.note");
    let left = std::fs::read(&note).unwrap();
    put(&buckets, "k", "new").await;
    assert!(!note.exists());
    std::fs::write(&note, left).unwrap();
    assert_eq!(buckets.object_tags("bucket", "k").await.unwrap(), Tags::new());
    // A bucket that holds nothing but such notes is empty.
    buckets.delete("bucket", "k", at(100)).await.unwrap();
    std::fs::write(&note, "left").unwrap();
    buckets.delete_bucket("bucket").await.unwrap();
    assert!(!dir.path().join("bucket").exists());
}

#[tokio::test]
async fn keys_that_look_like_notes_are_objects_of_their_own() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    for key in ["k", "k.note", "k.obj", "", ".obj", ".note", "d/", "d/.obj"] {
        if !key.is_empty() {
            put(&buckets, key, key).await;
            buckets.set_object_tags("bucket", key, tags(key)).await.unwrap();
        }
    }
    for key in ["k", "k.note", "k.obj", ".obj", ".note", "d/", "d/.obj"] {
        assert_eq!(buckets.object_tags("bucket", key).await.unwrap(), tags(key));
    }
}

#[tokio::test]
async fn a_damaged_note_hides_no_body_and_opens_no_lock() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    buckets.put(PutObject { locked_until: Some(at(200)), ..object("k", "kept") }).await.unwrap();
    std::fs::write(dir.path().join("bucket/objects/k.note"), "{").unwrap();
    assert_eq!(super::body(&buckets, "k").await, "kept");
    assert!(matches!(buckets.object_tags("bucket", "k").await, Err(BucketError::Damaged(_))));
    assert!(matches!(buckets.delete("bucket", "k", at(100)).await, Err(BucketError::Damaged(_))));
}

#[tokio::test]
async fn a_broken_lock_lets_the_object_go_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    let locked = |body: &str| PutObject { locked_until: Some(at(200)), ..object("k", body) };
    put(&buckets, "free", "x").await;
    let free = buckets.break_lock("bucket", "free", "why", at(100)).await;
    assert!(matches!(free, Err(BucketError::NotLocked)));
    assert!(matches!(buckets.break_lock("bucket", "no", "why", at(100)).await, Err(BucketError::NoSuchKey)));
    buckets.put(locked("1")).await.unwrap();
    buckets.set_object_tags("bucket", "k", tags("a")).await.unwrap();
    buckets.break_lock("bucket", "k", "a mistake", at(100)).await.unwrap();
    let buckets = open(dir.path()).await;
    let info = buckets.head("bucket", "k").await.unwrap();
    assert_eq!((info.locked_until, info.tags), (None, tags("a")));
    let note = std::fs::read_to_string(dir.path().join("bucket/objects/k.note")).unwrap();
    assert!(note.contains("a mistake"), "{note}");
    buckets.put(locked("2")).await.unwrap();
    assert!(matches!(buckets.delete("bucket", "k", at(100)).await, Err(BucketError::Locked { .. })));
    buckets.break_lock("bucket", "k", "again", at(100)).await.unwrap();
    buckets.delete("bucket", "k", at(100)).await.unwrap();
}

#[tokio::test]
async fn an_object_can_be_deleted_on_condition() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    let etag = put(&buckets, "k", "x").await.etag;
    let delete = |etag: &str| {
        let (buckets, etag) = (buckets.clone(), Some(etag.to_owned()));
        async move { buckets.delete_if("bucket", "k", etag, at(100)).await }
    };
    assert!(matches!(delete("other").await, Err(BucketError::PreconditionFailed)));
    delete(&etag).await.unwrap();
    assert!(matches!(delete(&etag).await, Err(BucketError::NoSuchKey)));
    put(&buckets, "k", "x").await;
    delete("*").await.unwrap();
}

#[tokio::test]
async fn the_files_of_all_buckets_are_named_for_copying_and_make_the_same_buckets() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    put(&buckets, "a/b", "body").await;
    buckets.set_object_tags("bucket", "a/b", tags("a")).await.unwrap();
    buckets.set_policy("bucket", Some(PUBLIC)).await.unwrap();
    std::fs::write(dir.path().join("bucket/tmp/0000000000000099.part"), "half").unwrap();
    let mut files = buckets.files().await.unwrap();
    files.sort_by(|one, other| one.name.cmp(&other.name));
    let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "bucket/bucket.json",
            "bucket/objects/a.d/b.note",
            "bucket/objects/a.d/b.obj",
            "bucket/settings.json"
        ]
    );
    let copy = tempfile::tempdir().unwrap();
    for file in &files {
        let to = copy.path().join(&file.name);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        assert_eq!(std::fs::copy(dir.path().join(&file.name), to).unwrap(), file.bytes);
    }
    let copied = Buckets::open(copy.path().to_owned()).await.unwrap();
    assert_eq!(super::body(&copied, "a/b").await, "body");
    assert_eq!(copied.object_tags("bucket", "a/b").await.unwrap(), tags("a"));
    assert_eq!(copied.policy("bucket").as_deref(), Some(PUBLIC));
}
