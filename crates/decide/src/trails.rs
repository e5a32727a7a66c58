//! The rules of trails: what each operation on trails does, given the facts.
//!
//! Operations that change something return the trail's whole new value, for the log; nothing is changed here.
//! A trail belongs to its home region. A multi-region trail is seen from every region, under its home ARN, as a
//! *shadow*, which can be read but not changed.

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
pub use find::{Page, describe, get, list, status};
pub use grants::GrantError;
pub use logs::{LogGroupError, LogRoleError};
pub use plan::{
    Answers, BucketAnswer, CreateTrail, Plan, PolicyText, Questions, TargetFault, create, update,
};
pub use select::{effective_selectors, has_custom_selectors, put_event_selectors};
pub use settings::{Settings, Unbuilt};

use cairn_model::{AccountId, Timestamp, Trail};
use std::sync::Arc;

/// What an operation on trails is decided by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// All trails of the account, of every home region, in any order.
    pub trails: &'a [Arc<Trail>],
    /// The caller's account.
    pub account: AccountId,
    /// The region that the caller speaks to.
    pub region: &'a str,
    /// Now.
    pub now: Timestamp,
    /// How much is allowed.
    pub limits: Limits,
}

impl<'a> Facts<'a> {
    /// All trails of the account.
    fn all(&self) -> impl Iterator<Item = &'a Trail> {
        self.trails.iter().map(|trail| &**trail)
    }

    /// The account's trails that the caller's region shows, shadows included.
    fn visible(&self) -> impl Iterator<Item = &'a Trail> {
        let region = self.region;
        self.all().filter(move |trail| trail.multi_region || trail.arn.region == region)
    }
}

#[cfg(test)]
mod tests;
