#![allow(clippy::unwrap_used, reason = "tests")]
mod faults;

use super::plan::JOINED_FILES;
use super::{DELETED_AFTER, Maintenance, QUIET_AFTER};
use crate::testing::{Rig, admit_at, event, everything, options, time};
use crate::{Commons, History, HistoryOptions, KeptFrom};
use cairn_model::{Origin, Timestamp};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Upkeep until there is nothing to do; what all steps did together.
async fn maintain(history: &History, now: Timestamp) -> Maintenance {
    let mut all = Maintenance::default();
    loop {
        let done = history.maintain(now).await.unwrap();
        all.joined_files += done.joined_files;
        all.deleted_files += done.deleted_files;
        if !done.has_more {
            return all;
        }
    }
}

async fn commit(rig: &Rig, text: &str) {
    rig.add(text);
    rig.log.feed(&rig.history);
    rig.history.commit().await.unwrap();
}

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
    let done = maintain(&rig.history, everything().now).await;
    assert_eq!(done.joined_files, JOINED_FILES as u64 * 3);
    assert_eq!(rig.history.stats().table_files, 3);
    assert_eq!(rig.all(everything()).await, before);
    let rig = rig.reopen().await;
    assert_eq!(rig.history.stats().table_files, 3);
    assert_eq!(rig.all(everything()).await, before);
    let again = maintain(&rig.history, everything().now).await;
    assert_eq!(again.joined_files, 0);
}

#[tokio::test]
async fn what_is_too_little_is_joined_when_nothing_comes_any_more() {
    let rig = Rig::new().await;
    for second in 0..3 {
        commit(&rig, &event(second, "Few", "")).await;
    }
    let now = everything().now;
    assert_eq!(maintain(&rig.history, now).await.joined_files, 0);
    commit(&rig, &event(4, "Few", "")).await;
    let later = now.plus(QUIET_AFTER);
    assert_eq!(maintain(&rig.history, later).await.joined_files, 0);
    assert_eq!(maintain(&rig.history, later.plus(QUIET_AFTER)).await.joined_files, 4);
    assert_eq!(rig.history.stats().table_files, 1);
    assert_eq!(rig.all(everything()).await.len(), 4);
}

#[tokio::test]
async fn files_that_were_joined_are_deleted_soon_but_not_while_the_table_is_frozen() {
    let rig = Rig::new().await;
    for second in 0..JOINED_FILES as u32 {
        commit(&rig, &event(second, "Joined", "")).await;
    }
    let day = options(rig.folder.path()).dir.join("kept_day=2026-03-01");
    let files = || std::fs::read_dir(&day).unwrap().count();
    let frozen = rig.history.freeze().await.unwrap();
    let now = everything().now;
    maintain(&rig.history, now).await;
    assert_eq!(files(), JOINED_FILES + 1);
    assert_eq!(maintain(&rig.history, now.plus(DELETED_AFTER)).await.deleted_files, 0);
    drop(frozen);
    assert_eq!(maintain(&rig.history, now.plus(DELETED_AFTER)).await.deleted_files, JOINED_FILES as u64);
    assert_eq!(files(), 1);
    assert_eq!(rig.all(everything()).await.len(), JOINED_FILES);
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

#[tokio::test]
async fn retention_may_count_from_the_event_s_time_and_change() {
    let rig = Rig::new().await;
    let store = HistoryOptions {
        retention: DAY * 30,
        kept_from: KeptFrom::EventTime,
        ..HistoryOptions::new(rig.folder.path().join("store"), String::from("eu-central-1"))
    };
    let commons = Commons::start().unwrap();
    let history = History::open_among(store.clone(), rig.log.clone(), &commons).await.unwrap();
    let arrival = time("2026-03-01T09:00:00Z");
    for day in ["2026-02-09", "2026-02-20"] {
        let text = event(1, day, "").replace("2026-03-01", day);
        rig.log.add(&admit_at(&text, arrival, Origin::Imported));
    }
    rig.log.feed(&history);
    history.commit().await.unwrap();
    assert!(store.dir.join("kept_day=2026-02-09").is_dir());
    let expired = async |now: Timestamp| history.maintain(now).await.unwrap().expired_rows;
    assert_eq!(expired(arrival).await, 0);
    history.keep_for(DAY * 7);
    assert_eq!(expired(arrival).await, 2);
    history.keep_for(DAY * 30);
    assert_eq!(expired(arrival).await, 0);
    assert_eq!(history.stats().table_rows, 0);
}

#[tokio::test]
async fn a_day_of_former_times_is_joined_when_nothing_comes_to_it_any_more() {
    let rig = Rig::new().await;
    let store = HistoryOptions {
        kept_from: KeptFrom::EventTime,
        ..HistoryOptions::new(rig.folder.path().join("store"), String::from("eu-central-1"))
    };
    let commons = Commons::start().unwrap();
    let history = History::open_among(store, rig.log.clone(), &commons).await.unwrap();
    let now = time("2026-03-01T09:00:00Z").plus(DAY);
    for second in 0..4 {
        rig.add(&event(second, "Imported", ""));
        rig.log.feed(&history);
        history.commit().await.unwrap();
        // Written again once, not for every commit.
        assert_eq!(maintain(&history, now.plus(Duration::from_secs(second.into()))).await.joined_files, 0);
    }
    assert_eq!(maintain(&history, now.plus(QUIET_AFTER * 2)).await.joined_files, 4);
    assert_eq!((history.stats().table_files, history.stats().table_rows), (1, 4));
}
