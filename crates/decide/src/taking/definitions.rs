//! All stores, and what else decides which events they take.

use super::taker::{Taker, Taking};
use crate::selectors::Compiled;
use cairn_model::record::StoreId;
use cairn_model::{
    AccountId, Change, Channel, ChannelArn, Event, EventDataStore, EventDataStoreArn, Organization,
    OrganizationId, Record, Selectors,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Event data stores, channels and organizations. Cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    takers: BTreeMap<StoreId, Arc<Taker>>,
    channels: BTreeMap<ChannelArn, Arc<Channel>>,
    organizations: BTreeMap<OrganizationId, Arc<Organization>>,
    /// The stores that take events of an account, those with the same selectors beside each other.
    by_account: HashMap<AccountId, Vec<Arc<Taker>>>,
}

impl Definitions {
    /// These stores, channels and organizations.
    pub fn new(
        stores: impl IntoIterator<Item = Arc<EventDataStore>>,
        channels: impl IntoIterator<Item = Arc<Channel>>,
        organizations: impl IntoIterator<Item = Arc<Organization>>,
    ) -> Definitions {
        let mut definitions = Definitions {
            channels: channels.into_iter().map(|channel| (channel.arn.clone(), channel)).collect(),
            organizations: organizations.into_iter().map(|one| (one.id.clone(), one)).collect(),
            ..Definitions::default()
        };
        for store in stores {
            definitions.put(store);
        }
        definitions.group();
        definitions
    }

    /// The stores.
    pub fn takers(&self) -> impl Iterator<Item = &Arc<Taker>> {
        self.takers.values()
    }

    /// The store of this id.
    pub fn taker(&self, id: StoreId) -> Option<&Arc<Taker>> {
        self.takers.get(&id)
    }

    /// The channels.
    pub fn channels(&self) -> impl Iterator<Item = &Channel> {
        self.channels.values().map(|channel| &**channel)
    }

    /// The organizations.
    pub fn organizations(&self) -> impl Iterator<Item = &Organization> {
        self.organizations.values().map(|organization| &**organization)
    }

