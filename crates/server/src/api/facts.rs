//! What decisions are made by: what the catalog knows of the caller's account.

use super::{Call, KnownTrails};
use cairn_decide::{dashboards, organization, resource_policies, stores, tagging, trails};
use cairn_model::{Change, Channel, Dashboard, EventDataStore, Organization, PolicedArn, ResourcePolicy};
use std::sync::Arc;

/// What the catalog knows of one account.
pub(super) struct Known {
    pub(super) trails: KnownTrails,
    stores: Vec<Arc<EventDataStore>>,
    /// Of the organization's management account.
    shared_stores: Vec<Arc<EventDataStore>>,
    /// Of the organization's management account.
    shared_channels: Vec<Arc<Channel>>,
    channels: Vec<Arc<Channel>>,
    dashboards: Vec<Arc<Dashboard>>,
    policies: Vec<Arc<ResourcePolicy>>,
}

impl Call<'_> {
    /// What the catalog knows of the caller's account.
    pub(super) fn known(&self) -> Known {
        let (state, account) = (self.app.journal.catalog().state(), self.caller.account());
        let trails = KnownTrails::of(&state, account);
        let management = trails.organization().map(|organization| organization.management);
        let stores_of = |account| state.event_data_stores_of(account).cloned().collect();
        let channels_of = |account| state.channels_of(account).cloned().collect();
        Known {
            shared_stores: management.map(stores_of).unwrap_or_default(),
            shared_channels: management.map(channels_of).unwrap_or_default(),
            trails,
            stores: stores_of(account),
            channels: channels_of(account),
            dashboards: state.dashboards_of(account).cloned().collect(),
            policies: state.resource_policies_of(account).cloned().collect(),
        }
    }

    /// The trails of the caller's account and of its organization.
    pub(super) fn trails(&self) -> KnownTrails {
        KnownTrails::of(&self.app.journal.catalog().state(), self.caller.account())
    }

    /// The organization of the caller's account.
    pub(super) fn organization(&self) -> Option<Arc<Organization>> {
        self.app.journal.catalog().state().organization_of(self.caller.account()).cloned()
    }

    /// What operations on the organization are decided by.
    pub(super) fn organization_facts<'a>(
        &self,
        organization: Option<&'a Organization>,
    ) -> organization::Facts<'a> {
        organization::Facts { organization, account: self.caller.account(), now: self.now }
    }

    /// What operations on trails are decided by.
    pub(super) fn facts<'a>(&'a self, trails: &'a KnownTrails) -> trails::Facts<'a> {
        trails.facts(&self.caller.region, self.now, self.app.config.limits.limits())
    }

    /// What operations on event data stores and channels are decided by.
    pub(super) fn store_facts<'a>(&'a self, known: &'a Known) -> stores::Facts<'a> {
        let organization = known.trails.organization();
        let membership = |organization| stores::Membership {
            organization,
            stores: &known.shared_stores,
            channels: &known.shared_channels,
        };
        stores::Facts {
            stores: &known.stores,
            channels: &known.channels,
            organization: organization.map(|organization| membership(&**organization)),
            account: self.caller.account(),
            region: &self.caller.region,
            now: self.now,
            limits: self.app.config.limits.limits(),
        }
    }

    /// What operations on dashboards are decided by.
    pub(super) fn dashboard_facts<'a>(&'a self, known: &'a Known) -> dashboards::Facts<'a> {
        dashboards::Facts { dashboards: &known.dashboards, stores: self.store_facts(known) }
    }

    /// What operations on resource policies are decided by.
    pub(super) fn policy_facts<'a>(&'a self, known: &'a Known) -> resource_policies::Facts<'a> {
        resource_policies::Facts { policies: &known.policies, dashboards: self.dashboard_facts(known) }
    }

    /// What tags are decided by.
    pub(super) fn tagging_facts<'a>(&'a self, known: &'a Known) -> tagging::Facts<'a> {
        tagging::Facts { trails: self.facts(&known.trails), dashboards: self.dashboard_facts(known) }
    }

    /// The changes by which the account forgets what is gone by now: whatever changes the account makes them too.
    pub(crate) fn forgetting(&self) -> Vec<Change> {
        let state = self.app.journal.catalog().state();
        if !state.event_data_stores_of(self.caller.account()).any(|store| store.is_gone(self.now)) {
            return Vec::new();
        }
        let known = self.known();
        let gone = stores::gone(&self.store_facts(&known)).into_iter();
        gone.flat_map(|arn| {
            let policy = known.policy_goes(&PolicedArn::EventDataStore(arn.clone()));
            [Change::DeleteEventDataStore { arn }].into_iter().chain(policy)
        })
        .collect()
    }
}

impl Known {
    /// The change by which the policy of a resource goes that goes itself.
    pub(super) fn policy_goes(&self, resource: &PolicedArn) -> Option<Change> {
        let has_one = self.policies.iter().any(|policy| policy.resource == *resource);
        has_one.then(|| Change::DeleteResourcePolicy { arn: resource.clone() })
    }
}
