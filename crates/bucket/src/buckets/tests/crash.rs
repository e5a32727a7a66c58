//! A fixed story of everything that changes a bucket, told once for every change of the disk that may fail or be
//! the last.

use super::{at, object, owner};
use crate::bucket::{Condition, PutObject};
use crate::buckets::{Buckets, Completion, Extra, UploadAt};
use crate::disk::Disk;
use crate::disk::faults::{BadDisk, Fault, When};
use crate::error::BucketError;
use crate::incoming::ObjectBody;
use crate::list::ListQuery;
use crate::tags::Tags;
use crate::upload::{NamedPart, Plan};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder in memory if there is one: thousands of syncs are made, whose order counts, not their effect.
pub(super) fn fast_folder() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    CreateBucket,
    DeleteBucket,
    Put(&'static str, &'static str),
    PutIfAbsent(&'static str, &'static str),
    PutLocked(&'static str, &'static str),
    Upload(&'static str, &'static str),
    Copy(&'static str, &'static str),
    Tag(&'static str, &'static str),
    BreakLock(&'static str),
    Delete(&'static str),
    SetPolicy(Option<&'static str>),
}

const POLICY: &str = r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}}"#;

const STORY: &[Step] = &[
    Step::CreateBucket,
    Step::Put("x/y/one", "1"),
    Step::Tag("x/y/one", "a"),
    Step::Tag("x/y/one", "b"),
    Step::Put("x/y/one", "2"),
    Step::PutIfAbsent("x/y/two", "3"),
    Step::SetPolicy(Some(POLICY)),
    Step::PutIfAbsent("top", "4"),
    Step::Tag("top", "c"),
    Step::Copy("top", "x/copy"),
    Step::Delete("x/copy"),
    Step::Delete("x/y/one"),
    Step::Delete("x/y/two"),
    Step::PutIfAbsent("x/y/one", "5"),
    Step::Upload("x/z", "6"),
    Step::Put("x/z", "7"),
    Step::SetPolicy(None),
    Step::PutLocked("kept", "8"),
    Step::Delete("kept"),
    Step::BreakLock("kept"),
    Step::Put("kept", "9"),
    Step::Delete("kept"),
    Step::SetPolicy(Some(POLICY)),
    Step::Delete("top"),
    Step::Delete("x/y/one"),
    Step::Delete("x/z"),
    Step::DeleteBucket,
    Step::CreateBucket,
    Step::Put("x/y/one", "10"),
];

/// What is in the bucket, by names such as `body of k`, `tag of k`, `lock of k` and `policy`; nothing if there is
/// no bucket.
type World = Option<BTreeMap<String, String>>;

fn after(mut world: World, step: Step) -> World {
    match step {
        Step::CreateBucket => return Some(world.unwrap_or_default()),
        Step::DeleteBucket => {
            return world.filter(|things| things.keys().any(|name| name.starts_with("body of ")));
        }
        _ => {}
    }
    let Some(things) = &mut world else { return None };
    let body = |things: &BTreeMap<String, String>, key: &str| things.get(&format!("body of {key}")).cloned();
    let is_locked =
        |things: &BTreeMap<String, String>, key: &str| things.contains_key(&format!("lock of {key}"));
    let put = |things: &mut BTreeMap<String, String>, key: &str, new: Option<&str>| {
        if !is_locked(things, key) {
            things.remove(&format!("tag of {key}"));
            things.remove(&format!("body of {key}"));
            things.extend(new.map(|new| (format!("body of {key}"), new.to_owned())));
        }
    };
    match step {
        Step::CreateBucket | Step::DeleteBucket => {}
        Step::Put(key, new) | Step::Upload(key, new) => put(things, key, Some(new)),
        Step::PutLocked(key, new) => {
            put(things, key, Some(new));
            things.insert(format!("lock of {key}"), "on".to_owned());
        }
        Step::PutIfAbsent(key, new) => {
            if body(things, key).is_none() {
                put(things, key, Some(new));
            }
        }
        Step::Copy(from, to) => {
            if let Some(copied) = body(things, from) {
                put(things, to, Some(&copied));
                let tag = things.get(&format!("tag of {from}")).cloned();
                things.extend(tag.map(|tag| (format!("tag of {to}"), tag)));
            }
        }
        Step::Tag(key, tag) => {
            if body(things, key).is_some() {
                things.insert(format!("tag of {key}"), tag.to_owned());
            }
        }
        Step::BreakLock(key) => {
            things.remove(&format!("lock of {key}"));
        }
        Step::Delete(key) => put(things, key, None),
        Step::SetPolicy(policy) => {
            things.remove("policy");
            things.extend(policy.map(|policy| ("policy".to_owned(), policy.to_owned())));
        }
    }
    world
}

