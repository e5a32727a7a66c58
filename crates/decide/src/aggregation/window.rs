//! One window of one region: how often each value came.

use super::facts::{Dimension, Facts};
use super::names::{NameId, Names};
use super::summary::{Statistics, Summary};
use super::{RECORD_BYTES_MAX, WindowKey};
use cairn_model::{AggregationTemplate, Timestamp};
use std::collections::BTreeMap;

/// What was counted within a window.
#[derive(Debug)]
pub(super) struct Window {
    opened: Timestamp,
    names: Names,
    groups: BTreeMap<GroupKey, Group>,
    /// Of the groups.
    bytes: usize,
}

/// What has a record of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GroupKey {
    /// The primary one.
    pub(super) dimension: Dimension,
    pub(super) source: NameId,
    pub(super) primary: NameId,
}

/// The events of one record.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) events: u64,
    pub(super) details: BTreeMap<(Dimension, NameId), u64>,
    /// Of its record, about.
    record_bytes: usize,
}

/// A group that takes no more events.
pub(super) type Closed = (GroupKey, Group);

/// Memory of a group beside its details, and of a detail: entries of trees that are two thirds full.
const GROUP_BYTES: usize = 128;
const DETAIL_BYTES: usize = 40;

/// What a detail takes in a record beside its value: names of members, digits, punctuation.
const DETAIL_TEXT_BYTES: usize = 32;

impl Window {
    /// One in which nothing is counted, opened at this time.
    pub(super) fn new(opened: Timestamp) -> Window {
        Window { opened, names: Names::default(), groups: BTreeMap::new(), bytes: 0 }
    }

    /// When it was opened.
    pub(super) fn opened(&self) -> Timestamp {
        self.opened
    }

    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    pub(super) fn names_mut(&mut self) -> &mut Names {
        &mut self.names
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = (&GroupKey, &Group)> {
        self.groups.iter()
    }

    /// Memory that it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.names.bytes() + self.bytes
    }

    /// Counts an event under each template whose primary dimension it has. Returns the groups that are full with it.
    pub(super) fn count(&mut self, templates: &[AggregationTemplate], facts: &Facts<'_>) -> Vec<Closed> {
        let source = self.names.id(facts.source());
        let values = facts.values().map(|value| value.map(|value| self.names.id(value)));
        let mut closed = Vec::new();
        for dimension in templates.iter().copied().map(Dimension::primary_of) {
            let Some(primary) = values[dimension as usize] else { continue };
            let key = GroupKey { dimension, source, primary };
            for (detail, value) in Dimension::ALL.into_iter().zip(values) {
                if let Some(value) = value.filter(|_| detail != dimension) {
                    self.add(key, detail, value, 1);
                }
            }
            self.add_events(key, 1);
            closed.extend(self.take_full(key));
        }
        closed
    }

    fn take_full(&mut self, key: GroupKey) -> Option<Closed> {
        if self.groups.get(&key)?.record_bytes < RECORD_BYTES_MAX {
            return None;
        }
        let group = self.groups.remove(&key)?;
        self.bytes -= group.bytes();
        Some((key, group))
    }

    /// Adds events to a group.
    pub(super) fn add_events(&mut self, key: GroupKey, events: u64) {
        self.group(key).events += events;
    }

    /// Adds to a detail of a group.
    pub(super) fn add(&mut self, key: GroupKey, dimension: Dimension, value: NameId, events: u64) {
        let value_bytes = self.names.name_bytes(value);
        let group = self.group(key);
        if let Some(count) = group.details.get_mut(&(dimension, value)) {
            *count += events;
            return;
        }
        group.details.insert((dimension, value), events);
        group.record_bytes += DETAIL_TEXT_BYTES + value_bytes;
        self.bytes += DETAIL_BYTES;
    }

    fn group(&mut self, key: GroupKey) -> &mut Group {
        let bytes = &mut self.bytes;
        self.groups.entry(key).or_insert_with(|| {
            *bytes += GROUP_BYTES;
            Group::default()
        })
    }

    /// What a group says; `window` is this one's key.
    pub(super) fn summary(&self, window: &WindowKey, (key, group): Closed) -> Summary {
        let mut details: Vec<(Dimension, Statistics)> = Vec::new();
        for ((dimension, value), count) in group.details {
            let statistic = (self.names.name(value), count);
            match details.last_mut() {
                Some((last, statistics)) if *last == dimension => statistics.push(statistic),
                _ => details.push((dimension, vec![statistic])),
            }
        }
        for (_, statistics) in &mut details {
            // The most frequent first; among equals by name, so that the same counts give the same text.
            statistics.sort_by(|(name_a, a), (name_b, b)| b.cmp(a).then_with(|| name_a.cmp(name_b)));
        }
        Summary {
            region: window.region.clone(),
            start: window.start,
            source: self.names.name(key.source),
            primary: (key.dimension, self.names.name(key.primary)),
            events: group.events,
            details,
        }
    }

    /// What all groups say.
    pub(super) fn into_summaries(mut self, window: &WindowKey) -> Vec<Summary> {
        let groups = std::mem::take(&mut self.groups);
        groups.into_iter().map(|closed| self.summary(window, closed)).collect()
    }
}

impl Group {
    fn bytes(&self) -> usize {
        GROUP_BYTES + self.details.len() * DETAIL_BYTES
    }
}
