//! How much is allowed.

/// Quotas and checks that differ between Cairn's own profile and AWS's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many trails a region may show, shadows included.
    pub trails_per_region_max: usize,
    /// Whether buckets must let CloudTrail in by their policy.
    pub checks_policies: bool,
}

impl Limits {
    /// Wide quotas, no checks of policies.
    pub const OPEN: Limits = Limits { trails_per_region_max: 1000, checks_policies: false };

    /// As AWS has them. Source: AWS CloudTrail User Guide, "Quotas in AWS CloudTrail".
    pub const AWS: Limits = Limits { trails_per_region_max: 5, checks_policies: true };
}
