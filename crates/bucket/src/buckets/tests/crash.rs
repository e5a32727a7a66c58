//! A fixed story of puts and deletes, told once for every change of the disk that may fail or be the last.

use super::{at, object, owner};
use crate::bucket::{Condition, PutObject};
use crate::buckets::{Buckets, Completion, UploadAt};
use crate::disk::Disk;
use crate::disk::faults::{BadDisk, Fault, When};
use crate::error::BucketError;
use crate::incoming::ObjectBody;
use crate::list::ListQuery;
use crate::object::Headers;
use crate::upload::NamedPart;
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
    Upload(&'static str, &'static str),
    Delete(&'static str),
}

const STORY: &[Step] = &[
    Step::CreateBucket,
    Step::Put("x/y/one", "1"),
    Step::Put("x/y/one", "2"),
    Step::PutIfAbsent("x/y/two", "3"),
    Step::PutIfAbsent("top", "4"),
    Step::Delete("x/y/one"),
    Step::Delete("x/y/two"),
    Step::PutIfAbsent("x/y/one", "5"),
    Step::Upload("x/z", "6"),
    Step::Put("x/z", "7"),
    Step::Delete("top"),
    Step::Delete("x/y/one"),
    Step::Delete("x/z"),
    Step::DeleteBucket,
    Step::CreateBucket,
    Step::Put("x/y/one", "8"),
];

/// The bodies of the bucket's objects; nothing if there is no bucket.
type World = Option<BTreeMap<String, String>>;

fn after(mut world: World, step: Step) -> World {
    match step {
        Step::CreateBucket => return Some(world.unwrap_or_default()),
        Step::DeleteBucket => return world.filter(|objects| !objects.is_empty()),
        Step::Put(..) | Step::Upload(..) | Step::PutIfAbsent(..) | Step::Delete(_) => {}
    }
    let Some(objects) = &mut world else { return None };
    match step {
        Step::CreateBucket | Step::DeleteBucket => {}
        Step::Put(key, body) | Step::Upload(key, body) => {
            objects.insert(key.to_owned(), body.to_owned());
        }
        Step::PutIfAbsent(key, body) => {
            objects.entry(key.to_owned()).or_insert(body.to_owned());
        }
        Step::Delete(key) => {
            objects.remove(key);
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
        Step::Upload(key, body) => upload(buckets, key, body).await,
        Step::Delete(key) => buckets.delete("bucket", key, at(100)).await,
    }
}

async fn upload(buckets: &Buckets, key: &str, body: &'static str) -> Result<(), BucketError> {
    let id = buckets.create_upload("bucket", key, Headers::default(), at(100)).await?;
    let upload = || UploadAt { bucket: "bucket".to_owned(), key: key.to_owned(), id: id.clone() };
    let part = buckets.put_part(upload(), 1, ObjectBody::Bytes(Bytes::from(body)), at(100)).await?;
    let completion = Completion {
        condition: Condition::Always,
        now: at(100),
        check: Box::new(|assembly| ObjectBody::stream(assembly.body())),
    };
    let parts = vec![NamedPart { number: 1, etag: part.etag }];
    buckets.complete_upload(upload(), parts, completion).await.map(drop)
}

async fn world(buckets: &Buckets) -> World {
    buckets.bucket("bucket").await?;
    let page = buckets.list("bucket", ListQuery { limit: 100, ..ListQuery::default() }).await.unwrap();
    let mut objects = BTreeMap::new();
    for info in page.objects {
        let body = buckets.get("bucket", &info.key).await.unwrap().bytes().await.unwrap();
        objects.insert(info.key, String::from_utf8(body.to_vec()).unwrap());
    }
    Some(objects)
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
        let is_error = result.is_err();
        match result {
            Ok(()) => {
                assert_eq!(seen, done, "{step:?} at {at} {fault:?}");
                possible = stepped;
            }
            // A step that failed may have been made all the same, and may or may not last.
            Err(_) => possible.extend(stepped),
        }
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
        assert_eq!(possible, [Some(BTreeMap::from([("x/y/one".to_owned(), "8".to_owned())]))]);
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
            Ok(()) | Err(BucketError::AlreadyOwned | BucketError::Exists { .. } | BucketError::NotEmpty) => {}
            Err(error) => panic!("{step:?}: {error}"),
        }
    }
}
