#![allow(clippy::unwrap_used, reason = "tests")]

mod crash;
mod settings;
mod uploads;

use super::{Buckets, UploadAt};
use crate::bucket::{Condition, PutObject, PutOutcome};
use crate::disk::faults::{BadDisk, Fault, Faults, When};
use crate::disk::{Change, Disk};
use crate::error::BucketError;
use crate::incoming::ObjectBody;
use crate::list::ListQuery;
use crate::object::Headers;
use crate::upload::Plan;
use bytes::Bytes;
use cairn_model::{AccountId, Timestamp};
use futures::{StreamExt, TryStreamExt, stream};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

fn owner() -> AccountId {
    "123456789012".parse().unwrap()
}

fn object(key: &str, body: &str) -> PutObject {
    PutObject {
        bucket: "bucket".to_owned(),
        key: key.to_owned(),
        body: ObjectBody::Bytes(Bytes::from(body.to_owned())),
        headers: Headers::default(),
        condition: Condition::Always,
        locked_until: None,
        now: at(100),
    }
}

async fn open(dir: &Path) -> Buckets {
    let buckets = Buckets::open(dir.to_owned()).await.unwrap();
    match buckets.create_bucket("bucket", "us-east-1", owner(), at(1)).await {
        Ok(()) | Err(BucketError::AlreadyOwned) => buckets,
        Err(error) => panic!("{error}"),
    }
}

async fn put(buckets: &Buckets, key: &str, body: &str) -> PutOutcome {
    buckets.put(object(key, body)).await.unwrap()
}

async fn body(buckets: &Buckets, key: &str) -> String {
    let bytes = buckets.get("bucket", key).await.unwrap().bytes().await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// All entries of all pages, prefixes marked.
async fn pages(
    buckets: &Buckets,
    prefix: &str,
    delimiter: Option<&str>,
    limit: usize,
) -> Vec<(String, bool)> {
    let mut entries = Vec::new();
    let mut query = ListQuery {
        prefix: prefix.to_owned(),
        delimiter: delimiter.map(str::to_owned),
        after: String::new(),
        limit,
    };
    loop {
        let page = buckets.list("bucket", query.clone()).await.unwrap();
        assert!(page.objects.len() + page.prefixes.len() <= limit);
        let mut of_page: Vec<_> = page.objects.into_iter().map(|info| (info.key, false)).collect();
        of_page.extend(page.prefixes.into_iter().map(|prefix| (prefix, true)));
        of_page.sort();
        entries.extend(of_page);
        match page.next {
            Some(next) => query.after = next,
            None => return entries,
        }
    }
}

#[tokio::test]
async fn an_object_comes_back_as_it_was_put() {
    let dir = tempfile::tempdir().unwrap();
    let headers = Headers {
        content_type: Some("text/plain".to_owned()),
        content_encoding: Some("gzip".to_owned()),
        user: [("signature".to_owned(), "abc".to_owned())].into(),
        ..Headers::default()
    };
    let outcome = {
        let buckets = open(dir.path()).await;
        buckets.put(PutObject { headers: headers.clone(), ..object("a/b", "hello") }).await.unwrap()
    };
    let info = open(dir.path()).await.head("bucket", "a/b").await.unwrap();
    assert_eq!(info.etag, "5d41402abc4b2a76b9719d911017c592");
    assert_eq!(info.sha256.to_string(), "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    assert_eq!((info.size, info.modified, info.headers), (5, at(100), headers));
    assert_eq!((outcome.etag, outcome.sha256), (info.etag, info.sha256));
}

#[tokio::test]
async fn a_large_streamed_body_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    let piece = Bytes::from((0..=255u8).collect::<Vec<_>>());
    let pieces = vec![piece.clone(); 4001];
    let streamed = ObjectBody::stream(stream::iter(pieces.clone()).map(Ok));
    buckets.put(PutObject { body: streamed, ..object("big", "") }).await.unwrap();
    let back = buckets.get("bucket", "big").await.unwrap().bytes().await.unwrap();
    assert_eq!(back, pieces.concat());
    let part = buckets.get("bucket", "big").await.unwrap().range(255..258);
    assert_eq!(part.try_collect::<Vec<_>>().await.unwrap().concat(), [255, 0, 1]);
}

#[tokio::test]
async fn a_body_that_fails_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    let pieces = [Ok(Bytes::from(vec![7; 1_000_000])), Err("gone".into())];
    let broken = ObjectBody::stream(stream::iter(pieces));
    let result = buckets.put(PutObject { body: broken, ..object("k", "") }).await;
    assert!(matches!(result, Err(BucketError::Body(_))));
    assert!(matches!(buckets.head("bucket", "k").await, Err(BucketError::NoSuchKey)));
    assert_eq!(std::fs::read_dir(dir.path().join("bucket/tmp")).unwrap().count(), 0);
}

