//! Joins that fail or are cut short, at every step.

use crate::maintain::plan::JOINED_FILES;
use crate::maintain::{DELETED_AFTER, Maintenance};
use crate::testing::everything;
use crate::testing::faulty::{FaultyRig, PLACES, Place, Way};
use crate::{History, LakeError};

const EVENTS: usize = JOINED_FILES * 3;

/// Files of three events each, whose times overlap.
async fn rig(place: Place) -> FaultyRig {
    let rig = FaultyRig::new(place).await;
    // The first round looks for orphans: not here.
    rig.history.maintain(everything().now).await.unwrap();
    for file in 0..JOINED_FILES as u32 {
        for event in 0..3 {
            rig.add(file + event * 10);
        }
        rig.history.commit().await.unwrap();
    }
    rig
}

/// Every way to fail at every place.
fn ways() -> impl Iterator<Item = (Place, Way)> {
    PLACES.into_iter().flat_map(|place| [(place, Way::NotDone), (place, Way::DoneAllTheSame)])
}

async fn step(history: &History) -> Result<Maintenance, LakeError> {
    history.maintain(everything().now).await
}

/// Joins to the end, or to the first error.
async fn join(history: &History) -> Result<(), LakeError> {
    while step(history).await?.has_more {}
    // What was joined is deleted.
    history.maintain(everything().now.plus(DELETED_AFTER)).await.map(drop)
}

/// That all events are there once, are so after a join, and that the table is one file then.
async fn check_and_join(rig: &FaultyRig) {
    rig.check(EVENTS).await;
    join(&rig.history).await.unwrap();
    rig.check(EVENTS).await;
    let stats = rig.history.stats();
    assert_eq!((stats.table_files, stats.table_rows), (1, EVENTS as u64));
}

#[tokio::test]
async fn a_crash_between_any_two_steps_of_a_join_loses_and_repeats_nothing() {
    for place in PLACES {
        for steps in 0.. {
            let rig = rig(place).await;
            let mut left = steps;
            while left > 0 && step(&rig.history).await.unwrap().has_more {
                left -= 1;
            }
            let rig = rig.crash().await;
            check_and_join(&rig).await;
            if left > 0 {
                assert!(steps > 3, "a join has many steps");
                break;
            }
        }
    }
}

#[tokio::test]
async fn whichever_operation_of_a_join_fails_nothing_is_lost_or_repeated() {
    for (place, way) in ways() {
        let mut failed = 0;
        for operation in 0.. {
            let rig = rig(place).await;
            rig.store.faults().once = Some((operation, way));
            failed += usize::from(join(&rig.history).await.is_err());
            let was_reached = rig.store.faults().once.is_none();
            rig.store.faults().once = None;
            check_and_join(&rig).await;
            let rig = rig.crash().await;
            check_and_join(&rig).await;
            if !was_reached {
                break;
            }
        }
        assert!(failed > 0, "writing the file and the commit fail");
    }
}

#[tokio::test]
async fn a_crash_after_any_failed_operation_of_a_join_loses_and_repeats_nothing() {
    for (place, way) in ways() {
        for operation in 0.. {
            let rig = rig(place).await;
            rig.store.faults().once = Some((operation, way));
            // Some failures are found out about and made good.
            let _ = join(&rig.history).await;
            let was_reached = rig.store.faults().once.is_none();
            let rig = rig.crash().await;
            check_and_join(&rig).await;
            if !was_reached {
                break;
            }
        }
    }
}

#[tokio::test]
async fn events_that_expire_while_they_are_joined_do_not_come_back() {
    let rig = rig(Place::Folder).await;
    assert!(step(&rig.history).await.unwrap().has_more);
    let after = everything().now.plus(crate::testing::options(std::path::Path::new("")).retention * 2);
    let mut expired = 0;
    loop {
        let done = rig.history.maintain(after).await.unwrap();
        expired += done.expired_rows;
        if !done.has_more {
            break;
        }
    }
    assert_eq!(expired, EVENTS as u64);
    assert_eq!(rig.history.stats().table_rows, 0);
    assert_eq!(rig.crash().await.history.stats().table_rows, 0);
}
