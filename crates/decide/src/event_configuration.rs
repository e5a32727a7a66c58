//! How events of an event data store are enriched, and how those of a trail are aggregated.

mod error;

pub use error::{ConfigurationError, ParameterError};

use crate::repeated::first_twice;
use crate::selectors::{Family, family, logged, logged_advanced};
use crate::stores::{self, Facts as StoreFacts, Status, StoreError};
use crate::trails::{self, Facts as TrailFacts};
use cairn_model::{
    Aggregation, AggregationTemplate, ContextKeySelector, ContextKind, EventDataStore, MaxEventSize, Trail,
};

/// Keys of a request's context that events can be enriched with, behind `aws:`. Source: AWS CloudTrail User Guide,
/// "Enrich CloudTrail events", supported IAM global condition keys.
const REQUEST_KEYS: [&str; 22] = [
    "FederatedProvider",
    "TokenIssueTime",
    "MultiFactorAuthAge",
    "MultiFactorAuthPresent",
    "SourceIdentity",
    "PrincipalAccount",
    "PrincipalArn",
    "PrincipalIsAWSService",
    "PrincipalOrgID",
    "PrincipalOrgPaths",
    "PrincipalServiceName",
    "PrincipalServiceNamesList",
    "PrincipalType",
    "userid",
    "username",
    "RequestedRegion",
    "SecureTransport",
    "ViaAWSService",
    "CurrentTime",
    "EpochTime",
    "SourceAccount",
    "SourceOrgID",
];

/// The names of all keys of a request's context.
#[cfg(test)]
pub(crate) fn request_keys() -> impl Iterator<Item = String> {
    REQUEST_KEYS.iter().map(|key| format!("aws:{key}"))
}

/// PutEventConfiguration's members for an event data store. What is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct StoreConfiguration {
    /// `MaxEventSize`.
    pub max_event_size: Option<MaxEventSize>,
    /// `ContextKeySelectors`; an empty list takes them away.
    pub context_keys: Option<Vec<ContextKeySelector>>,
}

/// PutEventConfiguration for a trail: the trail with its data events aggregated by these templates; none turns
/// aggregation off.
pub fn put_on_trail(
    facts: &TrailFacts<'_>,
    name_or_arn: &str,
    templates: &[AggregationTemplate],
) -> Result<Trail, ConfigurationError> {
    let trail = trails::to_change(facts, name_or_arn)?;
    if let Some(template) = first_twice(templates) {
        return Err(ParameterError::TemplateTwice(*template).into());
    }
    if !templates.is_empty() && !logged(&trail.selectors).data {
        return Err(ParameterError::NoDataEvents(trail.arn.clone()).into());
    }
    let aggregation = (!templates.is_empty()).then(|| Aggregation { templates: templates.to_vec() });
    Ok(Trail { aggregation, ..trail.clone() })
}

/// PutEventConfiguration for an event data store.
pub fn put_on_store(
    facts: &StoreFacts<'_>,
    arn_or_id: &str,
    configuration: &StoreConfiguration,
) -> Result<EventDataStore, ConfigurationError> {
    let mut store = stores::active(facts, arn_or_id)?.clone();
    check_category(&store)?;
    if let Some(keys) = &configuration.context_keys {
        check_context_keys(keys)?;
        store.context_keys.clone_from(keys);
    }
    store.max_event_size = configuration.max_event_size.unwrap_or(store.max_event_size);
    if !store.context_keys.is_empty() && store.max_event_size != MaxEventSize::Large {
        return Err(ConfigurationError::ContextNeedsLarge);
    }
    store.updated = facts.now;
    Ok(store)
}

/// GetEventConfiguration for an event data store.
pub fn of_store<'a>(
    facts: &StoreFacts<'a>,
    arn_or_id: &str,
) -> Result<&'a EventDataStore, ConfigurationError> {
    let store = stores::get(facts, arn_or_id)?;
    if store.is_pending_deletion() {
        // The operation has no exception for inactive stores.
        let (arn, status) = (store.arn.clone(), Status::of(store));
        return Err(StoreError::InvalidStatus { arn, status, wanted: Status::Enabled }.into());
    }
    check_category(store)?;
    Ok(store)
}

/// Only management and data events are enriched.
fn check_category(store: &EventDataStore) -> Result<(), ConfigurationError> {
    let logged = logged_advanced(&store.selectors);
    let is_enriched =
        family(&store.selectors) == Family::CloudTrail && (logged.has_management() || logged.data);
    match is_enriched {
        true => Ok(()),
        false => Err(StoreError::InvalidCategory(store.arn.clone()).into()),
    }
}

fn check_context_keys(selectors: &[ContextKeySelector]) -> Result<(), ParameterError> {
    let kinds: Vec<ContextKind> = selectors.iter().map(|selector| selector.kind).collect();
    if let Some(kind) = first_twice(&kinds) {
        return Err(ParameterError::ContextTwice(*kind));
    }
    for selector in selectors {
        if let Some(key) = first_twice(&selector.keys) {
            return Err(ParameterError::KeyTwice(key.clone()));
        }
        let is_known = |key: &str| key.strip_prefix("aws:").is_some_and(|key| REQUEST_KEYS.contains(&key));
        let unknown = selector.keys.iter().find(|key| !is_known(key));
        if let (ContextKind::RequestContext, Some(key)) = (selector.kind, unknown) {
            return Err(ParameterError::RequestKey(key.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
