#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;

#[test]
fn each_account_and_region_has_its_own_slots_and_dropped_ones_are_free_again() {
    let slots = Arc::new(Slots::new(2));
    let asker = |account: &str, region: &str| Asker::for_account(account.parse().unwrap(), region);
    let here = asker("111122223333", "us-east-1");
    let (one, two) = (slots.take(&here), slots.take(&here));
    assert!(one.is_some() && two.is_some());
    assert!(slots.take(&here).is_none());
    let others = [asker("111122223333", "eu-west-1"), asker("444455556666", "us-east-1")];
    let elsewhere = others.map(|asker| slots.take(&asker).unwrap());
    assert_eq!(slots.in_use(), 4);
    drop(one);
    assert!(slots.take(&here).is_some());
    drop((two, elsewhere));
    assert_eq!(slots.in_use(), 0);
}
