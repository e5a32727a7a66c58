//! The rules of resource policies: those of event data stores, channels and dashboards.
//!
//! Source: AWS CloudTrail User Guide, "AWS CloudTrail resource-based policy examples". As in its examples, the policy
//! of a store or a dashboard may leave `Resource` out: it is about the resource that it hangs on.

mod error;
mod rules;

pub use error::{ResourcePolicyError, Rule};

use crate::address::Arn;
use crate::channels;
use crate::dashboards::{self, DashboardError};
use crate::stores::{self, StoreError};
use cairn_model::{PolicedArn, ResourcePolicy};
use std::sync::Arc;

/// What an operation on resource policies is decided by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The policies of the account's resources, in any order.
    pub policies: &'a [Arc<ResourcePolicy>],
    /// The account's dashboards, event data stores and channels.
    pub dashboards: dashboards::Facts<'a>,
}

/// PutResourcePolicy: the policy that the resource gets.
pub fn put(facts: &Facts<'_>, arn: &str, document: &str) -> Result<ResourcePolicy, ResourcePolicyError> {
    let resource = find(facts, arn)?;
    rules::check(&resource, document)?;
    Ok(ResourcePolicy { resource, document: document.to_owned() })
}

/// GetResourcePolicy, and DeleteResourcePolicy's choice: the policy that the resource has.
pub fn get<'a>(facts: &Facts<'a>, arn: &str) -> Result<&'a ResourcePolicy, ResourcePolicyError> {
    let resource = find(facts, arn)?;
    let found = facts.policies.iter().find(|policy| policy.resource == resource);
    found.map(|policy| &**policy).ok_or(ResourcePolicyError::NoPolicy(resource))
}

/// The resource that is named. One that is pending deletion is none.
fn find(facts: &Facts<'_>, arn: &str) -> Result<PolicedArn, ResourcePolicyError> {
    let kind = kind_of(facts, arn)?;
    let stores = &facts.dashboards.stores;
    let not_found = || ResourcePolicyError::NotFound(arn.to_owned());
    match kind {
        "eventdatastore" => match stores::active(stores, arn) {
            Ok(store) => Ok(PolicedArn::EventDataStore(store.arn.clone())),
            Err(StoreError::ArnInvalid(error)) => Err(error.into()),
            Err(_) => Err(not_found()),
        },
        "channel" => match channels::get(stores, arn) {
            Ok(channel) => Ok(PolicedArn::Channel(channel.arn.clone())),
            Err(channels::ChannelError::ArnInvalid(error)) => Err(error.into()),
            Err(_) => Err(not_found()),
        },
        "dashboard" => {
            let found = dashboards::get(&facts.dashboards, arn);
            found
                .map(|dashboard| PolicedArn::Dashboard(dashboard.arn.clone()))
                .map_err(|_: DashboardError| not_found())
        }
        _ => Err(ResourcePolicyError::TypeNotSupported(arn.to_owned())),
    }
}

/// What kind of resource an ARN names. The ARN has to be CloudTrail's, of the caller's account and region.
fn kind_of<'a>(facts: &Facts<'_>, arn: &'a str) -> Result<&'a str, ResourcePolicyError> {
    let malformed = || ResourcePolicyError::ArnNotValid(arn.to_owned());
    let parsed = Arn::parse(arn).ok_or_else(malformed)?;
    let (kind, _) = parsed.resource.split_once('/').ok_or_else(malformed)?;
    facts.dashboards.stores.place().require(&parsed)?;
    Ok(kind)
}

#[cfg(test)]
mod tests;
