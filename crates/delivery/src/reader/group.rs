//! Trails of one account that take exactly the same events: these are judged and gathered once for all.

use super::cut::CutFile;
use super::following::Following;
use super::gathering::{Entry, Gathering};
use super::global::{is_global, is_own_delivery};
use super::regions::RegionId;
use cairn_decide::names::LogKind;
use cairn_decide::selectors::Compiled;
use cairn_model::{Event, Selectors, Trail, TrailArn};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What a trail says beside its selectors about which events it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    /// Events of this region only.
    region: Option<String>,
    global_services: bool,
    /// No events that deliveries to this bucket cause.
    not_delivered_to: Option<String>,
}

/// Selectors, and the groups of trails that have them.
pub(super) struct Rule {
    selectors: Selectors,
    compiled: Compiled,
    pub(super) groups: Vec<Group>,
}

/// Trails that take the same events, and what waits for their next cut.
pub(super) struct Group {
    scope: Scope,
    pub(super) members: BTreeSet<TrailArn>,
    waiting: BTreeMap<Slot, Gathering>,
}

/// Which of a group's files an event goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot {
    pub(super) region: RegionId,
    pub(super) kind: LogKind,
    /// Whether it is an event that tells of a gap, which no quota leaves out.
    pub(super) tells_of_gap: bool,
}

impl Scope {
    fn of(trail: &Trail) -> Scope {
        Scope {
            region: (!trail.multi_region).then(|| trail.arn.region.clone()),
            global_services: trail.include_global_service_events,
            not_delivered_to: (!trail.recursive_logging).then(|| trail.bucket.clone()),
        }
    }

    fn takes(&self, event: &Event<'_>, region: &str) -> bool {
        self.region.as_ref().is_none_or(|only| only == region)
            && (self.global_services || !is_global(event, region))
            && self.not_delivered_to.as_ref().is_none_or(|bucket| !is_own_delivery(event, bucket))
    }
}

/// Whether an update from `old` to `new` leaves open neither which events are taken nor where they go.
pub(super) fn goes_on_as_before(old: &Trail, new: &Trail) -> bool {
    old.logging.is_on() == new.logging.is_on()
        && old.log_file_validation == new.log_file_validation
        && old.bucket == new.bucket
        && old.prefix == new.prefix
        && old.organization == new.organization
        && Scope::of(old) == Scope::of(new)
        && selectors_of(old) == selectors_of(new)
}

/// The selectors without what selects nothing, so that trails that take the same have the same.
fn selectors_of(trail: &Trail) -> Selectors {
    let effective: Cow<'_, Selectors> = cairn_decide::trails::effective_selectors(trail);
    let mut selectors = effective.into_owned();
    if let Selectors::Advanced(advanced) = &mut selectors {
        for selector in advanced {
            selector.name = None;
        }
    }
    selectors
}

/// Adds a trail that logs: to a group that takes the same and in which nothing waits, or as a new one.
pub(super) fn join(rules: &mut Vec<Rule>, trail: &Trail) {
    let selectors = selectors_of(trail);
    let rule = match rules.iter().position(|rule| rule.selectors == selectors) {
        Some(index) => &mut rules[index],
        None => {
            let compiled = Compiled::new(&selectors);
            rules.push(Rule { selectors, compiled, groups: Vec::new() });
            rules.last_mut().expect("it was just pushed")
        }
    };
    let scope = Scope::of(trail);
    let arn = trail.arn.clone();
    match rule.groups.iter_mut().find(|group| group.scope == scope && group.waiting.is_empty()) {
        Some(group) => {
            group.members.insert(arn);
        }
        None => rule.groups.push(Group { scope, members: BTreeSet::from([arn]), waiting: BTreeMap::new() }),
    }
}

/// Takes a trail out of its group, and returns what waited for it there.
pub(super) fn leave(rules: &mut Vec<Rule>, arn: &TrailArn) -> Vec<(Slot, Gathering)> {
    let mut waited = Vec::new();
    for rule in &mut *rules {
        for group in &mut rule.groups {
            if !group.members.remove(arn) {
                continue;
            }
            waited.extend(group.waiting.iter().map(|(slot, gathering)| (*slot, gathering.clone())));
        }
        rule.groups.retain(|group| !group.members.is_empty());
    }
    rules.retain(|rule| !rule.groups.is_empty());
    waited
}

impl Rule {
    pub(super) fn takes(&self, event: &Event<'_>) -> bool {
        self.compiled.takes(event)
    }

    /// Joins groups that differ in nothing any more, now that nothing waits in them.
    pub(super) fn merge_groups(&mut self) {
        let mut merged: Vec<Group> = Vec::with_capacity(self.groups.len());
        for group in self.groups.drain(..) {
            match merged.iter_mut().find(|found| found.scope == group.scope) {
                Some(found) => found.members.extend(group.members),
                None => merged.push(group),
            }
        }
        self.groups = merged;
    }
}

impl Group {
    pub(super) fn takes(&self, event: &Event<'_>, region: &str) -> bool {
        self.scope.takes(event, region)
    }

    /// Keeps an event for the next cut. Returns the file that it was too much for, if there was one.
    pub(super) fn gather(&mut self, entry: &Entry, slot: Slot, file_bytes_max: usize) -> Option<Gathering> {
        if let Some(gathering) = self.waiting.get_mut(&slot)
            && gathering.bytes_with(entry) <= file_bytes_max
        {
            gathering.add(entry);
            return None;
        }
        self.waiting.insert(slot, Gathering::start(entry))
    }

    /// Takes all that waits.
    pub(super) fn take_waiting(&mut self) -> BTreeMap<Slot, Gathering> {
        std::mem::take(&mut self.waiting)
    }
}

/// A finished file for these trails.
pub(super) fn cut_file<'a>(
    trails: impl IntoIterator<Item = &'a mut Following>,
    slot: Slot,
    region: Option<&str>,
    gathering: Gathering,
) -> CutFile {
    let recipients = trails.into_iter().map(|following| following.recipient(region)).collect();
    CutFile { recipients, kind: slot.kind, tells_of_gap: slot.tells_of_gap, gathering }
}
