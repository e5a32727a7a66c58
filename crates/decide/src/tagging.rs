//! Tags of whatever has an ARN. Tags are reached where their resource is at home.

use crate::address::Arn;
use crate::channels::{self, ChannelError};
use crate::dashboards::{self, Facts as DashboardFacts};
use crate::stores::{self, StoreError};
use crate::tags::{self, Tag, Tags, TagsError};
use crate::trails::{ArnError, Facts as TrailFacts};
use cairn_model::{AccountId, Change, Channel, Dashboard, DashboardArn, EventDataStore, Trail, TrailArn};

/// What tags are decided by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The account's trails.
    pub trails: TrailFacts<'a>,
    /// Its dashboards, event data stores and channels.
    pub dashboards: DashboardFacts<'a>,
}

/// A resource that has tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tagged<'a> {
    /// A trail.
    Trail(&'a Trail),
    /// An event data store.
    EventDataStore(&'a EventDataStore),
    /// A channel.
    Channel(&'a Channel),
    /// A dashboard.
    Dashboard(&'a Dashboard),
}

/// Why tags are not reached.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TaggingError {
    /// `CloudTrailARNInvalidException`, also for what is no ARN of any resource.
    #[error(transparent)]
    Arn(#[from] ArnError),
    /// `ResourceNotFoundException`.
    #[error("Resource {0} was not found.")]
    NotFound(String),
    /// `ResourceTypeNotSupportedException`.
    #[error("Resource {0} is of a type that is not supported.")]
    TypeNotSupported(String),
    /// The event data store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The channel cannot be used.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// The resource cannot have these tags.
    #[error(transparent)]
    Tags(#[from] TagsError),
}

/// AddTags: the resource with these tags; those of keys that it has already get the new values.
pub fn add(facts: &Facts<'_>, arn: &str, new: &[Tag]) -> Result<Change, TaggingError> {
    let tagged = find(facts, arn)?;
    Ok(tagged.with(tags::added(tagged.tags(), new)?))
}

/// RemoveTags: the resource without the tags of these keys.
pub fn remove(facts: &Facts<'_>, arn: &str, old: &[Tag]) -> Result<Change, TaggingError> {
    let tagged = find(facts, arn)?;
    Ok(tagged.with(tags::removed(tagged.tags(), old).map_err(TagsError::from)?))
}

/// ListTags, and whatever else names a resource to be tagged: the resource of this ARN.
pub fn find<'a>(facts: &Facts<'a>, arn: &str) -> Result<Tagged<'a>, TaggingError> {
    let malformed = || ArnError::Malformed(arn.to_owned());
    let Arn { region, account, resource } = Arn::parse(arn).ok_or_else(malformed)?;
    match resource.split_once('/') {
        Some(("trail", name)) => {
            let arn = TrailArn { region: region.to_owned(), account, name: name.to_owned() };
            Ok(Tagged::Trail(trail(&facts.trails, &arn)?))
        }
        Some(("eventdatastore", _)) => {
            Ok(Tagged::EventDataStore(stores::active(&facts.dashboards.stores, arn)?))
        }
        Some(("channel", _)) => Ok(Tagged::Channel(channels::get(&facts.dashboards.stores, arn)?)),
        Some(("dashboard", name)) => {
            let arn = DashboardArn { region: region.to_owned(), account, name: name.to_owned() };
            Ok(Tagged::Dashboard(dashboard(facts, &arn)?))
        }
        _ => Err(TaggingError::TypeNotSupported(arn.to_owned())),
    }
}

/// AWS's exception for a trail of any other region is the one for wrong ARNs.
fn trail<'a>(facts: &TrailFacts<'a>, arn: &TrailArn) -> Result<&'a Trail, TaggingError> {
    let found = facts.all().find(|trail| trail.arn == *arn && facts.require_managed(trail).is_ok());
    // One of the organization's is at home where its own account's are.
    let account = found.map_or(arn.account, |_| facts.account);
    require_here(facts, account, &arn.region)?;
    found.ok_or_else(|| TaggingError::NotFound(arn.to_string()))
}

fn dashboard<'a>(facts: &Facts<'a>, arn: &DashboardArn) -> Result<&'a Dashboard, TaggingError> {
    require_here(&facts.trails, arn.account, &arn.region)?;
    let text = arn.to_string();
    dashboards::get(&facts.dashboards, &text).map_err(|_| TaggingError::NotFound(text))
}

fn require_here(facts: &TrailFacts<'_>, account: AccountId, region: &str) -> Result<(), ArnError> {
    match (account == facts.account, region == facts.region) {
        (false, _) => Err(ArnError::OtherAccount(facts.account)),
        (true, false) => Err(ArnError::OtherRegion(facts.region.to_owned())),
        (true, true) => Ok(()),
    }
}

impl Tagged<'_> {
    /// Its tags.
    pub fn tags(&self) -> &Tags {
        match self {
            Tagged::Trail(trail) => &trail.tags,
            Tagged::EventDataStore(store) => &store.tags,
            Tagged::Channel(channel) => &channel.tags,
            Tagged::Dashboard(dashboard) => &dashboard.tags,
        }
    }

    /// The resource with other tags.
    fn with(&self, tags: Tags) -> Change {
        match *self {
            Tagged::Trail(trail) => Change::PutTrail(Box::new(Trail { tags, ..trail.clone() })),
            Tagged::EventDataStore(store) => {
                Change::PutEventDataStore(Box::new(EventDataStore { tags, ..store.clone() }))
            }
            Tagged::Channel(channel) => Change::PutChannel(Box::new(Channel { tags, ..channel.clone() })),
            Tagged::Dashboard(dashboard) => {
                Change::PutDashboard(Box::new(Dashboard { tags, ..dashboard.clone() }))
            }
        }
    }
}

#[cfg(test)]
mod tests;
