//! Which names are taken, and how many stores a region may have.

use super::Facts;
use super::error::StoreError;
use cairn_model::EventDataStore;
use std::collections::BTreeMap;

/// A name is taken as long as a store of the region has it, also one that could be restored.
pub(super) fn refuse_taken_name(facts: &Facts<'_>, new: &EventDataStore) -> Result<(), StoreError> {
    let here = facts.beside(new).filter(|store| store.arn.region == new.arn.region);
    let mut others = here.filter(|store| store.arn != new.arn);
    match others.any(|store| store.name == new.name) {
        true => Err(StoreError::AlreadyExists(new.name.clone())),
        false => Ok(()),
    }
}

/// No region may have more stores than it may, where multi-region stores count in all regions and stores that are
/// pending deletion count as well.
pub(super) fn refuse_too_many(facts: &Facts<'_>, new: &EventDataStore) -> Result<(), StoreError> {
    match full_region(facts, new) {
        None => Ok(()),
        Some(region) => {
            let count = facts.limits.stores_per_region_max;
            Err(StoreError::MaxLimitExceeded { count, region: region.to_owned() })
        }
    }
}

/// A region that has as many stores as it may, of those where `new` would count.
pub(super) fn full_region<'a>(facts: &Facts<'a>, new: &EventDataStore) -> Option<&'a str> {
    let others = || facts.beside(new).filter(|store| store.arn != new.arn);
    let everywhere = others().filter(|store| store.multi_region).count();
    let mut at_home: BTreeMap<&'a str, usize> = BTreeMap::from([(facts.region, 0)]);
    for store in others().filter(|store| !store.multi_region) {
        *at_home.entry(&store.arn.region).or_default() += 1;
    }
    let counts = |region: &str| new.multi_region || region == new.arn.region;
    let is_full = |count: usize| everywhere + count >= facts.limits.stores_per_region_max;
    at_home.into_iter().find(|(region, count)| counts(region) && is_full(*count)).map(|(region, _)| region)
}
