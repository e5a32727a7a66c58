//! Aggregates as they survive a restart.

use super::facts::Dimension;
use super::names::NameId;
use super::window::{Group, GroupKey, Window};
use super::{Aggregates, WindowKey};
use cairn_model::{AggregationTemplate, Timestamp};
use serde::{Deserialize, Serialize};

/// What [`Aggregates`] have counted, for disks. The order of [`Dimension::ALL`] is part of the format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAggregates {
    windows: Vec<StoredWindow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct StoredWindow {
    start: Timestamp,
    region: String,
    opened: Timestamp,
    /// What the numbers in `groups` stand for.
    names: Vec<String>,
    groups: Vec<StoredGroup>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct StoredGroup {
    /// The primary one.
    dimension: Dimension,
    source: u32,
    primary: u32,
    events: u64,
    /// By dimension: value and number of events.
    details: [Vec<(u32, u64)>; Dimension::ALL.len()],
}

impl Aggregates {
    /// What is counted now.
    pub fn to_stored(&self) -> StoredAggregates {
        let window = |(key, window): (&WindowKey, &Window)| StoredWindow {
            start: key.start,
            region: key.region.clone(),
            opened: window.opened(),
            names: window.names().all().map(str::to_owned).collect(),
            groups: window.groups().map(|(key, group)| StoredGroup::new(*key, group)).collect(),
        };
        StoredAggregates { windows: self.windows.iter().map(window).collect() }
    }

    /// Goes on from what was counted.
    pub fn from_stored(templates: &[AggregationTemplate], stored: StoredAggregates) -> Aggregates {
        let mut aggregates = Aggregates::new(templates);
        for stored in stored.windows {
            let window = stored.window();
            aggregates.bytes += window.bytes();
            aggregates.windows.insert(WindowKey { start: stored.start, region: stored.region }, window);
        }
        aggregates
    }
}

impl StoredGroup {
    fn new(key: GroupKey, group: &Group) -> StoredGroup {
        let mut details: [Vec<(u32, u64)>; Dimension::ALL.len()] = Default::default();
        for ((dimension, value), count) in &group.details {
            details[*dimension as usize].push((value.number(), *count));
        }
        StoredGroup {
            dimension: key.dimension,
            source: key.source.number(),
            primary: key.primary.number(),
            events: group.events,
            details,
        }
    }
}

impl StoredWindow {
    fn window(&self) -> Window {
        let mut window = Window::new(self.opened);
        // Ids are given in the order of the names, and each name is there once: they are the same again.
        let ids: Vec<NameId> = self.names.iter().map(|name| window.names_mut().id(name)).collect();
        let id = |number: u32| ids.get(number as usize).copied();
        for group in &self.groups {
            let (Some(source), Some(primary)) = (id(group.source), id(group.primary)) else { continue };
            let key = GroupKey { dimension: group.dimension, source, primary };
            window.add_events(key, group.events);
            for (dimension, values) in Dimension::ALL.into_iter().zip(&group.details) {
                for (value, count) in values.iter().filter_map(|(value, count)| Some((id(*value)?, *count))) {
                    window.add(key, dimension, value, count);
                }
            }
        }
        window
    }
}
