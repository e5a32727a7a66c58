#![allow(clippy::unwrap_used, reason = "tests")]
use super::StoredHistory;
use crate::content_hash;
use crate::testing::{Rig, event, everything, options};

#[tokio::test]
async fn a_scan_of_a_stopped_folder_gives_every_event_once() {
    let rig = Rig::new().await;
    for second in 0..40 {
        rig.add(&event(second, "Scanned", &format!(r#","requestParameters":{{"n": {second}.0}}"#)));
        if second % 15 == 0 {
            rig.log.feed(&rig.history);
            rig.history.commit().await.unwrap();
        }
    }
    rig.log.feed(&rig.history);
    let committed = rig.history.commit().await.unwrap();
    let mut expected: Vec<_> =
        rig.all(everything()).await.into_iter().map(|found| (found.position, found.text)).collect();
    let dir = options(rig.folder.path()).dir;
    let before = names(&dir);
    let stored = StoredHistory::open(&dir).await.unwrap().unwrap();
    assert_eq!((stored.committed(), stored.rows()), (committed, 40));
    let mut scanned = Vec::new();
    let scan = stored.scan(&mut |event| {
        assert_eq!(event.content_hash, content_hash(&event.text));
        scanned.push((event.position, event.text));
    });
    scan.unwrap();
    scanned.sort();
    expected.sort();
    assert_eq!(scanned, expected);
    assert_eq!(names(&dir), before);
}

#[tokio::test]
async fn where_no_table_is_none_is_made() {
    let folder = tempfile::tempdir().unwrap();
    assert!(StoredHistory::open(&folder.path().join("history")).await.unwrap().is_none());
    assert!(StoredHistory::open(folder.path()).await.unwrap().is_none());
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

/// The names of all files below `dir`.
fn names(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut names = Vec::new();
    for entry in dir.read_dir().unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => names.extend(self::names(&path)),
            false => names.push(path),
        }
    }
    names.sort();
    names
}
