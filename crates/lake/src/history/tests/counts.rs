//! How many events of some ranges of the log are in history.

use crate::testing::{Rig, event};
use cairn_model::Position;
use proptest::prelude::*;
use std::ops::Range;

/// Positions of [`crate::testing::MemoryLog`] are multiples of this.
const STEP: u64 = 10;

fn ranges() -> impl Strategy<Value = Vec<Range<Position>>> {
    prop::collection::btree_set(0..70 * STEP, 0..16).prop_map(|ends| {
        let ends: Vec<Position> = ends.into_iter().map(Position::new).collect();
        ends.as_chunks::<2>().0.iter().map(|[start, end]| *start..*end).collect()
    })
}

#[test]
fn ranges_count_what_lies_in_them_in_table_and_tail() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let rig = runtime.block_on(Rig::new());
    for number in 0..60u64 {
        // Every seventh is there already, so it has no position in history.
        let id = if number % 7 == 0 { 7 } else { number };
        let second = (id * 13 % 60) as u32;
        rig.add(&event(second, "A", &format!(r#","eventID":"{id}""#)));
        if number % 19 == 18 {
            rig.log.feed(&rig.history);
            runtime.block_on(rig.history.commit()).unwrap();
        }
    }
    rig.log.feed(&rig.history);
    let mut runner = proptest::test_runner::TestRunner::default();
    let check = runner.run(&ranges(), |ranges| {
        let kept = (0..60u64).filter(|number| number % 7 != 0 || *number == 0);
        let inside = |number: u64| ranges.iter().any(|range| range.contains(&Position::new(number * STEP)));
        let expected = kept.filter(|number| inside(*number)).count() as u64;
        prop_assert_eq!(rig.history.count(&ranges).unwrap(), expected);
        Ok(())
    });
    check.unwrap();
}

#[tokio::test]
async fn an_event_that_comes_again_is_not_counted_once_it_is_committed() {
    let rig = Rig::new().await;
    for round in 0..2 {
        for second in 0..5 {
            rig.add(&event(second, "A", &format!(r#","eventID":"{second}""#)));
        }
        rig.log.feed(&rig.history);
        rig.history.commit().await.unwrap();
        let from = Position::new(round * 5 * STEP);
        let expected = if round == 0 { 5 } else { 0 };
        assert_eq!(rig.history.count(&[from..rig.log.end()]).unwrap(), expected);
    }
}
