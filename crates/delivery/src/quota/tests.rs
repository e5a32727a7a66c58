use super::*;
use proptest::prelude::*;

fn arn(name: &str) -> TrailArn {
    format!("arn:aws:cloudtrail:us-east-1:111122223333:trail/{name}").parse().unwrap()
}

fn limits(outbox_bytes: u64) -> Limits {
    Limits { outbox_bytes, keep_free_bytes: 100, ..Limits::default() }
}

#[test]
fn one_trail_fills_half_and_a_trail_that_holds_nothing_always_has_room() {
    let mut usage = Usage::default();
    usage.add(arn("dead"), 1, 500_000);
    let free = usage.free(&limits(1_000_000), u64::MAX);
    assert_eq!(free, 1_000_000 - 500_000 - BYTES_AN_OBJECT);
    assert!(usage.is_over(&arn("dead"), free));
    assert!(!usage.is_over(&arn("well"), free));
    assert!(!usage.is_over(&arn("well"), 0));
}

#[test]
fn a_disk_that_is_nearly_full_counts_as_a_full_outbox() {
    let mut usage = Usage::default();
    usage.add(arn("dead"), 1, 10);
    assert_eq!(usage.free(&limits(1 << 40), 150), 50);
    assert_eq!(usage.free(&limits(1 << 40), 99), 0);
    assert!(usage.is_over(&arn("dead"), 0));
}

proptest! {
    #[test]
    fn trails_that_fill_up_in_any_order_never_fill_more_than_the_outbox(
        adds in prop::collection::vec((0u8..12, 0u64..40_000), 1..400),
    ) {
        const OUTBOX: u64 = 1_000_000;
        let limits = limits(OUTBOX);
        let mut usage = Usage::default();
        for (trail, bytes) in adds {
            let trail = arn(&format!("t{trail}"));
            let free = usage.free(&limits, u64::MAX);
            if !usage.is_over(&trail, free) && bytes + BYTES_AN_OBJECT <= free {
                usage.add(trail, 1, bytes);
            }
            prop_assert!(space(usage.objects, usage.bytes) <= OUTBOX);
        }
    }
}
