//! One trail that the reader follows, as it is at the reader's position.

use super::GenerationId;
use super::global::{is_global, is_own_delivery};
use crate::log_file::Gathering;
use cairn_decide::names::LogKind;
use cairn_decide::selectors::Compiled;
use cairn_model::{Event, Origin, Trail, TrailArn};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Regions that one trail delivers under. Whoever posts events makes up their regions; beyond this many,
/// further ones go to the home region's folder, so that nobody can make files and digests without end.
pub(super) const REGIONS_MAX: usize = 256;

/// The trails that took an event.
pub(super) type Takers = BTreeSet<TrailArn>;

/// To which trails of the account an event is offered.
#[derive(Clone, Copy)]
pub(super) enum Offer<'a> {
    /// All, and nobody asks who took it.
    ToAllUnnamed,
    /// All.
    ToAll,
    /// These.
    Only(&'a Takers),
}

impl Offer<'_> {
    pub(super) fn reaches(self, trail: &TrailArn) -> bool {
        match self {
            Offer::ToAllUnnamed | Offer::ToAll => true,
            Offer::Only(trails) => trails.contains(trail),
        }
    }

    pub(super) fn wants_names(self) -> bool {
        matches!(self, Offer::ToAll)
    }
}

/// A log file that takes no more events, and where it goes.
pub(crate) struct CutFile {
    /// The trail as it was when it took the events.
    pub(crate) trail: Arc<Trail>,
    pub(crate) region: String,
    pub(crate) kind: LogKind,
    /// The generation of digests that will name it; none while validation is off.
    pub(crate) generation: Option<GenerationId>,
    pub(crate) gathering: Gathering,
}

/// A trail, its compiled selectors, and its events that wait for a cut.
pub(super) struct Following {
    pub(super) trail: Arc<Trail>,
    /// The digests that name its files now; none while it is stopped or validation is off.
    pub(super) generation: Option<GenerationId>,
    compiled: Compiled,
    /// Every region that it has delivered under, with what waits there.
    regions: BTreeMap<String, Waiting>,
    /// Whether `regions` holds one that the outbox does not know.
    regions_grew: bool,
}

/// The files that gather events of one region. They stay few: one a kind.
type Waiting = BTreeMap<LogKind, Gathering>;

impl Following {
    pub(super) fn new(trail: Trail, generation: Option<GenerationId>, regions: Vec<String>) -> Following {
        Following {
            compiled: Compiled::new(&trail.selectors),
            generation,
            regions: regions.into_iter().map(|region| (region, Waiting::default())).collect(),
            regions_grew: false,
            trail: Arc::new(trail),
        }
    }

    /// From here on the trail is `trail`.
    pub(super) fn update(&mut self, trail: Trail) {
        self.compiled = Compiled::new(&trail.selectors);
        self.trail = Arc::new(trail);
    }

    pub(super) fn regions(&self) -> impl Iterator<Item = &str> {
        self.regions.keys().map(String::as_str)
    }

    /// Whether there are regions that the outbox does not know; asked once.
    pub(super) fn take_regions_grew(&mut self) -> bool {
        std::mem::take(&mut self.regions_grew)
    }

    /// Whether the trail takes an event of its account that belongs to `region`.
    pub(super) fn takes(&self, event: &Event<'_>, region: &str) -> bool {
        let trail = &self.trail;
        trail.logging.is_on()
            && event.origin() != Origin::Imported
            && (trail.multi_region || region == trail.arn.region)
            && (trail.include_global_service_events || !is_global(event, region))
            && self.compiled.takes(event)
            && (trail.recursive_logging || !is_own_delivery(event, &trail.bucket))
    }

    /// Keeps the event for the next cut. Returns the file that it was too much for, if there was one.
    pub(super) fn gather(
        &mut self,
        event: &Event<'_>,
        region: &str,
        kind: LogKind,
        file_bytes_max: usize,
    ) -> Option<CutFile> {
        let is_known = self.regions.contains_key(region);
        let region = if is_known || self.regions.len() < REGIONS_MAX {
            region
        } else {
            self.trail.arn.region.as_str()
        };
        if !self.regions.contains_key(region) {
            self.regions.insert(region.to_owned(), Waiting::default());
            self.regions_grew = true;
        }
        let waiting = self.regions.get_mut(region).expect("it was put in if it was missing");
        if let Some(gathering) = waiting.get_mut(&kind)
            && gathering.bytes_with(event) <= file_bytes_max
        {
            gathering.add(event);
            return None;
        }
        let full = waiting.insert(kind, Gathering::start(event))?;
        Some(self.cut_file(region.to_owned(), kind, full))
    }

    /// Takes all that waits, to be delivered as the trail is now.
    pub(super) fn take_gathered(&mut self) -> Vec<CutFile> {
        let mut taken = Vec::new();
        for (region, waiting) in &mut self.regions {
            for (kind, gathering) in std::mem::take(waiting) {
                taken.push((region.clone(), kind, gathering));
            }
        }
        let cut_file = |(region, kind, gathering)| self.cut_file(region, kind, gathering);
        taken.into_iter().map(cut_file).collect()
    }

    fn cut_file(&self, region: String, kind: LogKind, gathering: Gathering) -> CutFile {
        CutFile { trail: Arc::clone(&self.trail), region, kind, generation: self.generation, gathering }
    }
}