async fn take(buckets: &Buckets, step: Step) -> Result<(), BucketError> {
    match step {
        Step::CreateBucket => buckets.create_bucket("bucket", "us-east-1", owner(), at(1)).await,
        Step::DeleteBucket => buckets.delete_bucket("bucket").await,
        Step::Put(key, body) => buckets.put(object(key, body)).await.map(drop),
        Step::PutIfAbsent(key, body) => {
            buckets.put(PutObject { condition: Condition::IfAbsent, ..object(key, body) }).await.map(drop)
        }
        Step::PutLocked(key, body) => {
            buckets.put(PutObject { locked_until: Some(at(200)), ..object(key, body) }).await.map(drop)
        }
        Step::Upload(key, body) => upload(buckets, key, body).await,
        Step::Copy(from, to) => copy(buckets, from, to).await,
        Step::Tag(key, tag) => buckets.set_object_tags("bucket", key, tags(tag)).await,
        Step::BreakLock(key) => buckets.break_lock("bucket", key, "a mistake", at(100)).await,
        Step::SetPolicy(policy) => buckets.set_policy("bucket", policy).await,
        Step::Delete(key) => buckets.delete("bucket", key, at(100)).await,
    }
}

fn tags(value: &str) -> Tags {
    Tags::from([("tag".to_owned(), value.to_owned())])
}

async fn copy(buckets: &Buckets, from: &str, to: &str) -> Result<(), BucketError> {
    let source = buckets.get("bucket", from).await?;
    let extra = Extra { tags: source.info.tags.clone(), ..Extra::default() };
    let put = PutObject { body: ObjectBody::Stream(source.body()), ..object(to, "") };
    buckets.put_with(put, extra).await.map(drop)
}

async fn upload(buckets: &Buckets, key: &str, body: &'static str) -> Result<(), BucketError> {
    let id = buckets.create_upload("bucket", key, Plan::default(), at(100)).await?;
    let upload = || UploadAt { bucket: "bucket".to_owned(), key: key.to_owned(), id: id.clone() };
    let part =
        buckets.put_part(upload(), 1, ObjectBody::Bytes(Bytes::from(body)), (None, None), at(100)).await?;
    let completion = Completion { condition: Condition::Always, now: at(100), algorithm: None, check: None };
    let parts = vec![NamedPart { number: 1, etag: part.etag, checksums: Vec::new() }];
    buckets.complete_upload(upload(), parts, completion).await.map(drop)
}

async fn world(buckets: &Buckets) -> World {
    buckets.bucket("bucket").await?;
    let page = buckets.list("bucket", ListQuery { limit: 100, ..ListQuery::default() }).await.unwrap();
    let mut things = BTreeMap::new();
    for info in page.objects {
        let object = buckets.get("bucket", &info.key).await.unwrap();
        let key = &object.info.key;
        let tag = object.info.tags.get("tag").cloned();
        things.extend(tag.map(|tag| (format!("tag of {key}"), tag)));
        things.extend(object.info.locked_until.map(|_| (format!("lock of {key}"), "on".to_owned())));
        let body = object.bytes().await.unwrap();
        things.insert(format!("body of {}", info.key), String::from_utf8(body.to_vec()).unwrap());
    }
    things.extend(buckets.policy("bucket").map(|policy| ("policy".to_owned(), policy)));
    Some(things)
}

fn run(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future);
}

struct Folders {
    _temp: tempfile::TempDir,
    data: PathBuf,
    attic: PathBuf,
}

fn folders() -> Folders {
    let temp = tempfile::tempdir_in(fast_folder()).unwrap();
    let (data, attic) = (temp.path().join("data"), temp.path().join("attic"));
    std::fs::create_dir(&data).unwrap();
    std::fs::create_dir(&attic).unwrap();
    Folders { _temp: temp, data, attic }
}

