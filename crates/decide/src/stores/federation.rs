//! Federation: a store shown to other query engines.

use super::Facts;
use super::error::{ParameterError, StoreError};
use super::find::active;
use cairn_model::{AccountId, EventDataStore};

/// EnableFederation: the store with the role by which it is shown.
pub fn enable_federation(
    facts: &Facts<'_>,
    arn_or_id: &str,
    role_arn: &str,
) -> Result<EventDataStore, StoreError> {
    let store = active(facts, arn_or_id)?;
    if store.federation_role.is_some() {
        return Err(StoreError::FederationEnabled(store.arn.clone()));
    }
    if !is_role_of(facts.account, role_arn) {
        return Err(ParameterError::FederationRole(role_arn.to_owned()).into());
    }
    let federation_role = Some(role_arn.to_owned());
    Ok(EventDataStore { federation_role, updated: facts.now, ..store.clone() })
}

/// DisableFederation. A store that is not federated stays as it is.
pub fn disable_federation(facts: &Facts<'_>, arn_or_id: &str) -> Result<EventDataStore, StoreError> {
    let store = active(facts, arn_or_id)?;
    match store.federation_role {
        None => Ok(store.clone()),
        Some(_) => Ok(EventDataStore { federation_role: None, updated: facts.now, ..store.clone() }),
    }
}

/// `arn:aws:iam::<account>:role/[path/]<name>`: a role can be passed on within its account only.
fn is_role_of(account: AccountId, arn: &str) -> bool {
    let role = arn.strip_prefix(&format!("arn:aws:iam::{account}:role/"));
    role.is_some_and(|role| !role.is_empty() && !role.ends_with('/') && !role.contains(':'))
}
