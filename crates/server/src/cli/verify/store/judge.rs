//! What all sightings of one event come to.

use super::report::{Difference, StoreReport, What};
use super::retained::{Judged, scratch};
use super::sighting::{Kind, Sighting, Spill};
use crate::cli::Failure;
use cairn_model::{AccountId, Position, Timestamp};

/// Judges every event.
pub(super) fn all(judged: &Judged, spill: Spill, report: &mut StoreReport) -> Result<(), Failure> {
    spill.events(&mut |sightings| Sightings { judged, all: sightings }.judge(report)).map_err(scratch)
}

/// All sightings of one account, time and id. Some may be of other content than the others.
struct Sightings<'a> {
    judged: &'a Judged,
    all: &'a [Sighting],
}

impl<'a> Sightings<'a> {
    fn judge(&self, report: &mut StoreReport) {
        report.events += 1;
        for content in self.all.chunk_by(|one, other| one.content == other.content) {
            self.history(content, report);
            self.delivered(content, report);
        }
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &'a Sighting> {
        self.all.iter().filter(move |sighting| sighting.kind == kind)
    }

    /// History has once what the log has, and nothing else.
    fn history(&self, content: &[Sighting], report: &mut StoreReport) {
        let rows: Vec<&Sighting> = of(content, Kind::History).collect();
        for row in rows.iter().skip(1) {
            report.found(Difference::at_position(What::TwiceInHistory, row));
        }
        for row in rows.iter().filter(|row| row.position >= self.judged.first.get()) {
            let in_log = self.of(Kind::Log).find(|found| found.position == row.position);
            match in_log {
                None => report.found(Difference::at_position(What::NotInLog, row)),
                Some(found) if found.content != row.content => {
                    report.found(Difference::at_position(What::OtherContent, row));
                }
                Some(_) => {}
            }
        }
        let missing = of(content, Kind::Log).find(|found| self.must_be_in_history(found));
        if let Some(missing) = missing.filter(|_| rows.is_empty()) {
            report.found(Difference::at_position(What::NotInHistory, missing));
        }
    }

    fn must_be_in_history(&self, found: &Sighting) -> bool {
        found.position < self.judged.committed.get() && !found.future && self.is_kept(found)
    }

    fn is_kept(&self, found: &Sighting) -> bool {
        Timestamp::from_micros(found.kept_from).day() >= self.judged.kept_since
    }

    /// What is in log files is in log or history, and each destination has what its trails took.
    fn delivered(&self, content: &[Sighting], report: &mut StoreReport) {
        let is_known = content.iter().any(|found| matches!(found.kind, Kind::Log | Kind::History));
        let first = of(content, Kind::Delivered).next();
        if let Some(found) = first.filter(|_| !is_known) {
            self.unknown(found, report);
            return;
        }
        let at_destination = |found: &&Sighting| matches!(found.kind, Kind::Taken | Kind::Delivered);
        let mut destinations: Vec<u32> =
            content.iter().filter(at_destination).map(|found| found.destination).collect();
        destinations.sort_unstable();
        destinations.dedup();
        for destination in destinations.into_iter().filter(|number| self.judged.destinations.is_here(*number))
        {
            self.at_destination(content, destination, report);
        }
    }

    /// An event of a log file that nobody knows. What has expired, or was in the future, history need not have.
    fn unknown(&self, found: &Sighting, report: &mut StoreReport) {
        let has_whole_log = self.judged.first == Position::ZERO;
        if !has_whole_log && (found.future || !self.is_kept(found)) {
            return;
        }
        let has_other = self.all.iter().any(|other| matches!(other.kind, Kind::Log | Kind::History));
        let what = if has_other { What::DeliveredOtherContent } else { What::DeliveredUnknown };
        report.found(Difference::in_file(what, found, report));
    }

    fn at_destination(&self, content: &[Sighting], destination: u32, report: &mut StoreReport) {
        let there = |kind| of(content, kind).filter(move |found| found.destination == destination);
        let account = self.judged.destinations.get(destination).account;
        let delivered = there(Kind::Delivered).count();
        let taken = there(Kind::Taken).count();
        let owed = there(Kind::Taken).filter(|found| self.is_owed(account, found)).count();
        if let Some(found) = there(Kind::Taken).next().filter(|_| owed > delivered) {
            report.found(Difference::to(What::NotDelivered, found, self.judged));
        }
        if delivered <= taken {
            return;
        }
        let found = there(Kind::Delivered).last().expect("there are more than none");
        match (self.all_copies_are_known(account, content), taken) {
            (true, 0) => report.found(Difference::in_file(What::DeliveredUnasked, found, report)),
            (true, _) => report.found(Difference::in_file(What::DeliveredTwice, found, report)),
            // It may have been posted twice: history keeps one, trails deliver both.
            (false, _) => report.unjudged += 1,
        }
    }

    /// Whether a trail that took the event was then as it is thought to have been, and told of no gap.
    fn is_owed(&self, account: AccountId, found: &Sighting) -> bool {
        let is_in_gap = self.judged.is_in_gap(found.destination, found.position);
        self.is_judged(account, found.position) && !is_in_gap
    }

    fn is_judged(&self, account: AccountId, position: u64) -> bool {
        self.judged.known_behind.get(&account).is_none_or(|behind| position > *behind)
    }

    /// Whether the log has every copy of the event that came: it begins before the first, which history names.
    fn all_copies_are_known(&self, account: AccountId, content: &[Sighting]) -> bool {
        let in_log = |found: &Sighting| found.position >= self.judged.first.get();
        let is_kept = self.judged.first == Position::ZERO || of(content, Kind::History).any(in_log);
        is_kept && of(content, Kind::Log).all(|found| self.is_judged(account, found.position))
    }
}

fn of(content: &[Sighting], kind: Kind) -> impl Iterator<Item = &Sighting> {
    content.iter().filter(move |sighting| sighting.kind == kind)
}

#[cfg(test)]
mod tests;