    /// Gives `take` every store that the record's event is for, with what becomes of it there.
    pub fn each_taking<'d>(
        &'d self,
        record: &Record<'_>,
        home_region: &str,
        mut take: impl FnMut(&'d Arc<Taker>, Taking),
    ) {
        let mut known: Option<(&Arc<Compiled>, bool)> = None;
        let offer = |taker: &'d Arc<Taker>| {
            let selects = |event: &Event<'_>| match known {
                Some((selectors, selected)) if Arc::ptr_eq(selectors, &taker.selectors) => selected,
                _ => {
                    let selected = taker.selectors.select(event);
                    known = Some((&taker.selectors, selected));
                    selected
                }
            };
            match taker.judge_by(record, home_region, selects) {
                Taking::Passed => {}
                taking => take(taker, taking),
            }
        };
        match record.destinations() {
            Some(stores) => stores.iter().filter_map(|id| self.takers.get(id)).for_each(offer),
            None => {
                let takers = self.by_account.get(&record.event().account());
                takers.into_iter().flatten().for_each(offer);
            }
        }
    }

    /// Applies changes; whatever else they are about is passed over. Returns the stores that take other events now, or are
    /// gone.
    pub fn apply(&mut self, changes: Vec<Change>) -> BTreeSet<StoreId> {
        let before = self.takers.clone();
        for change in changes {
            match change {
                Change::PutEventDataStore(store) => self.put(Arc::from(store)),
                Change::DeleteEventDataStore { arn } => drop(self.takers.remove(&store_id(&arn))),
                Change::PutChannel(channel) => self.put_channel(*channel),
                Change::DeleteChannel { arn } => self.delete_channel(&arn),
                Change::PutOrganization(organization) => {
                    self.organizations.insert(organization.id.clone(), Arc::from(organization));
                    self.retake(|store| store.organization);
                }
                Change::DeleteOrganization { id } => {
                    self.organizations.remove(&id);
                    self.retake(|store| store.organization);
                }
                _ => {}
            }
        }
        let is_same = |id: &&StoreId| match (before.get(*id), self.takers.get(*id)) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            _ => false,
        };
        let ids = before.keys().chain(self.takers.keys());
        let changed: BTreeSet<StoreId> = ids.filter(|id| !is_same(id)).copied().collect();
        if !changed.is_empty() {
            self.group();
        }
        changed
    }

    fn put_channel(&mut self, channel: Channel) {
        let old = self.channels.insert(channel.arn.clone(), Arc::new(channel.clone()));
        let old = old.map(|old| old.destinations.clone()).unwrap_or_default();
        self.retake(|store| channel.destinations.contains(&store.arn) || old.contains(&store.arn));
    }

    fn delete_channel(&mut self, arn: &ChannelArn) {
        if let Some(channel) = self.channels.remove(arn) {
            self.retake(|store| channel.destinations.contains(&store.arn));
        }
    }

    /// Makes those stores anew whose accounts or channels may have changed.
    fn retake(&mut self, is_concerned: impl Fn(&EventDataStore) -> bool) {
        let concerned = self.takers.values().filter(|taker| is_concerned(&taker.store));
        let stores: Vec<Arc<EventDataStore>> = concerned.map(|taker| Arc::clone(&taker.store)).collect();
        stores.into_iter().for_each(|store| self.put(store));
    }

    fn put(&mut self, store: Arc<EventDataStore>) {
        let id = store_id(&store.arn);
        let taker = Taker {
            id,
            selectors: self.selectors_of(&store),
            accounts: self.accounts_of(&store),
            channels: self.channels_to(&store.arn),
            store,
        };
        if self.takers.get(&id).is_none_or(|old| !taker.takes_as(old)) {
            self.takers.insert(id, Arc::new(taker));
        }
    }

    /// Stores with the same selectors share what they compile to.
    fn selectors_of(&self, store: &EventDataStore) -> Arc<Compiled> {
        let same = self.takers.values().find(|taker| taker.store.selectors == store.selectors);
        match same {
            Some(taker) => Arc::clone(&taker.selectors),
            None => Arc::new(Compiled::new(&Selectors::Advanced(store.selectors.clone()))),
        }
    }

    fn accounts_of(&self, store: &EventDataStore) -> BTreeSet<AccountId> {
        let is_its = |organization: &&Arc<Organization>| {
            store.organization && organization.management == store.arn.account
        };
        let organizations = self.organizations.values().filter(is_its);
        organizations.flat_map(|organization| organization.members.keys().copied()).collect()
    }

    fn channels_to(&self, store: &EventDataStoreArn) -> BTreeSet<ChannelArn> {
        let channels = self.channels.values().filter(|channel| channel.destinations.contains(store));
        channels.map(|channel| channel.arn.clone()).collect()
    }

    /// Finds for every account its stores.
    fn group(&mut self) {
        self.by_account.clear();
        for taker in self.takers.values() {
            let own = taker.store.arn.account;
            let channels = taker.channels.iter().map(|channel| channel.account);
            let accounts: BTreeSet<AccountId> =
                taker.accounts.iter().copied().chain(channels).chain([own]).collect();
            for account in accounts {
                self.by_account.entry(account).or_default().push(Arc::clone(taker));
            }
        }
        for takers in self.by_account.values_mut() {
            takers.sort_unstable_by_key(|taker| Arc::as_ptr(&taker.selectors));
        }
    }
}

/// The 16 bytes of the id in a store's ARN. One that is no UUID, which none is, has none of its own.
fn store_id(arn: &EventDataStoreArn) -> StoreId {
    let digits = arn.id.bytes().filter_map(|byte| char::from(byte).to_digit(16));
    let number = digits.take(32).fold(0u128, |number, digit| number << 4 | u128::from(digit));
    number.to_be_bytes()
}
