//! The events that the log still has, and which trails took them.

use super::Parts;
use super::destinations::Destinations;
use super::gaps::{Gap, told_by};
use super::organizations::Organizations;
use super::report::StoreReport;
use super::sighting::{Kind, Sighting, Spill};
use super::takers::Takers;
use crate::cli::Failure;
use cairn_lake::content_hash;
use cairn_model::{AccountId, Event, Field, Organization, OrganizationId, Position, Record, Trail, TrailArn};
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
    /// All accounts that ever were in one organization, as far as that is known.
    pub(super) organizations: Organizations,
    pub(super) gaps: Vec<Gap>,
    /// The day since 1970 from which on history must have what it takes.
    pub(super) kept_since: i32,
}

impl Judged {
    /// What trails of the account, or of its organization, took up to a position is not known.
    pub(super) fn know_only_behind(&mut self, account: AccountId, position: u64) {
        for account in self.organizations.beside(account) {
            let behind = self.known_behind.entry(account).or_default();
            *behind = (*behind).max(position);
        }
    }

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
    let mut changed = Changed::default();
    each_record(log, &mut |at, record| changed.add(at, record))?;
    let mut judged = judged(parts, &changed);
    let mut takers = Takers::new(&parts.config.region, changed.earliest_organizations(parts));
    for trail in changed.earliest_trails(parts) {
        takers.put(trail.clone(), &mut judged.destinations);
    }
    each_record(log, &mut |at, record| {
        let mut pass = Pass { judged: &mut judged, takers: &mut takers, spill, report };
        pass.record(at, record)
    })?;
    Ok(judged)
}

fn judged(parts: &Parts, changed: &Changed) -> Judged {
    let here: HashSet<String> =
        parts.buckets.as_ref().map(|buckets| buckets.names()).into_iter().flatten().collect();
    let mut destinations = Destinations::new(here);
    let mut earliest = Takers::new(&parts.config.region, changed.earliest_organizations(parts));
    for trail in changed.earliest_trails(parts) {
        earliest.put(trail.clone(), &mut destinations);
    }
    let organizations = changed.all_organizations(parts);
    for trail in &parts.trails {
        for account in organizations.accounts_of(trail) {
            destinations.number_of(trail, account);
        }
    }
    let first = parts.log.first();
    let mut judged = Judged {
        first,
        committed: parts.history.committed(),
        delivered: parts.delivered,
        destinations,
        earliest,
        known_behind: HashMap::new(),
        organizations,
        gaps: parts.gaps.clone(),
        kept_since: i32::MAX,
    };
    // How a trail was before its first change here is not known, unless the log begins before all trails.
    if first > Position::ZERO {
        changed.each(|account, at| judged.know_only_behind(account, at.get()));
    }
    judged
}

/// What the log changes of trails and organizations, and where it does so first.
#[derive(Default)]
struct Changed {
    trails: HashMap<TrailArn, Position>,
    organizations: HashMap<OrganizationId, Position>,
    /// As each was put.
    put: Vec<Organization>,
}

impl Changed {
    fn add(&mut self, at: Position, record: &Record<'_>) -> Result<(), Failure> {
        use cairn_model::Change::{DeleteOrganization, DeleteTrail, PutOrganization, PutTrail};
        for change in record.changes().map_err(Failure::failed)? {
            match change {
                PutTrail(trail) => drop(self.trails.entry(trail.arn).or_insert(at)),
                DeleteTrail { arn } => drop(self.trails.entry(arn).or_insert(at)),
                PutOrganization(organization) => {
                    self.organizations.entry(organization.id.clone()).or_insert(at);
                    self.put.push(*organization);
                }
                DeleteOrganization { id } => drop(self.organizations.entry(id).or_insert(at)),
                _ => {}
            }
        }
        Ok(())
    }

    /// The trails that are, where the log begins, as they are at delivery's position.
    fn earliest_trails<'a>(&self, parts: &'a Parts) -> impl Iterator<Item = &'a Trail> {
        // A change behind delivery's position is not in its trails yet.
        let is_same = |trail: &&Trail| self.trails.get(&trail.arn).is_none_or(|at| *at >= parts.delivered);
        parts.trails.iter().filter(is_same)
    }

    /// The same of organizations.
    fn earliest_organizations(&self, parts: &Parts) -> Organizations {
        let mut earliest = Organizations::default();
        for organization in &parts.organizations {
            if self.organizations.get(&organization.id).is_none_or(|at| *at >= parts.delivered) {
                earliest.put(organization.clone());
            }
        }
        earliest
    }

    /// Every organization with all accounts that it has or had.
    fn all_organizations(&self, parts: &Parts) -> Organizations {
        let mut all = Organizations::default();
        parts.organizations.iter().chain(&self.put).for_each(|organization| all.join(organization));
        all
    }

    /// The account of every trail and organization that is changed, and where that is.
    fn each(&self, mut visit: impl FnMut(AccountId, Position)) {
        self.trails.iter().for_each(|(arn, at)| visit(arn.account, *at));
        for organization in &self.put {
            if let Some(at) = self.organizations.get(&organization.id) {
                visit(organization.management, *at);
            }
        }
    }
}

/// Gives every record with its position.
fn each_record(
    log: &Log,
    visit: &mut dyn FnMut(Position, &Record<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    each_record_from(log, log.first(), visit)
}

/// Gives `visit` every record from a position on.
pub(super) fn each_record_from(
    log: &Log,
    from: Position,
    visit: &mut dyn FnMut(Position, &Record<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut reader = log.reader(from).map_err(Failure::failed)?;
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
        // What was imported to event data stores is in neither history nor trails.
        let Some(event) = record.event_for_all() else { return Ok(()) };
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
