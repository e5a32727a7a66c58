//! Copies of frozen tables.

use crate::maintain::VACUUM_EVERY;
use crate::stored::StoredHistory;
use crate::testing::{Rig, event, everything};
use crate::{Frozen, LakeError};
use std::path::Path;

async fn add_and_commit(rig: &Rig, second: u32) {
    rig.add(&event(second, "A", ""));
    rig.log.feed(&rig.history);
    rig.history.commit().await.unwrap();
}

fn copy(frozen: &Frozen, target: &Path) {
    for file in frozen.files() {
        std::fs::create_dir_all(target.join(file).parent().unwrap()).unwrap();
        std::fs::copy(frozen.dir().join(file), target.join(file)).unwrap();
    }
}

/// Makes every file of the table look as if it had been there for years.
fn age(dir: &Path) {
    for entry in dir.read_dir().unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => age(&path),
            false => std::fs::File::open(path).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap(),
        }
    }
}

#[tokio::test]
async fn a_copy_of_a_frozen_table_is_the_table_as_it_was_then() {
    let rig = Rig::new().await;
    // Beyond one checkpoint of the table's log, so that the copy starts from it.
    for second in 0..103 {
        add_and_commit(&rig, second).await;
    }
    let frozen = rig.history.freeze().await.unwrap();
    let committed = rig.history.committed();
    for second in 103..120 {
        add_and_commit(&rig, second).await;
    }
    rig.history.maintain(everything().now).await.unwrap();
    age(frozen.dir());
    rig.history.maintain(everything().now.plus(VACUUM_EVERY)).await.unwrap();
    let target = tempfile::tempdir().unwrap();
    copy(&frozen, target.path());
    let stored = StoredHistory::open(target.path()).await.unwrap().unwrap();
    assert_eq!((frozen.committed(), stored.committed()), (committed, committed));
    let mut seconds = Vec::new();
    stored.scan(&mut |event| seconds.push(event.event_time)).unwrap();
    seconds.sort();
    seconds.dedup();
    assert_eq!(seconds.len(), 103);
}

#[tokio::test]
async fn nothing_is_deleted_while_a_table_is_frozen() {
    let rig = Rig::new().await;
    add_and_commit(&rig, 1).await;
    let frozen = rig.history.freeze().await.unwrap();
    std::fs::write(frozen.dir().join("kept_day=2026-03-01/orphan.parquet"), "left by a crash").unwrap();
    age(frozen.dir());
    let later = |hours| everything().now.plus(VACUUM_EVERY * hours);
    assert_eq!(rig.history.maintain(later(0)).await.unwrap().deleted_files, 0);
    drop(frozen);
    assert_eq!(rig.history.maintain(later(1)).await.unwrap().deleted_files, 1);
}

#[tokio::test]
async fn a_table_of_a_newer_cairn_is_refused_with_what_to_do() {
    let rig = Rig::new().await;
    add_and_commit(&rig, 1).await;
    let frozen = rig.history.freeze().await.unwrap();
    let target = tempfile::tempdir().unwrap();
    copy(&frozen, target.path());
    let first = target.path().join("_delta_log/00000000000000000000.json");
    let log = std::fs::read_to_string(&first).unwrap();
    let current = format!(r#""cairn.format":"{}""#, crate::table::FORMAT_VERSION);
    assert!(log.contains(&current));
    std::fs::write(&first, log.replace(&current, r#""cairn.format":"9000""#)).unwrap();
    let refused = StoredHistory::open(target.path()).await.err().unwrap();
    assert!(matches!(refused, LakeError::Newer { found: 9000, .. }));
    assert!(refused.to_string().contains("start that one, or restore a backup"));
}
