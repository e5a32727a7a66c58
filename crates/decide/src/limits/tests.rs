use super::*;

#[test]
fn the_aws_profile_has_awss_quotas() {
    let Limits {
        trails_per_region_max,
        stores_per_region_max,
        channels_max,
        channels_per_source_max,
        dashboards_max,
        checks_policies,
    } = Limits::AWS;
    assert_eq!((trails_per_region_max, stores_per_region_max, dashboards_max), (5, 10, 100));
    assert_eq!((channels_max, channels_per_source_max), (25, 1));
    assert!(checks_policies);
}
