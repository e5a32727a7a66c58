//! Policies that event data stores, channels and dashboards have themselves.

use cairn_decide::policy::{Policy, PolicyFault, Purpose};
use cairn_model::{AccountId, PolicedArn};
use cairn_store::catalog::CatalogState;

/// The policy of a resource of this account, if it has one. An error is a policy that cannot be read: what it denies is
/// not known.
pub(super) fn policy_of(
    state: &CatalogState,
    account: AccountId,
    resource: &str,
) -> Result<Option<Policy>, PolicyFault> {
    if state.resource_policies.is_empty() {
        return Ok(None);
    }
    let arn = resource.parse().ok().filter(|arn: &PolicedArn| arn.account() == account);
    let Some(stored) = arn.and_then(|arn| state.resource_policies.get(&arn)) else { return Ok(None) };
    // Those of channels do not leave `Resource` out, which was checked when they were put.
    Policy::parse(&stored.document, Purpose::OwnResource).map(Some).inspect_err(|fault| {
        tracing::error!(%fault, resource, "a stored policy cannot be read; nobody may do anything with its resource");
    })
}

#[cfg(test)]
mod tests;
