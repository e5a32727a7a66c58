//! The events of history, and which trails took those that the log has no more.

use super::Parts;
use super::gaps::told_by;
use super::report::StoreReport;
use super::retained::{Judged, scratch};
use super::sighting::{Kind, Sighting, Spill};
use super::takers::changes_trails;
use crate::cli::Failure;
use cairn_lake::ScannedEvent;
use cairn_model::Event;
use cairn_model::event::{Admission, Door};
use std::io;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

/// Reads the whole table.
pub(super) fn scan(
    parts: &Parts,
    judged: &mut Judged,
    spill: &mut Spill,
    report: &mut StoreReport,
) -> Result<(), Failure> {
    let mut pass = Pass { judged, spill, report, door: Door::default(), bytes: Vec::new() };
    let mut oldest_day = None;
    let mut failed: Result<(), io::Error> = Ok(());
    let scanned = parts.history.scan(&mut |row| {
        let day = row.event_time.max(row.arrival).day();
        oldest_day = Some(oldest_day.map_or(day, |oldest: i32| oldest.min(day)));
        if failed.is_ok() {
            failed = pass.row(&row);
        }
    });
    scanned.map_err(Failure::failed)?;
    failed.map_err(scratch)?;
    judged.kept_since = kept_since(oldest_day, parts.config.history);
    Ok(())
}

/// Whole days expire, the oldest first. So what is as young as the oldest that is there must be there, and so must what
/// is too young to have expired.
fn kept_since(oldest_day: Option<i32>, retention: Duration) -> i32 {
    let unexpired = crate::clock::now().minus(retention).plus(DAY).day();
    oldest_day.map_or(unexpired, |oldest| oldest.min(unexpired))
}

struct Pass<'a> {
    judged: &'a mut Judged,
    spill: &'a mut Spill,
    report: &'a mut StoreReport,
    door: Door,
    /// An event's encoded form.
    bytes: Vec<u8>,
}

impl Pass<'_> {
    fn row(&mut self, row: &ScannedEvent<'_>) -> io::Result<()> {
        self.report.history_events += 1;
        let id = row.event_id.unwrap_or_default();
        let sighting = Sighting {
            kind: Kind::History,
            position: row.position.get(),
            kept_from: row.event_time.max(row.arrival).as_micros(),
            ..Sighting::of(row.account, row.event_time, id, row.content_hash)
        };
        self.spill.put(&sighting)?;
        // What the log has was judged there.
        if row.position < self.judged.first {
            self.taken(row, &sighting)?;
        }
        Ok(())
    }

    /// Which trails took the event, if they were then as they are where the log begins.
    fn taken(&mut self, row: &ScannedEvent<'_>, sighting: &Sighting) -> io::Result<()> {
        if !self.judged.earliest.any_of(row.account) {
            return Ok(());
        }
        self.bytes.clear();
        let admission = Admission { origin: row.origin, account: row.account, arrival: row.arrival };
        let admitted = self.door.admit(row.text.as_bytes(), &admission, || 0, &mut self.bytes);
        let event = admitted.ok().and_then(|_| Event::decode(&self.bytes).ok());
        // What does not pass the door is damaged: its content differs from what others have.
        let Some(event) = event else { return Ok(()) };
        self.judged.gaps.extend(told_by(&event));
        if changes_trails(&event) {
            self.judged.know_only_behind(row.account, row.position.get());
        }
        for (_, destination) in self.judged.earliest.of(&event) {
            self.spill.put(&Sighting { kind: Kind::Taken, destination, ..*sighting })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_as_young_as_the_oldest_that_is_there_must_be_there() {
        let today = crate::clock::now().day();
        let retention = DAY * 90;
        assert_eq!(kept_since(None, retention), today - 89);
        assert_eq!(kept_since(Some(today - 3), retention), today - 89);
        assert_eq!(kept_since(Some(today - 200), retention), today - 200);
    }
}
