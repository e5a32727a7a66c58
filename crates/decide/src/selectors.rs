//! Which events a trail or an event data store takes: basic and advanced event selectors, compiled to one predicate.
//!
//! What AWS leaves open is decided so:
//! - An event that does not say `readOnly` counts as a write, in basic and in advanced selectors: a
//!   trail that watches changes then misses none.
//! - A resource that names an `ARNPrefix` instead of an `ARN` (ListObjects does) is matched by it.
//! - Insight and aggregated events are never taken by event selectors; insight selectors are for them.

mod advanced;
mod basic;
mod check;
mod logged;
mod operators;
mod resource;
mod store;
mod texts;

pub use check::{
    SelectorError, Subject, check_advanced, check_basic, check_store_selectors, read_write_type,
};
pub use logged::{Logged, logged, logged_advanced};
pub(crate) use resource::resources;
pub use store::{Family, default_store_selectors, family};

use advanced::Advanced;
use basic::Basic;
use cairn_model::{Category, Event, EventSelector, Selectors};

/// Selectors ready to judge events. Judging allocates nothing unless a value that a selector asks for has
/// JSON escapes.
#[derive(Clone, Debug)]
pub struct Compiled {
    rules: Vec<Rule>,
}

/// One selector; an event is taken if any takes it.
#[derive(Clone, Debug)]
enum Rule {
    Basic(Basic),
    Advanced(Advanced),
}

impl Compiled {
    /// Compiles selectors. Those that [`check_basic`] or [`check_advanced`] would refuse compile too: a field
    /// that is not known is one that every event lacks.
    pub fn new(selectors: &Selectors) -> Compiled {
        let rules = match selectors {
            Selectors::Default => vec![Rule::Basic(Basic::new(&EventSelector::default()))],
            Selectors::Basic(selectors) => {
                selectors.iter().map(|selector| Rule::Basic(Basic::new(selector))).collect()
            }
            Selectors::Advanced(selectors) => {
                selectors.iter().map(|selector| Rule::Advanced(Advanced::new(selector))).collect()
            }
        };
        Compiled { rules }
    }

    /// Whether any selector takes the event. Account, region and origin are not looked at: those
    /// are the trail's affair.
    pub fn takes(&self, event: &Event<'_>) -> bool {
        if !matches!(
            event.category(),
            Category::Management | Category::Data | Category::NetworkActivity | Category::Other
        ) {
            return false;
        }
        self.select(event)
    }

    /// The same for an event data store, which takes events of all categories that its selectors name.
    pub fn select(&self, event: &Event<'_>) -> bool {
        self.rules.iter().any(|rule| match rule {
            Rule::Basic(basic) => basic.takes(event),
            Rule::Advanced(advanced) => advanced.takes(event),
        })
    }
}

/// `readOnly`; an event that does not say counts as a write.
fn is_read(event: &Event<'_>) -> bool {
    event.read_only().unwrap_or(false)
}

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;
