//! The trails that an account knows of: its own, and those of its organization.

use cairn_decide::limits::Limits;
use cairn_decide::trails::{Facts, Membership};
use cairn_model::{AccountId, Organization, Timestamp, Trail};
use cairn_store::catalog::CatalogState;
use std::sync::Arc;

/// What the catalog knows of an account's trails.
pub(crate) struct KnownTrails {
    account: AccountId,
    own: Vec<Arc<Trail>>,
    organization: Option<Arc<Organization>>,
    /// Of the organization's management account, if that is another.
    of_management: Vec<Arc<Trail>>,
}

impl KnownTrails {
    pub(crate) fn of(state: &CatalogState, account: AccountId) -> KnownTrails {
        let trails_of = |account| -> Vec<Arc<Trail>> { state.trails_of(account).cloned().collect() };
        let organization = state.organization_of(account).cloned();
        let management = organization.as_ref().map(|organization| organization.management);
        let other = management.filter(|management| *management != account);
        let of_management = other.map(trails_of).unwrap_or_default();
        KnownTrails { account, own: trails_of(account), organization, of_management }
    }

    /// What operations on trails are decided by.
    pub(crate) fn facts<'a>(&'a self, region: &'a str, now: Timestamp, limits: Limits) -> Facts<'a> {
        let membership = |organization: &'a Arc<Organization>| Membership {
            organization,
            trails: match organization.management == self.account {
                true => &self.own,
                false => &self.of_management,
            },
        };
        Facts {
            trails: &self.own,
            organization: self.organization.as_ref().map(membership),
            account: self.account,
            region,
            now,
            limits,
        }
    }

    /// The organization that the account belongs to.
    pub(crate) fn organization(&self) -> Option<&Arc<Organization>> {
        self.organization.as_ref()
    }
}
