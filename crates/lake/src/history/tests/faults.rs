//! Commits whose writes fail, in both ways.

use crate::LakeError;
use crate::testing::faulty::{Fault, FaultyRig, PLACES, Way};
use cairn_model::Position;

#[tokio::test]
async fn a_commit_that_failed_is_made_again_and_no_event_is_lost() {
    for place in PLACES {
        let rig = FaultyRig::new(place).await;
        rig.add(1);
        for part in [".parquet", "_delta_log"] {
            rig.store.faults().writes = Some(Fault(Way::NotDone, part));
            assert!(matches!(rig.history.commit().await, Err(LakeError::Table(_))));
            assert_eq!(rig.history.committed(), Position::ZERO);
            rig.check(1).await;
        }
        rig.add(2);
        rig.store.faults().writes = None;
        assert_eq!(rig.history.commit().await.unwrap(), rig.log.end());
        rig.check(2).await;
        assert_eq!(rig.history.stats().table_rows, 2);
    }
}

#[tokio::test]
async fn a_commit_that_was_made_but_reported_failed_counts_as_made() {
    for place in PLACES {
        let rig = FaultyRig::new(place).await;
        rig.add(1);
        rig.store.faults().writes = Some(Fault(Way::DoneAllTheSame, "_delta_log"));
        assert_eq!(rig.history.commit().await.unwrap(), rig.log.end());
        rig.store.faults().writes = None;
        rig.add(2);
        assert_eq!(rig.history.commit().await.unwrap(), rig.log.end());
        rig.check(2).await;
        assert_eq!(rig.history.stats().table_rows, 2);
    }
}

#[tokio::test]
async fn an_unknown_commit_is_found_out_about_before_the_next_one() {
    for place in PLACES {
        for way in [Way::DoneAllTheSame, Way::NotDone] {
            let rig = FaultyRig::new(place).await;
            rig.add(1);
            rig.store.faults().writes = Some(Fault(way, "_delta_log"));
            rig.store.faults().reads = true;
            assert!(rig.history.commit().await.is_err());
            rig.check(1).await;
            rig.add(2);
            assert!(rig.history.commit().await.is_err());
            rig.check(2).await;
            rig.store.faults().reads = false;
            rig.store.faults().writes = None;
            assert_eq!(rig.history.commit().await.unwrap(), rig.log.end());
            rig.check(2).await;
            let stats = rig.history.stats();
            assert_eq!((stats.table_rows, stats.tail_rows, stats.duplicates), (2, 0, 0));
        }
    }
}
