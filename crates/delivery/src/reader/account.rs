//! The trails that take events of one account.

use super::aggregating::{Aggregating, Counted, Waiting};
use super::buffer::Buffer;
use super::cut::CutFile;
use super::following::Following;
use super::gathering::{Entry, Gathering};
use super::group::{Rule, Slot, cut_file, goes_on_as_before, join, leave};
use super::regions::Regions;
use crate::options::Limits;
use cairn_decide::aggregation::Facts;
use cairn_decide::names::LogKind;
use cairn_model::{Category, Event, Timestamp, Trail, TrailArn};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The trails that took an event.
pub(super) type Takers = BTreeSet<TrailArn>;

/// An event of the account.
pub(super) struct Offered<'a> {
    pub(super) event: &'a Event<'a>,
    /// The region whose folder it goes to.
    pub(super) region: &'a str,
    /// Whether it tells of a gap, so that no quota leaves it out.
    pub(super) tells_of_gap: bool,
}

/// Where events go that trails take, and within which bounds.
pub(super) struct Sink<'a> {
    pub(super) buffer: &'a mut Buffer,
    pub(super) aggregating: &'a mut Aggregating,
    pub(super) limits: &'a Limits,
    pub(super) now: Timestamp,
}

/// To which trails of the account an event is offered.
pub(super) enum OfferTo<'a> {
    /// All, and nobody asks who took it.
    AllUnnamed,
    /// All; who took it is put here.
    All(&'a mut Takers),
    /// These, which the event's own call changed.
    Only(&'a Takers),
}

/// Trails, and which of them take the same events.
#[derive(Default)]
pub(super) struct Account {
    trails: BTreeMap<TrailArn, Following>,
    /// The groups of the trails that log.
    rules: Vec<Rule>,
    regions: Regions,
}

impl Account {
    /// Adds a trail as the outbox keeps it.
    pub(super) fn load(&mut self, following: Following) {
        self.regions.add_known(following.regions());
        self.put(following);
    }

    /// Puts a trail in that was taken out or is new.
    pub(super) fn put(&mut self, following: Following) {
        if following.trail.logging.is_on() {
            join(&mut self.rules, &following.trail);
        }
        self.trails.insert(following.trail.arn.clone(), following);
    }

    /// Takes a trail out; what waited for it goes to `buffer`, to be delivered as the trail was.
    pub(super) fn remove(&mut self, arn: &TrailArn, buffer: &mut Buffer) -> Option<Following> {
        let mut following = self.trails.remove(arn)?;
        for (slot, gathering) in leave(&mut self.rules, arn) {
            let region = self.regions.name(slot.region);
            buffer.seal_copy(cut_file([&mut following], slot, region, gathering));
        }
        Some(following)
    }

    /// Replaces a trail by one that takes the same events to the same place, and returns it; `None` if it does
    /// not.
    pub(super) fn replace_in_place(&mut self, trail: &Arc<Trail>) -> Option<&Following> {
        let following = self.trails.get_mut(&trail.arn)?;
        if !goes_on_as_before(&following.trail, trail) {
            return None;
        }
        following.trail = Arc::clone(trail);
        Some(following)
    }

    pub(super) fn trail(&self, arn: &TrailArn) -> Option<&Following> {
        self.trails.get(arn)
    }

    pub(super) fn trails(&self) -> impl Iterator<Item = &Following> {
        self.trails.values()
    }

    pub(super) fn trails_mut(&mut self) -> impl Iterator<Item = &mut Following> {
        self.trails.values_mut()
    }

    /// Gathers an event for the trails that take it, and counts it for those that want that. Returns whether there
    /// were any.
    pub(super) fn offer(&mut self, offered: &Offered<'_>, mut to: OfferTo<'_>, sink: &mut Sink<'_>) -> bool {
        let Offered { event, region, tells_of_gap } = *offered;
        let mut entry: Option<Entry> = None;
        for rule in self.rules.iter_mut().filter(|rule| rule.takes(event)) {
            for group in &mut rule.groups {
                if !to.reaches(&group.members) || !group.takes(event, region) {
                    continue;
                }
                let texts = &mut sink.buffer.texts;
                let entry =
                    *entry.get_or_insert_with(|| Entry::of(event, texts.keep(event.text().as_bytes())));
                let kind = LogKind::of(event.category());
                let slot = Slot { region: self.regions.id(region), kind, tells_of_gap };
                if let Some(full) = group.gather(&entry, slot, sink.limits.file_bytes) {
                    let file = seal(&mut self.trails, &group.members, &self.regions, slot, full);
                    sink.buffer.sealed.push(file);
                }
                sink.buffer.listed_one();
                sink.count(offered, &group.members);
                to.taken_by(&group.members);
            }
        }
        entry.is_some()
    }

    /// A file of aggregated events for a trail.
    pub(super) fn aggregated_file(
        &mut self,
        arn: &TrailArn,
        (region, gathering): Waiting,
    ) -> Option<CutFile> {
        let recipients = vec![self.trails.get_mut(arn)?.recipient(Some(&region))];
        Some(CutFile { recipients, kind: LogKind::Aggregated, tells_of_gap: false, gathering })
    }

    /// Takes all that waits, to be delivered as the trails are now.
    pub(super) fn take_waiting(&mut self, files: &mut Vec<CutFile>) {
        for rule in &mut self.rules {
            for group in &mut rule.groups {
                for (slot, gathering) in group.take_waiting() {
                    files.push(seal(&mut self.trails, &group.members, &self.regions, slot, gathering));
                }
            }
            rule.merge_groups();
        }
    }
}

fn seal(
    trails: &mut BTreeMap<TrailArn, Following>,
    members: &BTreeSet<TrailArn>,
    regions: &Regions,
    slot: Slot,
    gathering: Gathering,
) -> CutFile {
    let region = regions.name(slot.region);
    if members.len() == 1 {
        let only = members.first().and_then(|only| trails.get_mut(only));
        return cut_file(only, slot, region, gathering);
    }
    let members = trails.iter_mut().filter(|(arn, _)| members.contains(*arn));
    cut_file(members.map(|(_, following)| following), slot, region, gathering)
}

impl Sink<'_> {
    /// Counts a data event for those who took it and want that.
    fn count(&mut self, offered: &Offered<'_>, members: &BTreeSet<TrailArn>) {
        let Offered { event, region, .. } = *offered;
        if event.category() != Category::Data {
            return;
        }
        let mut facts = None;
        let account = event.account();
        for arn in members {
            if self.aggregating.counts(account, arn) {
                let facts = facts.get_or_insert_with(|| Facts::of(event));
                let counted = Counted { facts, region, now: self.now, limits: self.limits };
                self.aggregating.count(account, arn, &counted, self.buffer);
            }
        }
    }
}

impl OfferTo<'_> {
    /// A trail that its call changed in what it takes is alone in its group until the next cut, and one that
    /// it changed otherwise was asked before.
    fn reaches(&self, members: &BTreeSet<TrailArn>) -> bool {
        match self {
            OfferTo::AllUnnamed | OfferTo::All(_) => true,
            OfferTo::Only(trails) => members.len() == 1 && members.is_subset(trails),
        }
    }

    fn taken_by(&mut self, members: &BTreeSet<TrailArn>) {
        if let OfferTo::All(takers) = self {
            takers.extend(members.iter().cloned());
        }
    }
}
