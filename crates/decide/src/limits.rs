//! How much is allowed.

/// Quotas and checks that differ between Cairn's own profile and AWS's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many trails a region may show, shadows included.
    pub trails_per_region_max: usize,
    /// How many event data stores a region may have, multi-region ones of other regions included.
    pub stores_per_region_max: usize,
    /// How many channels an account may have in a region.
    pub channels_max: usize,
    /// How many of them may have the same source.
    pub channels_per_source_max: usize,
    /// How many custom dashboards an account may have in a region.
    pub dashboards_max: usize,
    /// Whether buckets must let CloudTrail in by their policy.
    pub checks_policies: bool,
}

impl Limits {
    /// Wide quotas, no checks of policies.
    pub const OPEN: Limits = Limits {
        trails_per_region_max: 1000,
        stores_per_region_max: 1000,
        channels_max: 1000,
        channels_per_source_max: 1000,
        dashboards_max: 1000,
        checks_policies: false,
    };

    /// As AWS has them. Source: AWS CloudTrail User Guide, "Quotas in AWS CloudTrail".
    pub const AWS: Limits = Limits {
        trails_per_region_max: 5,
        stores_per_region_max: 10,
        channels_max: 25,
        channels_per_source_max: 1,
        dashboards_max: 100,
        checks_policies: true,
    };
}

#[cfg(test)]
mod tests;
