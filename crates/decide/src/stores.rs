//! The rules of event data stores: what each operation on them does, given the facts.
//!
//! Operations that change something return the store's whole new value, for the log; nothing is changed here.
//! A store belongs to the region that it was made in, whatever regions its events are from, and is reached there only.
//! An organization's store belongs to the management account, and is reached by those who manage it.
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
pub use find::{active, asked, get, list};
pub use plan::{CreateStore, Plan, create, update};
pub use settings::Settings;
pub use status::Status;

use crate::address::{Arn, Place};
use crate::limits::Limits;
use cairn_model::{AccountId, Channel, EventDataStore, Organization, Timestamp};
use std::sync::Arc;

/// What an operation on event data stores or channels is decided by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// All event data stores of the account, of every region, in any order; those too that are gone by now.
    pub stores: &'a [Arc<EventDataStore>],
    /// All channels of the account, of every region, in any order.
    pub channels: &'a [Arc<Channel>],
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
    /// All event data stores of its management account, of every region, in any order.
    pub stores: &'a [Arc<EventDataStore>],
    /// All channels of its management account, of every region, in any order.
    pub channels: &'a [Arc<Channel>],
}

impl<'a> Facts<'a> {
    /// The stores that the caller reaches, those that are pending deletion too: the account's, and the organization's if
    /// the account is a delegated administrator.
    fn present(&self) -> impl Iterator<Item = &'a EventDataStore> {
        let shared = self.delegated_by().into_iter().flat_map(|membership| membership.stores);
        let (now, shared) = (self.now, shared.filter(|store| store.organization));
        self.stores.iter().chain(shared).map(|store| &**store).filter(move |store| !store.is_gone(now))
    }

    /// All stores of the account that a new or changed one belongs to: the caller's or the management account.
    fn beside(&self, new: &EventDataStore) -> impl Iterator<Item = &'a EventDataStore> {
        let of_organization =
            self.organization.filter(|_| new.arn.account != self.account).map(|membership| membership.stores);
        let (now, stores) = (self.now, of_organization.unwrap_or(self.stores));
        stores.iter().map(|store| &**store).filter(move |store| !store.is_gone(now))
    }

    /// All channels of the account that a store belongs to, which alone may deliver to it.
    fn channels_to(&self, store: &EventDataStore) -> &'a [Arc<Channel>] {
        let of_organization = self
            .organization
            .filter(|_| store.arn.account != self.account)
            .map(|membership| membership.channels);
        of_organization.unwrap_or(self.channels)
    }

    /// The organization, if the account is a delegated administrator of it.
    fn delegated_by(&self) -> Option<Membership<'a>> {
        let account = self.account;
        self.organization.filter(|membership| membership.organization.delegated.contains_key(&account))
    }

    /// The organization that the caller's account belongs to.
    fn organization(&self) -> Option<&'a Organization> {
        self.organization.map(|membership| membership.organization)
    }

    /// Whether stores of an account may be the caller's to reach.
    pub fn reaches(&self, account: AccountId) -> bool {
        let shared = self.delegated_by().map(|membership| membership.organization.management);
        account == self.account || shared == Some(account)
    }

    /// Where what is named so is looked for: an ARN may be of the organization's.
    fn place_of(&self, arn_or_id: &str) -> Place<'a> {
        let named = Arn::parse(arn_or_id).map(|arn| arn.account);
        let account = named.filter(|account| self.reaches(*account)).unwrap_or(self.account);
        Place { account, region: self.region }
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
