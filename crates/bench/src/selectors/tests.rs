use super::*;
use cairn_decide::selectors::{check_advanced, check_basic, check_store_selectors};

#[test]
fn the_selectors_are_ones_that_trails_and_stores_may_have() {
    for selectors in selectors() {
        match selectors {
            Selectors::Default => {}
            Selectors::Basic(basic) => assert_eq!(check_basic(&basic), Ok(())),
            Selectors::Advanced(advanced) => {
                assert_eq!(check_advanced(&advanced).or_else(|_| check_store_selectors(&advanced)), Ok(()));
            }
        }
    }
}

#[test]
fn generated_events_are_taken_by_some_selectors_and_not_by_others() {
    let mut traffic = Traffic::new(1);
    let events: Vec<Vec<u8>> = std::iter::repeat_with(|| parsed(&mut traffic)).take(2_000).collect();
    let taken = |selectors: &Selectors| {
        let compiled = Compiled::new(selectors);
        events.iter().filter(|event| compiled.takes(&decoded(event))).count()
    };
    let counts: Vec<usize> = selectors().iter().map(taken).collect();
    assert!(counts.iter().filter(|count| **count > 0).count() >= 4, "{counts:?}");
    assert!(counts.iter().all(|count| *count < events.len()), "{counts:?}");
}
