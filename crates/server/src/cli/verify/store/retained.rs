//! The events that the log still has, and which trails took them.

use super::Parts;
use super::destinations::Destinations;
use super::gaps::{Gap, told_by};
use super::report::StoreReport;
use super::sighting::{Kind, Sighting, Spill};
use super::takers::Takers;
use crate::cli::Failure;
use cairn_lake::content_hash;
use cairn_model::{AccountId, Event, Field, Position, Record, Trail, TrailArn};
use cairn_store::log::Log;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Bytes of the log that are read at once.
const CHUNK_BYTES: usize = 1 << 20;

/// What is known of the log and of trails, for those who judge.
pub(super) struct Judged {
    /// The first position that the log has.
    pub(super) first: Position,
    /// History holds what is below.
    pub(super) committed: Position,
    /// Trails have cut what is below.
    pub(super) delivered: Position,
    pub(super) destinations: Destinations,
    /// Trails as they were where the log begins, those of which that is known.
    pub(super) earliest: Takers,
    /// By account: what trails took is known behind this position only.
    pub(super) known_behind: HashMap<AccountId, u64>,
    pub(super) gaps: Vec<Gap>,
    /// The day since 1970 from which on history must have what it takes.
    pub(super) kept_since: i32,
}

impl Judged {
    /// Whether a trail that delivers to the destination told that it may lack the event at this position.
    pub(super) fn is_in_gap(&self, destination: u32, position: u64) -> bool {
        let covers = |gap: &Gap| (gap.from..=gap.to).contains(&position);
        self.gaps.iter().any(|gap| covers(gap) && self.destinations.is_of(destination, &gap.trail))
    }
}

/// Reads the log once for the changes in it, because trails are known as they are at its other end, and once for all
/// events.
pub(super) fn walk(parts: &Parts, spill: &mut Spill, report: &mut StoreReport) -> Result<Judged, Failure> {
    let log = &parts.log;
    let mut changed: HashMap<TrailArn, Position> = HashMap::new();
    each_record(log, &mut |at, record| {
        for arn in changed_trails(record)? {
            changed.entry(arn).or_insert(at);
        }
        Ok(())
    })?;
    let mut judged = judged(parts, &changed);
    let mut takers = Takers::new(&parts.config.region);
    for trail in earliest(parts, &changed) {
        takers.put(trail.clone(), &mut judged.destinations);
    }
    each_record(log, &mut |at, record| {
        let mut pass = Pass { judged: &mut judged, takers: &mut takers, spill, report };
        pass.record(at, record)
    })?;
    Ok(judged)
}

fn judged(parts: &Parts, changed: &HashMap<TrailArn, Position>) -> Judged {
    let here: HashSet<String> =
        parts.buckets.as_ref().map(|buckets| buckets.names()).into_iter().flatten().collect();
    let mut destinations = Destinations::new(here);
    let mut known_behind = HashMap::new();
    let first = parts.log.first();
    // How a trail was before its first change here is not known, unless the log begins before all trails.
    for (arn, at) in changed.iter().filter(|_| first > Position::ZERO) {
        let behind: &mut u64 = known_behind.entry(arn.account).or_default();
        *behind = (*behind).max(at.get());
    }
    let mut earliest_takers = Takers::new(&parts.config.region);
    for trail in earliest(parts, changed) {
        earliest_takers.put(trail.clone(), &mut destinations);
    }
    for trail in &parts.trails {
        destinations.number_of(trail);
    }
    Judged {
        first,
        committed: parts.history.committed(),
        delivered: parts.delivered,
        destinations,
        earliest: earliest_takers,
        known_behind,
        gaps: parts.gaps.clone(),
        kept_since: i32::MAX,
    }
}

/// The trails that are, where the log begins, as they are at delivery's position.
fn earliest<'a>(
    parts: &'a Parts,
    changed: &'a HashMap<TrailArn, Position>,
) -> impl Iterator<Item = &'a Trail> {
    // A change behind delivery's position is not in its trails yet.
    let is_same = |trail: &&Trail| changed.get(&trail.arn).is_none_or(|at| *at >= parts.delivered);
    parts.trails.iter().filter(is_same)
}

fn changed_trails(record: &Record<'_>) -> Result<BTreeSet<TrailArn>, Failure> {
    use cairn_model::Change::{DeleteTrail, PutTrail};
    let changes = record.changes().map_err(Failure::failed)?;
    let arns = changes.into_iter().filter_map(|change| match change {
        PutTrail(trail) => Some(trail.arn),
        DeleteTrail { arn } => Some(arn),
        _ => None,
    });
    Ok(arns.collect())
}

/// Gives every record with its position.
fn each_record(
    log: &Log,
    visit: &mut dyn FnMut(Position, &Record<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut reader = log.reader(log.first()).map_err(Failure::failed)?;
    while let Some(chunk) = reader.next(CHUNK_BYTES).map_err(Failure::failed)? {
        for (at, payload) in &chunk {
            let record = Record::decode(payload);
            visit(at, &record.map_err(|error| Failure::Failed(format!("record {at}: {error}")))?)?;
        }
    }
    Ok(())
}

/// The second reading.
struct Pass<'a> {
    judged: &'a mut Judged,
    takers: &'a mut Takers,
    spill: &'a mut Spill,
    report: &'a mut StoreReport,
}

impl Pass<'_> {
    fn record(&mut self, at: Position, record: &Record<'_>) -> Result<(), Failure> {
        let event = record.event();
        let sighting = Sighting {
            position: at.get(),
            kept_from: event.event_time().max(event.arrival()).as_micros(),
            future: event.is_future(),
            ..sighting_of(&event)
        };
        self.report.log_events += 1;
        self.judged.gaps.extend(told_by(&event));
        self.put(&sighting)?;
        if at >= self.judged.delivered {
            return Ok(());
        }
        let mut taken: Vec<(TrailArn, u32)> = self.taken(&event);
        if record.has_changes() {
            // The event of a call goes to the trails that took it before, and to those that the call changed and that
            // take it now.
            let changes = record.changes().map_err(Failure::failed)?;
            let changed = self.takers.apply(changes, &mut self.judged.destinations);
            let before: BTreeSet<TrailArn> = taken.iter().map(|(arn, _)| arn.clone()).collect();
            let now = self.taken(&event).into_iter();
            taken.extend(now.filter(|(arn, _)| changed.contains(arn) && !before.contains(arn)));
        }
        for (_, destination) in taken {
            self.put(&Sighting { kind: Kind::Taken, destination, ..sighting })?;
        }
        Ok(())
    }

    fn taken(&self, event: &Event<'_>) -> Vec<(TrailArn, u32)> {
        self.takers.of(event).map(|(arn, destination)| (arn.clone(), destination)).collect()
    }

    fn put(&mut self, sighting: &Sighting) -> Result<(), Failure> {
        self.spill.put(sighting).map_err(scratch)
    }
}

/// What every sighting of an event says.
pub(super) fn sighting_of(event: &Event<'_>) -> Sighting {
    let id = event.string(Field::EventId).unwrap_or_default();
    Sighting::of(event.account(), event.event_time(), &id, content_hash(event.text()))
}

/// A scratch file could not be written or read.
pub(super) fn scratch(error: std::io::Error) -> Failure {
    Failure::Failed(format!("scratch files (TMPDIR says where): {error}"))
}
