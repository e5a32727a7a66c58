#![allow(clippy::unwrap_used, reason = "tests")]
use super::{JOINED_FILES, Maintenance};
use crate::testing::{Rig, admit_at, event, everything, options, time};
use cairn_model::Origin;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test]
async fn small_files_are_joined_and_every_event_stays() {
    let rig = Rig::new().await;
    for number in 0..JOINED_FILES as u32 * 3 {
        rig.add(&event(number * 7 % 5, "Joined", ""));
        rig.add(&event(number, "Joined", ""));
        rig.log.feed(&rig.history);
        rig.history.commit().await.unwrap();
    }
    let before = rig.all(everything()).await;
    let done = rig.history.maintain(everything().now).await.unwrap();
    assert_eq!(done.joined_files, JOINED_FILES as u64 * 3);
    assert_eq!(rig.history.stats().table_files, 3);
    assert_eq!(rig.all(everything()).await, before);
    let rig = rig.reopen().await;
    assert_eq!(rig.history.stats().table_files, 3);
    assert_eq!(rig.all(everything()).await, before);
    let again = rig.history.maintain(everything().now).await.unwrap();
    assert_eq!(again.joined_files, 0);
}

#[tokio::test]
async fn events_go_when_their_retention_ends_whichever_time_is_later() {
    let rig = Rig::new().await;
    let old = event(1, "Old", "");
    rig.log.add(&admit_at(&old, time("2026-03-01T09:00:00Z"), Origin::Recorded));
    let late = event(2, "ArrivedLate", "");
    rig.log.add(&admit_at(&late, time("2026-03-11T09:00:00Z"), Origin::Imported));
    rig.log.feed(&rig.history);
    rig.history.commit().await.unwrap();
    let names = async |now| {
        let lookup = crate::Lookup { now, ..everything() };
        let found = rig.all(lookup).await;
        found.into_iter().map(|found| found.event_name.unwrap()).collect::<Vec<_>>()
    };
    let end = time("2026-03-01T09:00:00Z").plus(DAY * 90);
    assert_eq!(names(end.minus(Duration::from_secs(1))).await, ["ArrivedLate", "Old"]);
    // Left out to the moment, though its day is still in the table.
    assert_eq!(names(end).await, ["ArrivedLate"]);
    assert_eq!(rig.history.maintain(end).await.unwrap().expired_rows, 0);
    let day_after = time("2026-03-02T00:00:00Z").plus(DAY * 90);
    assert_eq!(rig.history.maintain(day_after).await.unwrap().expired_rows, 1);
    assert_eq!(rig.history.stats().table_rows, 1);
    assert_eq!(names(day_after).await, ["ArrivedLate"]);
}

#[tokio::test]
async fn a_round_without_work_does_nothing() {
    let rig = Rig::new().await;
    let now = everything().now;
    assert_eq!(rig.history.maintain(now).await.unwrap(), Maintenance::default());
    assert_eq!(rig.history.maintain(now).await.unwrap(), Maintenance::default());
}

#[tokio::test]
async fn files_that_no_commit_names_are_deleted_and_others_are_not() {
    let rig = Rig::new().await;
    rig.add(&event(1, "Kept", ""));
    rig.log.feed(&rig.history);
    rig.history.commit().await.unwrap();
    let day = options(rig.folder.path()).dir.join("kept_day=2026-03-01");
    std::fs::write(day.join("orphan.parquet"), "left by a crash").unwrap();
    for file in std::fs::read_dir(&day).unwrap() {
        let file = std::fs::File::open(file.unwrap().path()).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + DAY).unwrap();
    }
    std::fs::write(day.join("young.parquet"), "perhaps about to be committed").unwrap();
    let done = rig.history.maintain(everything().now).await.unwrap();
    assert_eq!(done.deleted_files, 1);
    assert_eq!(std::fs::read_dir(&day).unwrap().count(), 2);
    let rig = rig.reopen().await;
    rig.add(&event(2, "Later", ""));
    rig.log.feed(&rig.history);
    rig.history.commit().await.unwrap();
    assert_eq!(rig.all(everything()).await.len(), 2);
}
