//! One trail that the reader follows, as it is at the reader's position.

use super::GenerationId;
use super::regions::REGIONS_MAX;
use cairn_model::Trail;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A trail, and what it has delivered under.
pub(super) struct Following {
    pub(super) trail: Arc<Trail>,
    /// The digests that name its files now; none while it is stopped or validation is off.
    pub(super) generation: Option<GenerationId>,
    /// Every region that it has delivered under.
    regions: BTreeSet<String>,
    /// Whether `regions` holds one that the outbox does not know.
    regions_grew: bool,
}

impl Following {
    pub(super) fn new(trail: Trail, generation: Option<GenerationId>, regions: Vec<String>) -> Following {
        Following {
            trail: Arc::new(trail),
            generation,
            regions: regions.into_iter().collect(),
            regions_grew: false,
        }
    }

    pub(super) fn regions(&self) -> impl Iterator<Item = &str> {
        self.regions.iter().map(String::as_str)
    }

    /// Whether there are regions that the outbox does not know; asked once.
    pub(super) fn take_regions_grew(&mut self) -> bool {
        std::mem::take(&mut self.regions_grew)
    }

    /// The region under which the trail delivers events of `region`; without one, or with one too many, its
    /// home region.
    pub(super) fn folder_of(&mut self, region: Option<&str>) -> String {
        let home = self.trail.arn.region.as_str();
        let region =
            region.filter(|region| self.regions.contains(*region) || self.regions.len() < REGIONS_MAX);
        let region = region.unwrap_or(home).to_owned();
        self.regions_grew |= self.regions.insert(region.clone());
        region
    }
}
