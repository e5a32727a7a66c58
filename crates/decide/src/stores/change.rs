//! Deleting and restoring stores, and starting and stopping what they take in.

use super::Facts;
use super::error::StoreError;
use super::find::{active, get};
use super::quota;
use super::status::Status;
use crate::selectors::{self, Family};
use cairn_model::{EventDataStore, EventDataStoreArn};

/// DeleteEventDataStore: the store as one that is pending deletion.
pub fn delete(facts: &Facts<'_>, arn_or_id: &str) -> Result<EventDataStore, StoreError> {
    let store = active(facts, arn_or_id)?;
    let arn = || store.arn.clone();
    if store.termination_protection {
        return Err(StoreError::TerminationProtected(arn()));
    }
    if store.federation_role.is_some() {
        return Err(StoreError::FederationEnabled(arn()));
    }
    if facts.channels_to(store).iter().any(|channel| channel.destinations.contains(&store.arn)) {
        return Err(StoreError::ChannelExists(arn()));
    }
    Ok(EventDataStore { deleted: Some(facts.now), updated: facts.now, ..store.clone() })
}

/// RestoreEventDataStore: the store as it was when it was deleted.
pub fn restore(facts: &Facts<'_>, arn_or_id: &str) -> Result<EventDataStore, StoreError> {
    let store = get(facts, arn_or_id)?;
    if !store.is_pending_deletion() {
        return Err(wrong_status(store, Status::PendingDeletion));
    }
    quota::refuse_too_many(facts, store)?;
    Ok(EventDataStore { deleted: None, updated: facts.now, ..store.clone() })
}

/// StartEventDataStoreIngestion.
pub fn start_ingestion(facts: &Facts<'_>, arn_or_id: &str) -> Result<EventDataStore, StoreError> {
    set_ingestion(facts, arn_or_id, Status::StoppedIngestion, true)
}

/// StopEventDataStoreIngestion.
pub fn stop_ingestion(facts: &Facts<'_>, arn_or_id: &str) -> Result<EventDataStore, StoreError> {
    set_ingestion(facts, arn_or_id, Status::Enabled, false)
}

fn set_ingestion(
    facts: &Facts<'_>,
    arn_or_id: &str,
    wanted: Status,
    ingesting: bool,
) -> Result<EventDataStore, StoreError> {
    let store = get(facts, arn_or_id)?;
    if !matches!(selectors::family(&store.selectors), Family::CloudTrail | Family::ConfigurationItem) {
        return Err(StoreError::InvalidCategory(store.arn.clone()));
    }
    if Status::of(store) != wanted {
        return Err(wrong_status(store, wanted));
    }
    Ok(EventDataStore { ingesting, updated: facts.now, ..store.clone() })
}

fn wrong_status(store: &EventDataStore, wanted: Status) -> StoreError {
    StoreError::InvalidStatus { arn: store.arn.clone(), status: Status::of(store), wanted }
}

/// The account's stores that are gone by now and can be forgotten.
pub fn gone(facts: &Facts<'_>) -> Vec<EventDataStoreArn> {
    let gone = facts.stores.iter().filter(|store| store.is_gone(facts.now));
    gone.map(|store| store.arn.clone()).collect()
}
