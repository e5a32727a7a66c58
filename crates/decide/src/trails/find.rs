//! Which trail a caller means, and which ones a caller sees.

use super::Facts;
use super::error::{ArnError, TrailError};
use crate::names::check_trail_name;
use crate::paging::{Page, page};
use cairn_model::{Trail, TrailArn};
use std::collections::HashSet;

/// GetTrail: a trail or shadow by name or ARN.
pub fn get<'a>(facts: &Facts<'a>, name_or_arn: &str) -> Result<&'a Trail, TrailError> {
    let address = Address::parse(facts, name_or_arn)?;
    let is_meant = |trail: &&Trail| match &address {
        Address::Name(name) => trail.arn.name == *name,
        Address::Arn(arn) => trail.arn == *arn,
    };
    match (facts.visible().find(is_meant), address) {
        (Some(trail), _) => Ok(trail),
        (None, Address::Arn(arn)) if arn.region != facts.region => {
            Err(ArnError::OtherRegion(facts.region.to_owned()).into())
        }
        (None, _) => Err(not_found(facts, name_or_arn)),
    }
}

/// GetTrailStatus: a trail by name or ARN, a shadow by its ARN only. Where a name is not found, the
/// error names the ARN that the trail would have here.
pub fn status<'a>(facts: &Facts<'a>, name_or_arn: &str) -> Result<&'a Trail, TrailError> {
    let Address::Name(name) = Address::parse(facts, name_or_arn)? else {
        return get(facts, name_or_arn);
    };
    let arn = home_arn(facts, &name);
    let trail = facts.all().find(|trail| trail.arn == arn);
    trail.ok_or_else(|| not_found(facts, &arn.to_string()))
}

/// DescribeTrails: the trails that `names` name, or if there are none all that the region shows, shadows only if
/// asked for. A name is that of a trail at home in the region, an ARN that of a trail of any region. What is not
/// found is left out.
pub fn describe<'a>(
    facts: &Facts<'a>,
    names: &[String],
    include_shadow_trails: bool,
) -> Result<Vec<&'a Trail>, TrailError> {
    let is_home = |trail: &&Trail| trail.arn.region == facts.region && trail.arn.account == facts.account;
    let is_asked_for = |trail: &&Trail| include_shadow_trails || is_home(trail);
    if names.is_empty() {
        return Ok(facts.visible().filter(is_asked_for).collect());
    }
    let mut arns = HashSet::with_capacity(names.len());
    for name in names {
        arns.insert(match Address::parse(facts, name)? {
            Address::Name(name) => home_arn(facts, &name),
            Address::Arn(arn) => arn,
        });
    }
    Ok(facts.all().filter(|trail| arns.contains(&trail.arn)).filter(is_asked_for).collect())
}

/// Trails in one page of ListTrails.
const PAGE_MAX: usize = 500;

/// ListTrails: all trails of the account and of its organization, those of other regions too; those after `after`, which need not be
/// there any more.
pub fn list<'a>(facts: &Facts<'a>, after: Option<&TrailArn>) -> Page<&'a Trail> {
    page(facts.all(), |trail| &trail.arn, after, PAGE_MAX)
}

/// The trail that a caller wants to change: refused outside its home region, and where it is the organization's and
/// the caller does not manage that.
pub(crate) fn to_change<'a>(facts: &Facts<'a>, name_or_arn: &str) -> Result<&'a Trail, TrailError> {
    let trail = get(facts, name_or_arn)?;
    facts.require_managed(trail)?;
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
    /// Of the caller's account or of its organization, in any region.
    Arn(TrailArn),
}

impl Address {
    fn parse(facts: &Facts<'_>, text: &str) -> Result<Address, TrailError> {
        if !text.starts_with("arn:") {
            check_trail_name(text)?;
            return Ok(Address::Name(text.to_owned()));
        }
        let is_here = text.starts_with("arn:aws:");
        let arn: Option<TrailArn> = text.parse().ok().filter(|_| is_here);
        let arn = arn.ok_or_else(|| ArnError::Malformed(text.to_owned()))?;
        if !facts.may_see(arn.account) {
            return Err(ArnError::OtherAccount(facts.account).into());
        }
        Ok(Address::Arn(arn))
    }
}

fn not_found(facts: &Facts<'_>, asked: &str) -> TrailError {
    TrailError::TrailNotFound { trail: asked.to_owned(), account: facts.account }
}
