#![allow(clippy::unwrap_used, reason = "tests")]
use super::DurableStore;
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions};

fn at(folder: &tempfile::TempDir, name: &str) -> Path {
    Path::from_absolute_path(folder.path().join(name)).unwrap()
}

#[tokio::test]
async fn of_two_that_create_the_same_object_one_wins() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = (DurableStore::new(), at(&folder, "a/b/log.json"));
    let create = || PutOptions::from(PutMode::Create);
    let (one, other) = tokio::join!(
        store.put_opts(&path, "one".into(), create()),
        store.put_opts(&path, "other".into(), create()),
    );
    let (winner, loser) = match one.is_ok() {
        true => ("one", other),
        false => ("other", one),
    };
    assert!(matches!(loser, Err(Error::AlreadyExists { .. })));
    let stored = store.get(&path).await.unwrap().bytes().await.unwrap();
    assert_eq!(stored, winner);
}

#[tokio::test]
async fn parts_become_one_object_and_nothing_else_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (store, path) = (DurableStore::new(), at(&folder, "a/checkpoint"));
    let mut upload = store.put_multipart(&path).await.unwrap();
    upload.put_part("one ".into()).await.unwrap();
    upload.put_part("two".into()).await.unwrap();
    assert!(matches!(store.get(&path).await, Err(Error::NotFound { .. })));
    upload.complete().await.unwrap();
    let copy = at(&folder, "a/copy");
    store.copy(&path, &copy).await.unwrap();
    assert_eq!(store.get(&copy).await.unwrap().bytes().await.unwrap(), "one two");
    assert!(matches!(store.copy_if_not_exists(&path, &copy).await, Err(Error::AlreadyExists { .. })));
    assert_eq!(std::fs::read_dir(folder.path().join("a")).unwrap().count(), 2);
    let listed: Vec<_> = store.list(Some(&at(&folder, "a"))).try_collect().await.unwrap();
    assert_eq!(listed.len(), 2);
}
