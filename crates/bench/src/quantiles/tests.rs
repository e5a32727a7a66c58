use super::*;

fn milliseconds(times: &[u64]) -> Quantiles {
    Quantiles::of(times.iter().map(|time| Duration::from_millis(*time)).collect())
}

#[test]
fn a_percentile_is_the_nearest_rank() {
    let hundred: Vec<u64> = (1..=100).rev().collect();
    let times = milliseconds(&hundred);
    assert_eq!(
        (times.percentile_ms(50), times.percentile_ms(99), times.percentile_ms(100)),
        (50.0, 99.0, 100.0)
    );
    assert_eq!(milliseconds(&[7]).percentile_ms(99), 7.0);
    assert_eq!(milliseconds(&[1, 2, 3]).percentile_ms(50), 2.0);
    assert_eq!(milliseconds(&[]).percentile_ms(50), 0.0);
}

#[test]
fn a_median_needs_no_order() {
    assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
    assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), 2.5);
    assert_eq!(median(&[]), 0.0);
}
