//! What decisions are made by: what the catalog knows of the caller's account.

use super::Call;
use cairn_decide::{dashboards, resource_policies, stores, tagging, trails};
use cairn_model::{Change, Channel, Dashboard, EventDataStore, PolicedArn, ResourcePolicy, Trail};
use std::sync::Arc;

/// What the catalog knows of one account.
pub(super) struct Known {
    trails: Vec<Arc<Trail>>,
    stores: Vec<Arc<EventDataStore>>,
    channels: Vec<Arc<Channel>>,
    dashboards: Vec<Arc<Dashboard>>,
    policies: Vec<Arc<ResourcePolicy>>,
}

impl Call<'_> {
    /// What the catalog knows of the caller's account.
    pub(super) fn known(&self) -> Known {
        let (state, account) = (self.app.journal.catalog().state(), self.caller.account());
        Known {
            trails: state.trails_of(account).cloned().collect(),
            stores: state.event_data_stores_of(account).cloned().collect(),
            channels: state.channels_of(account).cloned().collect(),
            dashboards: state.dashboards_of(account).cloned().collect(),
            policies: state.resource_policies_of(account).cloned().collect(),
        }
    }

    /// The trails of the caller's account.
    pub(super) fn trails(&self) -> Vec<Arc<Trail>> {
        let state = self.app.journal.catalog().state();
        state.trails_of(self.caller.account()).cloned().collect()
    }

    /// What operations on trails are decided by.
    pub(super) fn facts<'a>(&'a self, trails: &'a [Arc<Trail>]) -> trails::Facts<'a> {
        trails::Facts {
            trails,
            account: self.caller.account(),
            region: &self.caller.region,
            now: self.now,
            limits: self.app.config.limits.limits(),
        }
    }

    /// What operations on trails are decided by, where more than trails is known.
    pub(super) fn trail_facts<'a>(&'a self, known: &'a Known) -> trails::Facts<'a> {
        self.facts(&known.trails)
    }

    /// What operations on event data stores and channels are decided by.
    pub(super) fn store_facts<'a>(&'a self, known: &'a Known) -> stores::Facts<'a> {
        stores::Facts {
            stores: &known.stores,
            channels: &known.channels,
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
        tagging::Facts { trails: self.trail_facts(known), dashboards: self.dashboard_facts(known) }
    }

    /// The changes by which the account forgets what is gone by now: whatever changes the account makes them too.
    pub(crate) fn forgetting(&self) -> Vec<Change> {
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
