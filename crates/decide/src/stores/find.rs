//! Which store a caller means, and which ones a caller sees.

use super::Facts;
use super::error::StoreError;
use crate::address::{Kind, id_of};
use crate::paging::{Page, page};
use cairn_model::{EventDataStore, EventDataStoreArn};

/// GetEventDataStore: a store by its ARN or id, also one that is pending deletion. An organization's is named by its
/// ARN, as an id says nothing of the account that policies are asked about.
pub fn get<'a>(facts: &Facts<'a>, arn_or_id: &str) -> Result<&'a EventDataStore, StoreError> {
    let place = facts.place_of(arn_or_id);
    let id = id_of(Kind::EventDataStore, place, arn_or_id)?;
    let store = facts.here().find(|store| store.arn.id == id && store.arn.account == place.account);
    store.ok_or_else(|| StoreError::NotFound(arn_or_id.to_owned()))
}

/// A store that a statement names by its id, and that can be asked: the account's, or the organization's if the account
/// manages that.
pub fn asked<'a>(facts: &Facts<'a>, id: &str) -> Result<&'a EventDataStore, StoreError> {
    let id = id_of(Kind::EventDataStore, facts.place(), id)?;
    let of_account = |store: &&EventDataStore| store.arn.account == facts.account;
    let named = || facts.here().filter(|store| store.arn.id == id);
    let store = named().find(of_account).or_else(|| named().next());
    store.ok_or_else(|| StoreError::NotFound(id.to_owned())).and_then(require_active)
}

/// A store that is not pending deletion.
pub fn active<'a>(facts: &Facts<'a>, arn_or_id: &str) -> Result<&'a EventDataStore, StoreError> {
    require_active(get(facts, arn_or_id)?)
}

fn require_active(store: &EventDataStore) -> Result<&EventDataStore, StoreError> {
    match store.is_pending_deletion() {
        true => Err(StoreError::Inactive(store.arn.clone())),
        false => Ok(store),
    }
}

/// ListEventDataStores: the stores of the caller's region, those pending deletion too.
pub fn list<'a>(
    facts: &Facts<'a>,
    after: Option<&EventDataStoreArn>,
    max: usize,
) -> Page<&'a EventDataStore> {
    page(facts.here(), |store| &store.arn, after, max)
}
