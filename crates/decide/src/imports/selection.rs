//! Which events of a file are taken.

use cairn_model::{AdvancedEventSelector, Category, Event, EventDataStore, MaxEventSize, Timestamp};
use std::time::Duration;

/// Which events an import takes. What else the store's selectors say does not matter, as at AWS: who imports has chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Events then or later.
    pub since: Option<Timestamp>,
    /// Events then or before.
    pub until: Option<Timestamp>,
    retention: Duration,
    event_bytes_max: usize,
    categories: Vec<Category>,
}

impl Selection {
    /// What a store takes of events of a time. What it would leave out is left out here too, as it would else be counted.
    pub fn of(store: &EventDataStore, since: Option<Timestamp>, until: Option<Timestamp>) -> Selection {
        Selection {
            since,
            until,
            retention: Duration::from_secs(u64::from(store.retention_days) * 86_400),
            event_bytes_max: match store.max_event_size {
                MaxEventSize::Standard => 256 << 10,
                MaxEventSize::Large => 1 << 20,
            },
            categories: store.selectors.iter().map(category_of).collect(),
        }
    }

    /// Whether an event is taken. One that is more than a day in the future is not: tables leave it out.
    pub fn takes(&self, event: &Event<'_>) -> bool {
        let time = event.event_time();
        time.plus(self.retention) > event.arrival()
            && event.text().len() <= self.event_bytes_max
            && self.since.is_none_or(|since| time >= since)
            && self.until.is_none_or(|until| time <= until)
            && self.categories.contains(&event.category())
            && !event.is_future()
    }

    pub(super) fn takes_category(&self, name: &str) -> bool {
        self.categories.contains(&Category::from_name(name))
    }
}

fn category_of(selector: &AdvancedEventSelector) -> Category {
    let field = selector.field_selectors.iter().find(|field| field.field == "eventCategory");
    let name = field.and_then(|field| field.equals.first());
    name.map_or(Category::Other, |name| Category::from_name(name))
}

#[cfg(test)]
pub(super) mod tests;
