//! The rules of trails: what each operation on trails does, given the facts.
//!
//! Operations that change something return the trail's whole new value, for the log; nothing is changed here.
//! A trail belongs to its home region. A multi-region trail is seen from every region, under its home ARN, as a
//! *shadow*, which can be read but not changed.

mod change;
mod error;
mod find;
mod select;

pub use change::{CreateTrail, Unbuilt, UpdateTrail, create, delete, start_logging, stop_logging, update};
pub use error::{ArnError, CombinationError, TrailError};
pub use find::{describe, get, list, status};
pub use select::{effective_selectors, has_custom_selectors, put_event_selectors};

use cairn_model::{AccountId, Timestamp, Trail};

/// What an operation on trails is decided by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// All trails of the account, of every home region, in any order.
    pub trails: &'a [Trail],
    /// The caller's account.
    pub account: AccountId,
    /// The region that the caller speaks to.
    pub region: &'a str,
    /// Now.
    pub now: Timestamp,
    /// How many trails a region may show, shadows included: 5 at AWS.
    pub trails_per_region_max: usize,
}

impl<'a> Facts<'a> {
    /// The account's trails that `region` shows, shadows included.
    fn visible_in(&self, region: &str) -> impl Iterator<Item = &'a Trail> {
        self.trails.iter().filter(move |trail| trail.multi_region || trail.arn.region == region)
    }
}

#[cfg(test)]
mod tests;
