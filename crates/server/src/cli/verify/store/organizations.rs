//! The organizations that the log and the outbox tell of, and whose events their trails take.

use cairn_model::{AccountId, Organization, OrganizationId, Trail};
use std::collections::{BTreeMap, BTreeSet};

/// Organizations as they are at some position.
#[derive(Clone, Debug, Default)]
pub(super) struct Organizations(BTreeMap<OrganizationId, Organization>);

impl Organizations {
    pub(super) fn put(&mut self, organization: Organization) {
        self.0.insert(organization.id.clone(), organization);
    }

    pub(super) fn remove(&mut self, id: &OrganizationId) {
        self.0.remove(id);
    }

    /// The accounts whose events a trail takes.
    pub(super) fn accounts_of(&self, trail: &Trail) -> BTreeSet<AccountId> {
        let organization = trail.organization.as_ref().and_then(|id| self.0.get(id));
        let members = organization.into_iter().flat_map(|organization| organization.members.keys());
        members.copied().chain([trail.arn.account]).collect()
    }

    /// The accounts that one of them may take events of: an account, and all that are or were in an organization with it.
    pub(super) fn beside(&self, account: AccountId) -> BTreeSet<AccountId> {
        let with_it = self.0.values().filter(|organization| organization.has(account));
        let members = with_it.flat_map(|organization| organization.members.keys().copied());
        members.chain([account]).collect()
    }

    /// Adds the accounts of another to those of its organization.
    pub(super) fn join(&mut self, organization: &Organization) {
        let known = self.0.entry(organization.id.clone()).or_insert_with(|| organization.clone());
        known.members.extend(organization.members.iter().map(|(account, member)| (*account, member.clone())));
    }
}