#[tokio::test]
async fn of_racing_conditional_puts_exactly_one_wins() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    for key in ["a", "b/c", "b/d"] {
        let racers = (0..16).map(|racer| {
            let put = PutObject { condition: Condition::IfAbsent, ..object(key, &racer.to_string()) };
            let buckets = buckets.clone();
            tokio::spawn(async move { (racer, buckets.put(put).await) })
        });
        let outcomes = futures::future::join_all(racers).await;
        let (won, lost): (Vec<_>, Vec<_>) =
            outcomes.into_iter().map(Result::unwrap).partition(|(_, outcome)| outcome.is_ok());
        assert_eq!(won.len(), 1);
        let there = buckets.head("bucket", key).await.unwrap().sha256;
        assert!(
            lost.iter()
                .all(|(_, lost)| matches!(lost, Err(BucketError::Exists { sha256 }) if *sha256 == there))
        );
        assert_eq!(body(&buckets, key).await, won[0].0.to_string());
    }
}

#[tokio::test]
async fn puts_and_deletes_of_neighbours_do_not_disturb_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    let workers = (0..8).map(|worker| {
        let buckets = buckets.clone();
        tokio::spawn(async move {
            let key = format!("shared/folder/{worker}");
            for round in 0..40 {
                put(&buckets, &key, &round.to_string()).await;
                assert_eq!(body(&buckets, &key).await, round.to_string());
                buckets.delete("bucket", &key, at(100)).await.unwrap();
            }
        })
    });
    for worker in futures::future::join_all(workers).await {
        worker.unwrap();
    }
    assert!(pages(&buckets, "", None, 10).await.is_empty());
    // Emptied folders do not stay.
    assert_eq!(std::fs::read_dir(dir.path().join("bucket/objects")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_put_can_ask_for_the_object_it_replaces() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    let if_matches =
        |etag: &str| PutObject { condition: Condition::IfMatches(etag.to_owned()), ..object("k", "new") };
    assert!(matches!(buckets.put(if_matches("x")).await, Err(BucketError::NoSuchKey)));
    let old = put(&buckets, "k", "old").await;
    assert!(matches!(buckets.put(if_matches("x")).await, Err(BucketError::PreconditionFailed)));
    buckets.put(if_matches(&old.etag)).await.unwrap();
    assert_eq!(body(&buckets, "k").await, "new");
}

#[tokio::test]
async fn a_locked_object_stays_until_its_time() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    buckets.put(PutObject { locked_until: Some(at(200)), ..object("k", "kept") }).await.unwrap();
    let buckets = open(dir.path()).await;
    let overwrite = |now| PutObject { now: at(now), ..object("k", "other") };
    assert!(
        matches!(buckets.put(overwrite(199)).await, Err(BucketError::Locked { until }) if until == at(200))
    );
    assert!(matches!(buckets.delete("bucket", "k", at(199)).await, Err(BucketError::Locked { .. })));
    assert!(matches!(buckets.delete_bucket("bucket").await, Err(BucketError::NotEmpty)));
    assert_eq!(body(&buckets, "k").await, "kept");
    buckets.put(overwrite(200)).await.unwrap();
    buckets.delete("bucket", "k", at(0)).await.unwrap();
}

#[tokio::test]
async fn an_object_stays_readable_while_it_is_replaced_and_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    put(&buckets, "k", "old").await;
    let old = buckets.get("bucket", "k").await.unwrap();
    put(&buckets, "k", "new").await;
    let new = buckets.get("bucket", "k").await.unwrap();
    buckets.delete("bucket", "k", at(100)).await.unwrap();
    assert_eq!(old.bytes().await.unwrap(), "old");
    assert_eq!(new.bytes().await.unwrap(), "new");
}

#[tokio::test]
async fn a_changed_body_is_never_served_whole() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    put(&buckets, "k", &"x".repeat(600_000)).await;
    let path = dir.path().join("bucket/objects/k.obj");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[300_000] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let blocks: Vec<_> = buckets.get("bucket", "k").await.unwrap().body().collect().await;
    let served: usize = blocks.iter().flatten().map(Bytes::len).sum();
    assert!(served < 600_000 && blocks.last().unwrap().is_err());
}

#[tokio::test]
async fn a_damaged_object_is_listed_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    put(&buckets, "good", "g").await;
    std::fs::write(dir.path().join("bucket/objects/bad.obj"), "torn").unwrap();
    let page = buckets.list("bucket", ListQuery { limit: 10, ..ListQuery::default() }).await.unwrap();
    let shown: Vec<_> = page.objects.iter().map(|info| (info.key.as_str(), info.size)).collect();
    assert_eq!(shown, [("bad", 4), ("good", 1)]);
    assert_eq!(page.objects[0].etag, "0".repeat(32));
    assert!(matches!(buckets.get("bucket", "bad").await, Err(BucketError::Damaged(_))));
    assert!(matches!(buckets.delete("bucket", "bad", at(100)).await, Err(BucketError::Damaged(_))));
    assert!(matches!(buckets.put(object("bad", "x")).await, Err(BucketError::Damaged(_))));
}

