//! The rules of trails: what each operation on trails does, given the facts.
//!
//! Operations that change something return the trail's whole new value, for the log; nothing is changed here.
//! A trail belongs to its home region. A multi-region trail is seen from every region, under its home ARN, as a
//! *shadow*, which can be read but not changed. An organization's trail belongs to the management account, and is seen
//! by all accounts of the organization, as a shadow by those that do not manage it.

mod change;
mod error;
mod find;
mod grants;
mod logs;
mod plan;
mod quota;
mod select;
mod settings;

pub use crate::limits::Limits;
pub use change::{delete, start_logging, stop_logging};
pub use error::{ArnError, CombinationError, TrailError};
pub(crate) use find::to_change;
pub use find::{describe, get, list, status};
pub use grants::GrantError;
pub use logs::{
    LogGroupError, LogGroupSettings, LogRoleError, LogStream, LogStreamAnswer, LogStreamFault,
    LogsUnavailable,
};
pub use plan::{
    Answers, BucketAnswer, CreateTrail, Plan, PolicyText, Questions, TargetFault, create, update,
};
pub use select::{effective_selectors, has_custom_selectors, put_event_selectors};
pub use settings::Settings;

use crate::organization::{NotManager, managed};
use cairn_model::{AccountId, Organization, Timestamp, Trail};
use std::sync::Arc;

/// What an operation on trails is decided by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// All trails of the account, of every home region, in any order.
    pub trails: &'a [Arc<Trail>],
    /// The organization that the account belongs to.
    pub organization: Option<Membership<'a>>,
    /// The caller's account.
    pub account: AccountId,
    /// The region that the caller speaks to.
    pub region: &'a str,
    /// Now.
    pub now: Timestamp,
    /// How much is allowed.
    pub limits: Limits,
}

/// An organization that an account belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Membership<'a> {
    /// The organization.
    pub organization: &'a Organization,
    /// All trails of its management account, of every home region, in any order.
    pub trails: &'a [Arc<Trail>],
}

impl<'a> Facts<'a> {
    /// All trails of the account, then those of its organization.
    pub(crate) fn all(&self) -> impl Iterator<Item = &'a Trail> {
        let account = self.account;
        let is_others = move |membership: &Membership<'a>| membership.organization.management != account;
        let shared = self.organization.filter(is_others).into_iter().flat_map(|membership| {
            let id = Some(&membership.organization.id);
            membership.trails.iter().filter(move |trail| trail.organization.as_ref() == id)
        });
        self.trails.iter().chain(shared).map(|trail| &**trail)
    }

    /// All trails of the account that a new or changed trail belongs to: the caller's or the management account.
    fn beside(&self, new: &Trail) -> impl Iterator<Item = &'a Trail> {
        let of_organization =
            self.organization.filter(|_| new.arn.account != self.account).map(|membership| membership.trails);
        of_organization.unwrap_or(self.trails).iter().map(|trail| &**trail)
    }

    /// The organization that the caller's account belongs to.
    fn organization(&self) -> Option<&'a Organization> {
        self.organization.map(|membership| membership.organization)
    }

    /// Whether trails of an account may be seen: the caller's own, and the organization's.
    fn may_see(&self, account: AccountId) -> bool {
        account == self.account || self.organization().is_some_and(|found| found.management == account)
    }

    /// Refuses to let the caller change a trail that is another account's: only who manages the organization may.
    pub(crate) fn require_managed(&self, trail: &Trail) -> Result<(), NotManager> {
        match trail.arn.account == self.account {
            true => Ok(()),
            false => managed(self.organization(), self.account).map(drop),
        }
    }

    /// The trails that the caller's region shows, shadows included.
    fn visible(&self) -> impl Iterator<Item = &'a Trail> {
        let region = self.region;
        self.all().filter(move |trail| trail.multi_region || trail.arn.region == region)
    }
}

#[cfg(test)]
mod tests;
