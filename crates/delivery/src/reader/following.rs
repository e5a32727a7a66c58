//! One trail that the reader follows for one account, as it is at the reader's position.

use super::GenerationId;
use super::cut::Recipient;
use super::regions::REGIONS_MAX;
use cairn_model::{AccountId, Logging, Trail, TrailArn};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A trail that takes events of an account: its own, or one of its organization.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Follower {
    /// The trail.
    pub(crate) trail: TrailArn,
    /// Whose events it takes.
    pub(crate) account: AccountId,
}

/// A trail, and what it has delivered under of one account's events.
pub(super) struct Following {
    /// Whose events these are.
    pub(super) account: AccountId,
    pub(super) trail: Arc<Trail>,
    /// The digests that name its files now; none while it is stopped or validation is off.
    pub(super) generation: Option<GenerationId>,
    /// Every region that it has delivered under.
    regions: BTreeSet<String>,
    /// Whether `regions` holds one that the outbox does not know.
    regions_grew: bool,
}

impl Following {
    /// A trail that never logged.
    pub(super) fn unborn(account: AccountId, trail: &Trail) -> Following {
        let trail = Trail { logging: Logging::Never, ..trail.clone() };
        Following::new(account, trail, None, Vec::new())
    }

    pub(super) fn new(
        account: AccountId,
        trail: Trail,
        generation: Option<GenerationId>,
        regions: Vec<String>,
    ) -> Following {
        Following {
            account,
            trail: Arc::new(trail),
            generation,
            regions: regions.into_iter().collect(),
            regions_grew: false,
        }
    }

    /// Which trail this is, and whose events it takes.
    pub(super) fn follower(&self) -> Follower {
        Follower { trail: self.trail.arn.clone(), account: self.account }
    }

    /// Whether it takes events of the trail's own account.
    pub(super) fn is_own(&self) -> bool {
        self.account == self.trail.arn.account
    }

    pub(super) fn regions(&self) -> impl Iterator<Item = &str> {
        self.regions.iter().map(String::as_str)
    }

    /// Whether there are regions that the outbox does not know; asked once.
    pub(super) fn take_regions_grew(&mut self) -> bool {
        std::mem::take(&mut self.regions_grew)
    }

    /// The trail as it receives a file of `region` now.
    pub(super) fn recipient(&mut self, region: Option<&str>) -> Recipient {
        Recipient {
            region: self.folder_of(region),
            account: self.account,
            trail: Arc::clone(&self.trail),
            generation: self.generation,
        }
    }

    /// The region under which the trail delivers events of `region`; without one, or with one too many, its
    /// home region.
    fn folder_of(&mut self, region: Option<&str>) -> String {
        let home = self.trail.arn.region.as_str();
        let region =
            region.filter(|region| self.regions.contains(*region) || self.regions.len() < REGIONS_MAX);
        let region = region.unwrap_or(home).to_owned();
        self.regions_grew |= self.regions.insert(region.clone());
        region
    }
}
