//! Creating and updating stores, in two steps like trails: a plan, made of what the catalog knows, and its end, when
//! KMS has answered.

use super::Facts;
use super::error::{ParameterError, StoreError};
use super::find::active;
use super::quota;
use super::settings::{Settings, check_update, retention_default};
use crate::organization::managed;
use crate::selectors::default_store_selectors;
use crate::tags::{self, Tag};
use crate::trails::{Answers, Questions, TargetFault};
use cairn_model::{BillingMode, EventDataStore, EventDataStoreArn, MaxEventSize};
use std::collections::BTreeMap;

/// CreateEventDataStore's members.
#[derive(Clone, Debug, Default)]
pub struct CreateStore {
    /// A new UUID, the store's id.
    pub id: String,
    /// `Name`.
    pub name: String,
    /// `TagsList`.
    pub tags: Vec<Tag>,
    /// `StartIngestion`.
    pub start_ingestion: Option<bool>,
    /// All others.
    pub settings: Settings,
}

/// A store that is as it should be, if KMS says so.
#[derive(Clone, Debug)]
pub struct Plan {
    store: EventDataStore,
    questions: Questions,
}

/// CreateEventDataStore: plans the new store.
pub fn create(facts: &Facts<'_>, request: &CreateStore) -> Result<Plan, StoreError> {
    let store = request.settings.applied_to(facts, &blank(facts, request)?)?;
    let store = EventDataStore { tags: tags::added(&BTreeMap::new(), &request.tags)?, ..store };
    quota::refuse_taken_name(facts, &store)?;
    quota::refuse_too_many(facts, &store)?;
    Ok(Plan::new(&request.settings, store))
}

/// UpdateEventDataStore: plans the store with its new name and settings.
pub fn update(
    facts: &Facts<'_>,
    arn_or_id: &str,
    name: Option<&str>,
    settings: &Settings,
) -> Result<Plan, StoreError> {
    let old = active(facts, arn_or_id)?;
    if name.is_none() && settings.is_empty() {
        return Err(ParameterError::NothingToUpdate.into());
    }
    let mut store = settings.applied_to(facts, old)?;
    if let Some(name) = name {
        name.clone_into(&mut store.name);
    }
    check_update(old, &store)?;
    quota::refuse_taken_name(facts, &store)?;
    if store.multi_region
        && !old.multi_region
        && let Some(region) = quota::full_region(facts, &store)
    {
        return Err(ParameterError::RegionFull(region.to_owned()).into());
    }
    store.updated = facts.now;
    Ok(Plan::new(settings, store))
}

/// AWS's defaults. An organization's store belongs to the management account, whoever makes it.
fn blank(facts: &Facts<'_>, request: &CreateStore) -> Result<EventDataStore, StoreError> {
    let billing_mode = request.settings.billing_mode.unwrap_or(BillingMode::Extendable);
    let organization = request.settings.organization.unwrap_or(false);
    let account = match organization {
        true => managed(facts.organization(), facts.account)?.management,
        false => facts.account,
    };
    Ok(EventDataStore {
        arn: EventDataStoreArn { region: facts.region.to_owned(), account, id: request.id.clone() },
        name: request.name.clone(),
        selectors: default_store_selectors(),
        multi_region: true,
        organization,
        retention_days: retention_default(billing_mode),
        billing_mode,
        termination_protection: true,
        ingesting: request.start_ingestion.unwrap_or(true),
        deleted: None,
        kms_key: None,
        federation_role: None,
        insights: None,
        max_event_size: MaxEventSize::Standard,
        context_keys: Vec::new(),
        tags: BTreeMap::new(),
        created: facts.now,
        updated: facts.now,
    })
}

impl Plan {
    fn new(settings: &Settings, store: EventDataStore) -> Plan {
        let questions = Questions { kms_key: settings.kms_key.clone(), ..Questions::default() };
        Plan { store, questions }
    }

    /// What has to be asked before [`Plan::settle`].
    pub fn questions(&self) -> &Questions {
        &self.questions
    }

    /// The store, if the answers allow it. A key that was set once stays.
    pub fn settle(self, answers: &Answers) -> Result<EventDataStore, StoreError> {
        let Plan { mut store, questions } = self;
        if answers.questions != questions {
            return Err(StoreError::Conflict(store.name));
        }
        if let (Some(key), Some(answer)) = (&questions.kms_key, &answers.kms_key) {
            let arn = answer.clone().map_err(|fault| key_error(key, &fault))?;
            if store.kms_key.as_ref().is_some_and(|old| *old != arn) {
                return Err(ParameterError::OtherKmsKey(store.arn).into());
            }
            store.kms_key = Some(arn);
        }
        Ok(store)
    }
}

fn key_error(key: &str, fault: &TargetFault) -> StoreError {
    let key = key.to_owned();
    match fault {
        TargetFault::NotFound => StoreError::KmsKeyNotFound(key),
        TargetFault::NotUsable { state } => StoreError::Kms { key, code: state.clone() },
        TargetFault::Refused { code } if code.starts_with("AccessDenied") => {
            StoreError::InsufficientEncryptionPolicy(key)
        }
        TargetFault::Refused { code } => StoreError::Kms { key, code: code.clone() },
    }
}
