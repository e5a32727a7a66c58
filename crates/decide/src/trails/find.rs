//! Which trail a caller means, and which ones a caller sees.

use super::Facts;
use super::error::{ArnError, TrailError};
use crate::names::check_trail_name;
use cairn_model::{Trail, TrailArn};

/// GetTrail: a trail or shadow by name or ARN.
pub fn get<'a>(facts: &Facts<'a>, name_or_arn: &str) -> Result<&'a Trail, TrailError> {
    found(facts, &Address::parse(facts, name_or_arn)?, name_or_arn)
}

/// GetTrailStatus: a trail by name or ARN, a shadow by its ARN only. Where a name is not found, the
/// error names the ARN that the trail would have here.
pub fn status<'a>(facts: &Facts<'a>, name_or_arn: &str) -> Result<&'a Trail, TrailError> {
    let address = Address::parse(facts, name_or_arn)?;
    let Address::Name(name) = &address else {
        return found(facts, &address, name_or_arn);
    };
    let arn = home_arn(facts, name);
    let trail = facts.trails.iter().find(|trail| trail.arn == arn);
    trail.ok_or_else(|| not_found(facts, &arn.to_string()))
}

/// DescribeTrails: the trails that `names` (names of trails of this region, or ARNs) name, or if there are
/// none all that the region shows, shadows only if asked for. What is not found is left out.
pub fn describe<'a>(
    facts: &Facts<'a>,
    names: &[String],
    include_shadow_trails: bool,
) -> Result<Vec<&'a Trail>, TrailError> {
    let addresses: Vec<Address> =
        names.iter().map(|name| Address::parse(facts, name)).collect::<Result<_, _>>()?;
    let is_home = |trail: &Trail| trail.arn.region == facts.region;
    let is_named = |trail: &Trail| {
        addresses.is_empty()
            || addresses.iter().any(|address| match address {
                Address::Name(name) => is_home(trail) && trail.arn.name == *name,
                Address::Arn(arn) => trail.arn == *arn,
            })
    };
    let seen = facts.visible_in(facts.region);
    Ok(seen.filter(|trail| (include_shadow_trails || is_home(trail)) && is_named(trail)).collect())
}

/// ListTrails: all trails of the account, those of other regions too.
pub fn list<'a>(facts: &Facts<'a>) -> Vec<&'a Trail> {
    facts.trails.iter().collect()
}

/// The trail that a caller wants to change: refused outside its home region.
pub(super) fn to_change<'a>(facts: &Facts<'a>, name_or_arn: &str) -> Result<&'a Trail, TrailError> {
    let trail = get(facts, name_or_arn)?;
    if trail.arn.region != facts.region {
        return Err(TrailError::InvalidHomeRegion {
            name: trail.arn.name.clone(),
            home: trail.arn.region.clone(),
            region: facts.region.to_owned(),
        });
    }
    Ok(trail)
}

/// The ARN of a trail of this name at home in the caller's region.
pub(super) fn home_arn(facts: &Facts<'_>, name: &str) -> TrailArn {
    TrailArn { region: facts.region.to_owned(), account: facts.account, name: name.to_owned() }
}

/// How a caller names a trail.
enum Address {
    Name(String),
    /// Of the caller's account, and of a trail that the caller's region shows or might have.
    Arn(TrailArn),
}

impl Address {
    fn parse(facts: &Facts<'_>, text: &str) -> Result<Address, TrailError> {
        if !text.starts_with("arn:") {
            check_trail_name(text)?;
            return Ok(Address::Name(text.to_owned()));
        }
        let arn: TrailArn = text.parse().map_err(|_| ArnError::Malformed(text.to_owned()))?;
        if arn.account != facts.account {
            return Err(ArnError::OtherAccount(facts.account).into());
        }
        let is_shown = |arn: &TrailArn| facts.visible_in(facts.region).any(|t| t.arn == *arn);
        if arn.region != facts.region && !is_shown(&arn) {
            return Err(ArnError::OtherRegion(facts.region.to_owned()).into());
        }
        Ok(Address::Arn(arn))
    }
}

fn found<'a>(facts: &Facts<'a>, address: &Address, asked: &str) -> Result<&'a Trail, TrailError> {
    let is_meant = |trail: &&Trail| match address {
        Address::Name(name) => trail.arn.name == *name,
        Address::Arn(arn) => trail.arn == *arn,
    };
    let trail = facts.visible_in(facts.region).find(is_meant);
    trail.ok_or_else(|| not_found(facts, asked))
}

fn not_found(facts: &Facts<'_>, asked: &str) -> TrailError {
    TrailError::TrailNotFound { trail: asked.to_owned(), account: facts.account }
}