/// Tells the story on a disk with a fault; gives the disk, and all that may be found once power was lost.
async fn tell(folders: &Folders, at: usize, fault: Fault) -> (Arc<BadDisk>, Vec<World>) {
    let disk = Arc::new(BadDisk::new(at, fault, &folders.attic));
    let (mut now, mut possible): (World, Vec<World>) = (None, vec![None]);
    let Ok(buckets) = Buckets::open_on(&folders.data, Disk::with_faults(disk.clone())) else {
        return (disk, possible);
    };
    for step in STORY {
        let done = after(now.clone(), *step);
        let result = take(&buckets, *step).await;
        let seen = world(&buckets).await;
        assert!(seen == now || seen == done, "{step:?} {result:?} at {at} {fault:?}: {seen:?}");
        let stepped: Vec<World> = possible.iter().map(|world| after(world.clone(), *step)).collect();
        let is_error = result.is_err() && !matches!(result, Err(BucketError::Locked { .. }));
        match result {
            Ok(()) => {
                assert_eq!(seen, done, "{step:?} at {at} {fault:?}");
                possible = stepped;
            }
            Err(BucketError::Locked { .. }) => {}
            // A step that failed may have been made all the same, and may or may not last.
            Err(_) => possible.extend(stepped),
        }
        possible.sort();
        possible.dedup();
        if is_error && matches!(fault, Fault::Stops(_)) {
            break;
        }
        now = seen;
    }
    (disk, possible)
}

fn is_clean(data: &Path) -> bool {
    let temp = std::fs::read_dir(data.join("bucket/tmp"));
    temp.map_or(true, |mut entries| entries.next().is_none())
}

/// How many changes the story makes when all goes well.
fn changes() -> usize {
    let mut changes = 0;
    run(async {
        let folders = folders();
        let (disk, possible) = tell(&folders, usize::MAX, Fault::Stops(When::Before)).await;
        assert_eq!(possible, [Some(BTreeMap::from([("body of x/y/one".to_owned(), "10".to_owned())]))]);
        changes = disk.changes();
    });
    assert!(changes > STORY.len() * 4);
    changes
}

#[test]
fn a_stop_at_any_change_keeps_what_was_acknowledged_and_nothing_half_done() {
    for at in 0..changes() {
        for (when, lost) in [
            (When::Before, (|_| true) as fn(usize) -> bool),
            (When::Before, |_| false),
            (When::After, |_| true),
            (When::After, |number| number % 2 == 0),
            (When::After, |number| number % 2 == 1),
        ] {
            run(async {
                let folders = folders();
                let (disk, possible) = tell(&folders, at, Fault::Stops(when)).await;
                disk.lose_power(lost);
                let buckets = Buckets::open(folders.data.clone()).await.unwrap();
                let found = world(&buckets).await;
                assert!(possible.contains(&found), "at {at} {when:?}: found {found:?} of {possible:?}");
                assert!(found.is_none() || is_clean(&folders.data));
                go_on(&buckets).await;
            });
        }
    }
}

#[test]
fn a_failure_of_any_change_is_reported_or_harmless() {
    for at in 0..changes() {
        for when in [When::Before, When::After] {
            run(async {
                let folders = folders();
                let (disk, possible) = tell(&folders, at, Fault::Fails(when)).await;
                disk.lose_power(|_| true);
                let buckets = Buckets::open(folders.data.clone()).await.unwrap();
                let found = world(&buckets).await;
                assert!(possible.contains(&found), "at {at} {when:?}: found {found:?} of {possible:?}");
                go_on(&buckets).await;
            });
        }
    }
}

/// Whatever happened, the story can be told again.
async fn go_on(buckets: &Buckets) {
    for step in STORY {
        match take(buckets, *step).await {
            Ok(())
            | Err(
                BucketError::AlreadyOwned
                | BucketError::Exists { .. }
                | BucketError::NotEmpty
                | BucketError::NoSuchKey
                | BucketError::NotLocked
                | BucketError::Locked { .. },
            ) => {}
            Err(error) => panic!("{step:?}: {error}"),
        }
    }
}
