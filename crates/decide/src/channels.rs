//! The rules of channels.
//!
//! Operations that change something return the channel's whole new value, for the log; nothing is changed here.

mod error;

pub use error::{ChannelError, DestinationError};

use crate::address::{AddressError, Kind, id_of};
use crate::paging::{Page, page};
use crate::selectors::{Family, family};
use crate::stores::{self, Facts, StoreError};
use crate::tags::{self, Tag};
use cairn_model::{Channel, ChannelArn, EventDataStoreArn};
use std::collections::BTreeMap;

/// Who can send to a channel. Source: AWS CloudTrail User Guide, "Event sources outside of AWS".
const SOURCES: [&str; 16] = [
    "Custom",
    "CloudStorageSecurityConsole",
    "Clumio",
    "CrowdStrike",
    "CyberArk",
    "GitHub",
    "KongGatewayEnterprise",
    "LaunchDarkly",
    "NetskopeCloudExchange",
    "IBMMulticloud",
    "MontyCloud",
    "OktaSystemLogEvents",
    "OneLogin",
    "Shoreline",
    "Snyk",
    "WizAuditLogs",
];

/// CreateChannel's members.
#[derive(Clone, Debug, Default)]
pub struct CreateChannel {
    /// A new UUID, the channel's id.
    pub id: String,
    /// `Name`.
    pub name: String,
    /// `Source`.
    pub source: String,
    /// `Destinations`.
    pub destinations: Vec<Destination>,
    /// `Tags`.
    pub tags: Vec<Tag>,
}

/// A destination as callers give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// `Type`.
    pub kind: String,
    /// `Location`: an event data store's ARN or id.
    pub location: String,
}

/// CreateChannel.
pub fn create(facts: &Facts<'_>, request: &CreateChannel) -> Result<Channel, ChannelError> {
    if !SOURCES.contains(&request.source.as_str()) {
        return Err(ChannelError::InvalidSource(request.source.clone()));
    }
    let channel = Channel {
        arn: ChannelArn { region: facts.region.to_owned(), account: facts.account, id: request.id.clone() },
        name: request.name.clone(),
        source: request.source.clone(),
        destinations: destinations(facts, &request.destinations)?,
        tags: tags::added(&BTreeMap::new(), &request.tags)?,
        created: facts.now,
    };
    refuse_taken_name(facts, &channel)?;
    refuse_too_many(facts, &channel)?;
    Ok(channel)
}

/// UpdateChannel: the channel with another name or other destinations.
pub fn update(
    facts: &Facts<'_>,
    arn_or_id: &str,
    name: Option<&str>,
    new_destinations: Option<&[Destination]>,
) -> Result<Channel, ChannelError> {
    let mut channel = get(facts, arn_or_id)?.clone();
    if let Some(name) = name {
        name.clone_into(&mut channel.name);
        refuse_taken_name(facts, &channel)?;
    }
    if let Some(new) = new_destinations {
        channel.destinations = destinations(facts, new)?;
    }
    Ok(channel)
}

/// GetChannel, and DeleteChannel's choice: a channel by its ARN or id.
pub fn get<'a>(facts: &Facts<'a>, arn_or_id: &str) -> Result<&'a Channel, ChannelError> {
    let id = id_of(Kind::Channel, facts.place(), arn_or_id)?;
    here(facts)
        .find(|channel| channel.arn.id == id)
        .ok_or_else(|| ChannelError::NotFound(arn_or_id.to_owned()))
}

/// ListChannels: the channels of the caller's region.
pub fn list<'a>(facts: &Facts<'a>, after: Option<&ChannelArn>, max: usize) -> Page<&'a Channel> {
    page(here(facts), |channel| &channel.arn, after, max)
}

fn here<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a Channel> {
    let region = facts.region;
    facts.channels.iter().map(|channel| &**channel).filter(move |channel| channel.arn.region == region)
}

fn refuse_taken_name(facts: &Facts<'_>, new: &Channel) -> Result<(), ChannelError> {
    let mut others = here(facts).filter(|channel| channel.arn != new.arn);
    match others.any(|channel| channel.name == new.name) {
        true => Err(ChannelError::AlreadyExists(new.name.clone())),
        false => Ok(()),
    }
}

fn refuse_too_many(facts: &Facts<'_>, new: &Channel) -> Result<(), ChannelError> {
    let count = here(facts).count();
    if count >= facts.limits.channels_max {
        return Err(ChannelError::MaxLimitExceeded { count, source_name: None });
    }
    let count = here(facts).filter(|channel| channel.source == new.source).count();
    if count >= facts.limits.channels_per_source_max {
        return Err(ChannelError::MaxLimitExceeded { count, source_name: Some(new.source.clone()) });
    }
    Ok(())
}

/// The stores that a channel's events go to: active ones, for what comes through channels.
fn destinations(facts: &Facts<'_>, asked: &[Destination]) -> Result<Vec<EventDataStoreArn>, ChannelError> {
    let mut arns: Vec<EventDataStoreArn> = Vec::with_capacity(asked.len());
    for Destination { kind, location } in asked {
        if kind != "EVENT_DATA_STORE" {
            return Err(DestinationError::Kind(kind.clone()).into());
        }
        let store = stores::active(facts, location)?;
        if store.arn.account != facts.account {
            // Its owner could not see what keeps it from being deleted.
            return Err(StoreError::from(AddressError::OtherAccount(facts.account)).into());
        }
        if family(&store.selectors) != Family::ActivityAuditLog {
            return Err(ChannelError::WrongCategory(store.arn.clone()));
        }
        if arns.contains(&store.arn) {
            return Err(DestinationError::Twice(store.arn.clone()).into());
        }
        arns.push(store.arn.clone());
    }
    Ok(arns)
}

#[cfg(test)]
mod tests;
