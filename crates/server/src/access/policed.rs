//! Policies that event data stores, channels and dashboards have themselves.

use cairn_decide::policy::{Policy, PolicyFault, Purpose};
use cairn_model::{AccountId, Organization, PolicedArn};
use cairn_store::catalog::CatalogState;
use std::sync::Arc;

/// The policy of a resource that is this account's or that it manages, if it has one. An error is a policy that cannot be
/// read: what it denies is not known.
pub(crate) fn resource_policy(
    state: &CatalogState,
    account: AccountId,
    resource: &str,
) -> Result<Option<Policy>, PolicyFault> {
    if state.resource_policies.is_empty() {
        return Ok(None);
    }
    let arn = resource.parse().ok().filter(|arn: &PolicedArn| manages(state, account, arn.account()));
    let Some(stored) = arn.and_then(|arn| state.resource_policies.get(&arn)) else { return Ok(None) };
    // Those of channels do not leave `Resource` out, which was checked when they were put.
    Policy::parse(&stored.document, Purpose::OwnResource).map(Some).inspect_err(|fault| {
        tracing::error!(%fault, resource, "a stored policy cannot be read; nobody may do anything with its resource");
    })
}

/// Whether what is one account's is another's to manage: its own, and the management account's if it manages the
/// organization.
pub(crate) fn manages(state: &CatalogState, account: AccountId, owner: AccountId) -> bool {
    let for_organization = |organization: &Arc<Organization>| {
        organization.management == owner && organization.is_managed_by(account)
    };
    account == owner || state.organization_of(account).is_some_and(for_organization)
}

#[cfg(test)]
mod tests;
