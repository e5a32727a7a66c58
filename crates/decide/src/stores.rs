//! The rules of event data stores: what each operation on them does, given the facts.
//!
//! Operations that change something return the store's whole new value, for the log; nothing is changed here.
//! A store belongs to the region that it was made in, whatever regions its events are from, and is reached there only.
//! A deleted store can be restored for seven days; from then on it is as if it had never been.

mod change;
mod error;
mod federation;
mod find;
mod plan;
mod quota;
mod settings;
mod status;

pub use change::{delete, gone, restore, start_ingestion, stop_ingestion};
pub use error::{ParameterError, StoreError};
pub use federation::{disable_federation, enable_federation};
pub use find::{active, get, list};
pub use plan::{CreateStore, Plan, create, update};
pub use settings::Settings;
pub use status::Status;

use crate::address::Place;
use crate::limits::Limits;
use cairn_model::{AccountId, Channel, EventDataStore, Timestamp};
use std::sync::Arc;

/// What an operation on event data stores or channels is decided by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// All event data stores of the account, of every region, in any order; those too that are gone by now.
    pub stores: &'a [Arc<EventDataStore>],
    /// All channels of the account, of every region, in any order.
    pub channels: &'a [Arc<Channel>],
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
    /// The account's stores that are there, those that are pending deletion too.
    fn present(&self) -> impl Iterator<Item = &'a EventDataStore> {
        let now = self.now;
        self.stores.iter().map(|store| &**store).filter(move |store| !store.is_gone(now))
    }

    /// Those of the caller's region.
    fn here(&self) -> impl Iterator<Item = &'a EventDataStore> {
        let region = self.region;
        self.present().filter(move |store| store.arn.region == region)
    }

    /// Where the caller speaks.
    pub(crate) fn place(&self) -> Place<'a> {
        Place { account: self.account, region: self.region }
    }
}

#[cfg(test)]
pub(crate) mod tests;
