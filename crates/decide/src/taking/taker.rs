//! One store, as it takes events.

use crate::selectors::Compiled;
use cairn_model::json::{members, string};
use cairn_model::record::StoreId;
use cairn_model::{AccountId, Category, ChannelArn, Event, EventDataStore, Field, MaxEventSize, Record};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// An event data store with all that decides which events it takes.
#[derive(Clone, Debug)]
pub struct Taker {
    pub(super) id: StoreId,
    pub(super) store: Arc<EventDataStore>,
    pub(super) selectors: Arc<Compiled>,
    /// The accounts of its organization, if it takes events of all of them.
    pub(super) accounts: BTreeSet<AccountId>,
    /// The channels that it is a destination of.
    pub(super) channels: BTreeSet<ChannelArn>,
}

/// What becomes of an event at one store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taking {
    /// The store takes it.
    Taken,
    /// The store would take it if it were smaller.
    TooLarge,
    /// It is not for the store.
    Passed,
}

impl Taker {
    /// The store's id.
    pub fn id(&self) -> StoreId {
        self.id
    }

    /// The store.
    pub fn store(&self) -> &EventDataStore {
        &self.store
    }

    /// Judges the event of a record. `home_region` is that of events that name none.
    pub fn judge(&self, record: &Record<'_>, home_region: &str) -> Taking {
        self.judge_by(record, home_region, |event| self.selectors.select(event))
    }

    /// The same where `selects` tells what its selectors say of the event.
    pub(super) fn judge_by(
        &self,
        record: &Record<'_>,
        home_region: &str,
        selects: impl FnOnce(&Event<'_>) -> bool,
    ) -> Taking {
        let event = record.event();
        let is_for_it = match record.destinations() {
            Some(stores) => stores.contains(&self.id) && self.takes_imported(&event),
            None => self.takes_source(&event, home_region) && selects(&event),
        };
        match is_for_it && self.is_kept(&event) {
            false => Taking::Passed,
            true if event.text().len() > self.event_bytes_max() => Taking::TooLarge,
            true => Taking::Taken,
        }
    }

    /// What is imported into a store need not come from its accounts and regions, nor be what is taken in otherwise; it
    /// has to be of a category that the store has columns for.
    fn takes_imported(&self, event: &Event<'_>) -> bool {
        !self.store.is_pending_deletion() && self.has_category(event)
    }

    fn has_category(&self, event: &Event<'_>) -> bool {
        let other = event.string(Field::EventCategory);
        let name = match event.category() {
            Category::Other => other.as_deref().unwrap_or_default(),
            category => category.name(),
        };
        let fields = self.store.selectors.iter().flat_map(|selector| &selector.field_selectors);
        fields
            .filter(|field| field.field == "eventCategory")
            .any(|field| field.equals.iter().any(|value| value == name))
    }

    /// Whether it takes events of this account and region, or of this channel, at all. Its selectors judge more.
    fn takes_source(&self, event: &Event<'_>, home_region: &str) -> bool {
        if !self.store.ingesting || self.store.is_pending_deletion() {
            return false;
        }
        if event.category() == Category::ActivityAuditLog
            && let Some(channel) = channel_of(event)
        {
            return self.takes_channel(&channel, event.account());
        }
        let account = event.account();
        (account == self.store.arn.account || self.accounts.contains(&account))
            && (self.store.multi_region || is_of_region(event, &self.store.arn.region, home_region))
    }

    /// Whoever posts an event writes its text, so that the channel has to be the account's.
    fn takes_channel(&self, channel: &str, account: AccountId) -> bool {
        channel
            .parse()
            .is_ok_and(|channel: ChannelArn| channel.account == account && self.channels.contains(&channel))
    }

    fn is_kept(&self, event: &Event<'_>) -> bool {
        event.event_time().plus(self.retention()) > event.arrival()
    }

    /// How long it keeps events, from their time on.
    pub fn retention(&self) -> Duration {
        Duration::from_secs(u64::from(self.store.retention_days) * 86_400)
    }

    fn event_bytes_max(&self) -> usize {
        match self.store.max_event_size {
            MaxEventSize::Standard => 256 << 10,
            MaxEventSize::Large => 1 << 20,
        }
    }

    /// Whether it takes the same events from the same places as `other`.
    pub(super) fn takes_as(&self, other: &Taker) -> bool {
        Arc::ptr_eq(&self.store, &other.store)
            && self.accounts == other.accounts
            && self.channels == other.channels
    }
}

fn is_of_region(event: &Event<'_>, region: &str, home_region: &str) -> bool {
    let named = event.string(Field::AwsRegion).filter(|name| !name.is_empty());
    named.map_or(home_region == region, |name| name == region)
}

/// The ARN of the channel that an event came through, as its text says.
fn channel_of<'a>(event: &Event<'a>) -> Option<std::borrow::Cow<'a, str>> {
    let (_, metadata) = event.unknown().find(|(key, _)| *key == "\"metadata\"")?;
    let (_, channel) = members(metadata).find(|(key, _)| *key == "\"channelARN\"")?;
    string(channel)
}