#[tokio::test]
async fn buckets_have_one_owner_and_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    let other = "000000000000".parse().unwrap();
    let create = |name: &'static str, owner| {
        let buckets = buckets.clone();
        async move { buckets.create_bucket(name, "eu-west-1", owner, at(2)).await }
    };
    assert!(matches!(create("bucket", owner()).await, Err(BucketError::AlreadyOwned)));
    assert!(matches!(create("bucket", other).await, Err(BucketError::AlreadyExists)));
    assert!(matches!(create("Bucket", owner()).await, Err(BucketError::InvalidBucketName)));
    create("another", owner()).await.unwrap();
    create("others", other).await.unwrap();
    let buckets = open(dir.path()).await;
    let names: Vec<_> = buckets.list_buckets(owner()).await.into_iter().map(|info| info.name).collect();
    assert_eq!(names, ["another", "bucket"]);
    let info = buckets.bucket("others").await.unwrap();
    assert_eq!((info.owner, info.region.as_str(), info.created), (other, "eu-west-1", at(2)));
}

#[tokio::test]
async fn a_deleted_bucket_is_gone_and_its_name_free() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    put(&buckets, "a/b", "x").await;
    assert!(matches!(buckets.delete_bucket("bucket").await, Err(BucketError::NotEmpty)));
    buckets.delete("bucket", "a/b", at(100)).await.unwrap();
    buckets.delete_bucket("bucket").await.unwrap();
    assert!(matches!(buckets.put(object("k", "x")).await, Err(BucketError::NoSuchBucket)));
    assert!(!dir.path().join("bucket").exists());
    let buckets = open(dir.path()).await;
    put(&buckets, "k", "x").await;
}

#[tokio::test]
async fn files_that_are_not_ours_stay() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()).await);
    let foreign = [
        "notes.txt",
        "bucket/notes.txt",
        "bucket/objects/notes.txt",
        "bucket/tmp/notes.part",
        "folder/bucket.txt",
    ];
    for path in foreign {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "mine").unwrap();
    }
    std::fs::write(dir.path().join("bucket/tmp/0123456789abcdef.part"), "ours").unwrap();
    let buckets = open(dir.path()).await;
    assert!(!dir.path().join("bucket/tmp/0123456789abcdef.part").exists());
    assert!(buckets.bucket("folder").await.is_none());
    buckets.delete_bucket("bucket").await.unwrap();
    for path in foreign {
        assert_eq!(std::fs::read_to_string(dir.path().join(path)).unwrap(), "mine");
    }
    drop(open(dir.path()).await);
}

#[tokio::test]
async fn parts_of_an_upload_that_has_ended_go_and_others_stay() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    let mut parts = Vec::new();
    for key in ["ended", "open"] {
        let id = buckets.create_upload("bucket", key, Plan::default(), at(1)).await.unwrap();
        let upload = UploadAt { bucket: "bucket".to_owned(), key: key.to_owned(), id: id.clone() };
        buckets.put_part(upload, 7, ObjectBody::Bytes(Bytes::from("x")), (None, None), at(1)).await.unwrap();
        parts.push(dir.path().join("bucket/uploads").join(id));
    }
    std::fs::remove_file(parts[0].join("upload.json")).unwrap();
    drop(open(dir.path()).await);
    assert!(!parts[0].exists());
    assert!(parts[1].join("00007.obj").exists());
}

#[tokio::test]
async fn a_full_disk_is_told_apart_and_leaves_nothing() {
    struct Full;
    impl Faults for Full {
        fn before(&self, change: Change<'_>) -> std::io::Result<()> {
            match change {
                Change::Write(path) if path.extension().is_some_and(|extension| extension == "part") => {
                    Err(std::io::ErrorKind::StorageFull.into())
                }
                _ => Ok(()),
            }
        }
        fn after(&self, _: Change<'_>) -> std::io::Result<()> {
            Ok(())
        }
    }
    let dir = tempfile::tempdir().unwrap();
    put(&open(dir.path()).await, "k", "old").await;
    let buckets = Buckets::open_on(dir.path(), Disk::with_faults(std::sync::Arc::new(Full))).unwrap();
    assert!(matches!(buckets.put(object("k", "new")).await, Err(BucketError::Full)));
    assert_eq!(body(&buckets, "k").await, "old");
    assert_eq!(std::fs::read_dir(dir.path().join("bucket/tmp")).unwrap().count(), 0);
}

