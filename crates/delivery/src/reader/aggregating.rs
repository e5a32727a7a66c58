//! Counts of the data events of trails that want them aggregated.

use super::buffer::Buffer;
use super::following::Follower;
use super::gathering::{Entry, Gathering};
use crate::options::Limits;
use cairn_decide::aggregation::{Aggregates, Facts, StoredAggregates, Summary};
use cairn_model::{AccountId, AggregationTemplate, Timestamp, Trail, TrailArn};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use uuid::Uuid;

/// The trails that count, and what they have counted. A cut takes what became records, and saves the rest beside the
/// position: so each event is in the counts once, whatever crashes.
#[derive(Default)]
pub(super) struct Aggregating {
    /// By the account whose events they count.
    trails: BTreeMap<AccountId, BTreeMap<TrailArn, Counting>>,
    /// Those that count no more, of which the outbox may keep counts.
    ended: BTreeSet<Follower>,
    bytes: usize,
}

struct Counting {
    aggregates: Aggregates,
    /// Records that wait for a cut, and their regions.
    waiting: Vec<Waiting>,
    /// Whether the outbox has older counts.
    changed: bool,
}

/// Records of a region.
pub(super) type Waiting = (String, Gathering);

/// A data event, and when and within which bounds it is counted.
pub(super) struct Counted<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) region: &'a str,
    pub(super) now: Timestamp,
    pub(super) limits: &'a Limits,
}

/// By what the trail counts now.
fn templates(trail: &Trail) -> &[AggregationTemplate] {
    let aggregation = trail.aggregation.as_ref().filter(|_| trail.logging.is_on());
    aggregation.map_or(&[], |aggregation| &aggregation.templates)
}

impl Aggregating {
    /// Goes on counting as the outbox says.
    pub(super) fn load(&mut self, account: AccountId, trail: &Trail, stored: Option<StoredAggregates>) {
        let templates = templates(trail);
        match stored {
            Some(stored) if !templates.is_empty() => {
                let aggregates = Aggregates::from_stored(templates, stored);
                self.bytes += aggregates.bytes();
                self.of(account).insert(trail.arn.clone(), Counting::new(aggregates));
            }
            _ => self.put(account, trail),
        }
    }

    fn of(&mut self, account: AccountId) -> &mut BTreeMap<TrailArn, Counting> {
        self.trails.entry(account).or_default()
    }

    fn get(&self, account: AccountId, arn: &TrailArn) -> Option<&Counting> {
        self.trails.get(&account)?.get(arn)
    }

    fn get_mut(&mut self, account: AccountId, arn: &TrailArn) -> Option<&mut Counting> {
        self.trails.get_mut(&account)?.get_mut(arn)
    }

    /// Whether the trail goes on counting as it did.
    pub(super) fn goes_on(&self, account: AccountId, trail: &Trail) -> bool {
        let counts = self.get(account, &trail.arn).map(|counting| counting.aggregates.templates());
        counts.unwrap_or_default() == templates(trail)
    }

    /// The trail counts as it says now. If that is not how it [goes on](Aggregating::goes_on), what it had counted was
    /// [closed](Aggregating::close).
    pub(super) fn put(&mut self, account: AccountId, trail: &Trail) {
        if self.goes_on(account, trail) {
            return;
        }
        self.remove(account, &trail.arn);
        let templates = templates(trail);
        if !templates.is_empty() {
            let counting = Counting { changed: true, ..Counting::new(Aggregates::new(templates)) };
            self.of(account).insert(trail.arn.clone(), counting);
        }
    }

    /// The trail counts no more.
    pub(super) fn remove(&mut self, account: AccountId, arn: &TrailArn) {
        let Some(trails) = self.trails.get_mut(&account) else { return };
        if let Some(counting) = trails.remove(arn) {
            self.bytes -= counting.aggregates.bytes();
            self.ended.insert(Follower { trail: arn.clone(), account });
        }
        if trails.is_empty() {
            self.trails.remove(&account);
        }
    }

    /// Whether the trail counts events of the account.
    pub(super) fn counts(&self, account: AccountId, arn: &TrailArn) -> bool {
        self.get(account, arn).is_some()
    }

    /// Counts an event for the trail. A trail that holds more memory than is still free makes records of what it has,
    /// so that many of them share it, and one with many different values leaves room for others.
    pub(super) fn count(
        &mut self,
        account: AccountId,
        arn: &TrailArn,
        event: &Counted<'_>,
        buffer: &mut Buffer,
    ) {
        let counting = self.trails.get_mut(&account).and_then(|trails| trails.get_mut(arn));
        let Some(counting) = counting else { return };
        let before = counting.aggregates.bytes();
        let mut closed = Vec::new();
        counting.aggregates.count(event.facts, event.region, event.now, &mut closed);
        counting.changed = true;
        let others = self.bytes - before;
        let own = counting.aggregates.bytes();
        if own > event.limits.aggregated_bytes.saturating_sub(others + own) {
            closed.extend(counting.aggregates.close_all());
        }
        self.bytes = others + counting.aggregates.bytes();
        for summary in closed {
            counting.keep(&summary, account, event.limits, buffer);
        }
    }

