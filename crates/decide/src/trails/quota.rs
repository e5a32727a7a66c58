//! Which names are taken, and how many trails a region may show.

use super::Facts;
use super::error::{CombinationError, TrailError};
use cairn_model::Trail;
use std::collections::BTreeMap;

/// A name is taken where a trail or a shadow has it; a multi-region trail takes it everywhere.
pub(super) fn refuse_taken_name(facts: &Facts<'_>, new: &Trail) -> Result<(), TrailError> {
    let mut rivals = facts
        .beside(new)
        .filter(|trail| new.multi_region || trail.multi_region || trail.arn.region == new.arn.region);
    if rivals.any(|trail| trail.arn.name == new.arn.name) {
        return Err(TrailError::TrailAlreadyExists { name: new.arn.name.clone(), account: facts.account });
    }
    Ok(())
}

/// No region may show more trails than it may: a multi-region trail counts in all of them.
pub(super) fn refuse_too_many(facts: &Facts<'_>, new: &Trail) -> Result<(), TrailError> {
    match full_region(facts, new) {
        None => Ok(()),
        Some(region) => Err(TrailError::MaximumNumberOfTrailsExceeded {
            account: facts.account,
            count: facts.limits.trails_per_region_max,
            region: region.to_owned(),
        }),
    }
}

/// Whether a trail can become a multi-region one. UpdateTrail has no exception for taken names or for quotas, so
/// these are combinations of parameters that are not valid.
pub(super) fn refuse_spread(facts: &Facts<'_>, new: &Trail) -> Result<(), TrailError> {
    let name = || new.arn.name.clone();
    let mut others = facts.beside(new).filter(|trail| trail.arn != new.arn);
    if let Some(other) = others.find(|trail| trail.arn.name == new.arn.name) {
        let region = other.arn.region.clone();
        return Err(CombinationError::NameTakenElsewhere { name: name(), region }.into());
    }
    match full_region(facts, new) {
        None => Ok(()),
        Some(region) => {
            let region = region.to_owned();
            Err(CombinationError::RegionFull { name: name(), region }.into())
        }
    }
}

/// A region that shows as many trails as it may, of those where `new` would be shown anew.
fn full_region<'a>(facts: &Facts<'a>, new: &Trail) -> Option<&'a str> {
    let others = || facts.beside(new).filter(|trail| trail.arn != new.arn);
    let everywhere = others().filter(|trail| trail.multi_region).count();
    let mut at_home: BTreeMap<&'a str, usize> = BTreeMap::from([(facts.region, 0)]);
    for trail in others().filter(|trail| !trail.multi_region) {
        *at_home.entry(&trail.arn.region).or_default() += 1;
    }
    let is_shown = |region: &str| new.multi_region || region == new.arn.region;
    let is_full = |count: usize| everywhere + count >= facts.limits.trails_per_region_max;
    at_home.into_iter().find(|(region, count)| is_shown(region) && is_full(*count)).map(|(region, _)| region)
}
