//! What following has done since the start.

use super::super::fault::Fault;
use cairn_decide::imports::Layout;
use cairn_model::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What following one source has done since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FollowedFigures {
    /// Files that are in, or as much of them as could be read.
    pub(crate) files: u64,
    /// Events that were taken of them.
    pub(crate) events: u64,
    /// Files that could not be read, or not all of them.
    pub(crate) failures: u64,
    /// Messages that told of no file.
    pub(crate) passed: u64,
    /// When it was last looked for files with success.
    pub(crate) looked: Option<Timestamp>,
    /// When the newest file was delivered that is in, as its name tells.
    pub(crate) newest: Option<Timestamp>,
    /// What went wrong last, unless all has gone well since.
    pub(crate) fault: Option<String>,
}

/// The figures of all sources, by their names.
#[derive(Default)]
pub(crate) struct Figures(Mutex<BTreeMap<String, FollowedFigures>>);

impl Figures {
    /// All of them.
    pub(crate) fn all(&self) -> BTreeMap<String, FollowedFigures> {
        self.lock().clone()
    }

    pub(super) fn imported(&self, source: &str, key: &str, events: u64, fault: Option<&Fault>) {
        let delivered = Layout::of(key).delivered.map(|(start, _)| start);
        self.change(source, |figures| {
            match fault {
                None => figures.files += 1,
                Some(_) => figures.failures += 1,
            }
            figures.events += events;
            figures.newest = figures.newest.max(delivered);
        });
    }

    pub(super) fn looked(&self, source: &str, now: Timestamp) {
        self.change(source, |figures| (figures.looked, figures.fault) = (Some(now), None));
    }

    pub(super) fn passed(&self, source: &str) {
        self.change(source, |figures| figures.passed += 1);
    }

    pub(super) fn failed(&self, source: &str, fault: &Fault) {
        self.change(source, |figures| figures.fault = Some(fault.to_string()));
    }

    fn change(&self, source: &str, change: impl FnOnce(&mut FollowedFigures)) {
        change(self.lock().entry(source.to_owned()).or_default());
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, FollowedFigures>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