    /// Whether a window is to be closed now; see [`Aggregates::close_due`].
    pub(super) fn is_due(&self, now: Timestamp, wait: Duration) -> bool {
        let mut all = self.trails.values().flat_map(BTreeMap::values);
        all.any(|counting| counting.aggregates.is_due(now, wait))
    }

    /// Makes records of the windows that are to be closed now.
    pub(super) fn close_due(&mut self, now: Timestamp, wait: Duration, limits: &Limits, buffer: &mut Buffer) {
        for (account, counting) in each(&mut self.trails) {
            let before = counting.aggregates.bytes();
            for summary in counting.aggregates.close_due(now, wait) {
                counting.changed = true;
                counting.keep(&summary, account, limits, buffer);
            }
            self.bytes = self.bytes - before + counting.aggregates.bytes();
        }
    }

    /// Makes records of all that the trail has counted, and takes them with those that waited.
    pub(super) fn close(
        &mut self,
        account: AccountId,
        arn: &TrailArn,
        limits: &Limits,
        buffer: &mut Buffer,
    ) -> Vec<Waiting> {
        let bytes = self.get(account, arn).map_or(0, |counting| counting.aggregates.bytes());
        self.bytes -= bytes;
        let Some(counting) = self.get_mut(account, arn) else { return Vec::new() };
        for summary in counting.aggregates.close_all() {
            counting.changed = true;
            counting.keep(&summary, account, limits, buffer);
        }
        std::mem::take(&mut counting.waiting)
    }

    /// Takes the records that wait for a cut.
    pub(super) fn take_waiting(&mut self) -> Vec<(Follower, Waiting)> {
        let mut taken = Vec::new();
        for (account, trails) in &mut self.trails {
            for (arn, counting) in trails {
                let follower = Follower { trail: arn.clone(), account: *account };
                let waiting = std::mem::take(&mut counting.waiting).into_iter();
                taken.extend(waiting.map(|waiting| (follower.clone(), waiting)));
            }
        }
        taken
    }

    /// Takes what the outbox must be told: counts as they are now, or that there are none.
    pub(super) fn take_changed(&mut self) -> Vec<(Follower, Option<StoredAggregates>)> {
        let ended = std::mem::take(&mut self.ended).into_iter().map(|follower| (follower, None));
        // One that ended and counts again is told of last.
        let mut changed: Vec<_> = ended.collect();
        for (account, trails) in &mut self.trails {
            for (arn, counting) in trails.iter_mut().filter(|(_, counting)| counting.changed) {
                counting.changed = false;
                let follower = Follower { trail: arn.clone(), account: *account };
                let aggregates = &counting.aggregates;
                changed.push((follower, (!aggregates.is_empty()).then(|| aggregates.to_stored())));
            }
        }
        changed
    }
}

/// All that count, with the account whose events they count.
fn each(
    trails: &mut BTreeMap<AccountId, BTreeMap<TrailArn, Counting>>,
) -> impl Iterator<Item = (AccountId, &mut Counting)> {
    trails.iter_mut().flat_map(|(account, trails)| trails.values_mut().map(|counting| (*account, counting)))
}

impl Counting {
    fn new(aggregates: Aggregates) -> Counting {
        Counting { aggregates, waiting: Vec::new(), changed: false }
    }

    /// Makes a record and keeps it for the next cut. It has its id from here on; one that a crash loses is made anew.
    fn keep(&mut self, summary: &Summary, account: AccountId, limits: &Limits, buffer: &mut Buffer) {
        let mut text = Vec::new();
        summary.write(account, &Uuid::new_v4().to_string(), &mut text);
        let entry = Entry {
            text: buffer.texts.keep(&text),
            bytes: text.len(),
            oldest: summary.start,
            newest: summary.end(),
        };
        buffer.listed_one();
        let has_room = |(region, gathering): &&mut Waiting| {
            *region == summary.region && gathering.bytes_with(&entry) <= limits.file_bytes
        };
        match self.waiting.iter_mut().rev().find(has_room) {
            Some((_, gathering)) => gathering.add(&entry),
            None => self.waiting.push((summary.region.clone(), Gathering::start(&entry))),
        }
    }
}