#[tokio::test]
async fn whoever_learns_that_an_object_exists_can_rely_on_it() {
    #[derive(Default)]
    struct Syncs(std::sync::Mutex<Vec<std::path::PathBuf>>);
    impl Faults for Syncs {
        fn before(&self, _: Change<'_>) -> std::io::Result<()> {
            Ok(())
        }
        fn after(&self, change: Change<'_>) -> std::io::Result<()> {
            if let Change::SyncFolder(folder) = change {
                self.0.lock().unwrap().push(folder.to_owned());
            }
            Ok(())
        }
    }
    let dir = tempfile::tempdir().unwrap();
    // It may have died before the sync.
    put(&open(dir.path()).await, "a/k", "x").await;
    let disk = std::sync::Arc::new(Syncs::default());
    let buckets = Buckets::open_on(dir.path(), Disk::with_faults(disk.clone())).unwrap();
    let again = PutObject { condition: Condition::IfAbsent, ..object("a/k", "x") };
    assert!(matches!(buckets.put(again).await, Err(BucketError::Exists { .. })));
    assert!(disk.0.lock().unwrap().contains(&dir.path().join("bucket/objects/a.d")));
}

#[tokio::test]
async fn after_a_failed_sync_of_a_folder_nothing_is_written_until_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    put(&open(dir.path()).await, "k", "old").await;
    let attic = tempfile::tempdir().unwrap();
    for at_change in 0..12 {
        let disk = std::sync::Arc::new(BadDisk::new(at_change, Fault::Fails(When::Before), attic.path()));
        let Ok(buckets) = Buckets::open_on(dir.path(), Disk::with_faults(disk)) else { continue };
        let new = || PutObject { condition: Condition::IfAbsent, ..object("new", "x") };
        if matches!(buckets.put(new()).await, Err(BucketError::Failed)) {
            assert!(matches!(buckets.put(new()).await, Err(BucketError::Failed)));
            assert!(matches!(buckets.delete("bucket", "k", at(100)).await, Err(BucketError::Failed)));
            assert_eq!(body(&buckets, "k").await, "old");
            drop(buckets);
            put(&open(dir.path()).await, "new", "x").await;
            return;
        }
        drop(buckets);
        open(dir.path()).await.delete("bucket", "new", at(100)).await.unwrap();
    }
    panic!("no sync of a folder failed");
}

#[tokio::test]
async fn a_bucket_json_that_is_damaged_is_named() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()).await);
    let path = dir.path().join("bucket/bucket.json");
    std::fs::write(&path, "{").unwrap();
    let opened = Buckets::open(dir.path().to_owned()).await;
    assert!(matches!(opened, Err(BucketError::Damaged(damaged)) if damaged == path));
}

#[tokio::test]
async fn keys_have_one_to_1024_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    assert!(matches!(buckets.put(object("", "x")).await, Err(BucketError::EmptyKey)));
    assert!(matches!(buckets.put(object(&"k".repeat(1025), "x")).await, Err(BucketError::KeyTooLong)));
    for key in ["k".repeat(1024), "%/".repeat(512), "é".repeat(512), "/".repeat(200)] {
        put(&buckets, &key, &key).await;
        assert_eq!(body(&buckets, &key).await, key);
    }
}

/// What S3 would list, put plainly.
fn naive(keys: &BTreeSet<String>, prefix: &str, delimiter: Option<&str>) -> Vec<(String, bool)> {
    let mut entries = Vec::new();
    for key in keys.iter().filter(|key| key.starts_with(prefix)) {
        let rest = &key[prefix.len()..];
        let group = delimiter.and_then(|delimiter| Some(rest.find(delimiter)? + delimiter.len()));
        let entry = match group {
            Some(end) => (key[..prefix.len() + end].to_owned(), true),
            None => (key.clone(), false),
        };
        if entries.last() != Some(&entry) {
            entries.push(entry);
        }
    }
    entries
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn listings_agree_with_a_naive_one(
        keys in proptest::collection::btree_set("[a/!%é]{1,5}|a{78,82}[!/a]{0,3}", 1..20),
        prefix in "|[a/!]{1,2}|a{79,81}",
        delimiter in prop_oneof![Just(None), Just(Some("/")), Just(Some("a")), Just(Some("a!"))],
        limit in 1..6usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir_in(crash::fast_folder()).unwrap();
            let buckets = open(dir.path()).await;
            for key in &keys {
                put(&buckets, key, "").await;
            }
            let listed = pages(&buckets, &prefix, delimiter, limit).await;
            prop_assert_eq!(listed, naive(&keys, &prefix, delimiter));
            Ok(())
        })?;
    }
}
