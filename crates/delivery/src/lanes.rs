//! Which lanes have something to deliver, and when each may be tried again.
//!
//! A lane is what is delivered one after the other: a trail's objects of one kind to one bucket
//! ([`crate::outbox::Lane`]), or its messages to its topic (the trail's ARN).

use crate::delivery::lock;
use cairn_model::{Timestamp, TrailArn};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The first wait after a failure; doubled by each further one.
const BACKOFF_MIN: Duration = Duration::from_secs(1);
const BACKOFF_MAX: Duration = Duration::from_secs(300);
/// When what waits for something else is looked at again.
const LATER: Duration = Duration::from_secs(2);

/// The lanes that are not known to be empty.
#[derive(Debug)]
pub(crate) struct Lanes<L> {
    lanes: BTreeMap<L, State>,
}

impl<L> Default for Lanes<L> {
    fn default() -> Lanes<L> {
        Lanes { lanes: BTreeMap::new() }
    }
}

#[derive(Debug, Default)]
struct State {
    /// Somebody drains it.
    claimed: bool,
    /// Something came since it was claimed.
    more: bool,
    /// Failures since the last success.
    failures: u32,
    not_before: Option<Timestamp>,
}

/// How draining a lane ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LaneEnd {
    /// Nothing is left.
    Empty,
    /// What is left waits for something other than its target.
    Later,
    /// The target did not take the first of what is left; `after_some`: but it took others just before.
    Failed { after_some: bool },
}

/// One trail's lanes, each drained by this claim's holder alone until it is dropped.
pub(crate) struct Claim<L: Ord> {
    lanes: Arc<Mutex<Lanes<L>>>,
    now: Timestamp,
    pub(crate) claimed: Vec<(L, LaneEnd)>,
}

impl<L: Ord + Clone> Lanes<L> {
    /// Something was put into the lane.
    pub(crate) fn add(&mut self, lane: &L) {
        if let Some(state) = self.lanes.get_mut(lane) {
            state.more = true;
            if state.failures == 0 {
                state.not_before = None;
            }
        } else {
            self.lanes.insert(lane.clone(), State::default());
        }
    }

    /// Claims all lanes that may be tried now, by trail: those without failures first, so that targets which
    /// do not answer hold up no others.
    pub(crate) fn claim_due(
        lanes: &Arc<Mutex<Lanes<L>>>,
        trail_of: impl Fn(&L) -> &TrailArn,
        now: Timestamp,
    ) -> Vec<Claim<L>> {
        let mut by_trail: BTreeMap<TrailArn, (u32, Claim<L>)> = BTreeMap::new();
        for (lane, state) in &mut lock(lanes).lanes {
            if state.claimed || !state.is_due(now) {
                continue;
            }
            state.claimed = true;
            state.more = false;
            let claim = || Claim { lanes: Arc::clone(lanes), now, claimed: Vec::new() };
            let (failures, claim) = by_trail.entry(trail_of(lane).clone()).or_insert_with(|| (0, claim()));
            *failures += state.failures;
            claim.claimed.push((lane.clone(), LaneEnd::Later));
        }
        let mut claims: Vec<_> = by_trail.into_values().collect();
        claims.sort_by_key(|(failures, _)| *failures);
        claims.into_iter().map(|(_, claim)| claim).collect()
    }
}

impl<L: Ord> Lanes<L> {
    fn release(&mut self, lane: &L, end: LaneEnd, now: Timestamp) {
        let Some(state) = self.lanes.get_mut(lane) else {
            return;
        };
        state.claimed = false;
        match end {
            LaneEnd::Empty if !state.more => {
                self.lanes.remove(lane);
            }
            LaneEnd::Empty | LaneEnd::Later => {
                state.failures = 0;
                state.not_before = (end == LaneEnd::Later && !state.more).then(|| now.plus(LATER));
            }
            LaneEnd::Failed { after_some } => {
                if after_some {
                    state.failures = 0;
                }
                let doubled = BACKOFF_MIN * (1 << state.failures.min(16));
                state.failures += 1;
                state.not_before = Some(now.plus(doubled.min(BACKOFF_MAX)));
            }
        }
    }
}

impl State {
    /// A wait that is longer than any is one from before the clock was set back.
    fn is_due(&self, now: Timestamp) -> bool {
        let is_due = |at: Timestamp| now >= at || at > now.plus(BACKOFF_MAX);
        self.not_before.is_none_or(is_due)
    }
}

/// Also when the caller stops waiting in the middle: what was put but not noted is put again, as the same
/// bytes.
impl<L: Ord> Drop for Claim<L> {
    fn drop(&mut self) {
        let mut lanes = lock(&self.lanes);
        for (lane, end) in &self.claimed {
            lanes.release(lane, *end, self.now);
        }
    }
}
