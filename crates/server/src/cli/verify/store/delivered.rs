//! The events in log files: those in the embedded buckets, and those that wait in the outbox.

use super::Parts;
use super::destinations::{Destination, Destinations};
use super::report::{Difference, StoreReport, What};
use super::retained::{Judged, scratch, sighting_of};
use super::sighting::{Kind, Sighting, Spill};
use crate::cli::Failure;
use cairn_model::event::{Admission, Door};
use cairn_model::{AccountId, Event, Origin, Timestamp};
use cairn_verify::{Place, Source, delivered_at};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::fs::File;
use std::io::Read;
use std::time::Duration;

/// Log files have at most 50 MB before compression, or one event; more is read of none.
const PLAIN_BYTES_MAX: u64 = 256 << 20;

/// What was a day in the future on arrival, history leaves out; a file is cut some minutes later.
const ALMOST_A_DAY: Duration = Duration::from_secs(23 * 3600);

/// A log file's JSON.
#[derive(Deserialize)]
struct LogFile<'a> {
    #[serde(borrow, rename = "Records")]
    records: Vec<&'a RawValue>,
}

/// Why a log file is not read to its end.
#[derive(Debug, thiserror::Error)]
enum NotRead {
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Source(#[from] cairn_verify::SourceError),
    #[error("it is not a log file: {0}")]
    Json(#[from] serde_json::Error),
    #[error("it is larger than {PLAIN_BYTES_MAX} bytes")]
    TooLarge,
}

/// Reads all log files of destinations that trails have or had.
pub(super) fn read(
    parts: &Parts,
    judged: &mut Judged,
    spill: &mut Spill,
    report: &mut StoreReport,
) -> Result<(), Failure> {
    let mut pass = Pass {
        destinations: &judged.destinations,
        spill,
        report,
        door: Door::default(),
        bytes: Vec::new(),
        failed: Ok(()),
    };
    if let Some(buckets) = &parts.buckets {
        let listed = buckets.list(&mut |place| pass.object(buckets, &place));
        listed.map_err(|error| Failure::Failed(format!("the list of objects: {error}")))?;
    }
    for waiting in parts.waiting.iter().filter(|waiting| waiting.is_log_file) {
        let place = Place { bucket: Some(waiting.bucket.clone()), path: waiting.key.clone() };
        pass.report.waiting_files += 1;
        pass.file(&place, || Ok(Box::new(File::open(&waiting.file)?)));
    }
    pass.failed
}

struct Pass<'a> {
    destinations: &'a Destinations,
    spill: &'a mut Spill,
    report: &'a mut StoreReport,
    door: Door,
    /// An event's encoded form.
    bytes: Vec<u8>,
    /// Listing goes on, but nothing is read any more.
    failed: Result<(), Failure>,
}

impl Pass<'_> {
    fn object(&mut self, source: &dyn Source, place: &Place) {
        self.file(place, || Ok(source.open(place)?.body));
    }

    fn file(&mut self, place: &Place, open: impl FnOnce() -> Result<Box<dyn Read + Send>, NotRead>) {
        let bucket = place.bucket.as_deref().unwrap_or_default();
        let Some(destination) = Destination::of_key(bucket, &place.path) else { return };
        let Some(number) = self.destinations.known(&destination) else {
            self.report.other_files += 1;
            return;
        };
        if self.failed.is_err() {
            return;
        }
        self.report.log_files += 1;
        let read = open().and_then(plain);
        let records = read.and_then(|plain| self.records(&plain, place, number, destination.account));
        if let Err(error) = records {
            self.report.found(Difference::of_file(What::Unreadable(error.to_string()), place.to_string()));
        }
    }

    fn records(
        &mut self,
        plain: &[u8],
        place: &Place,
        destination: u32,
        account: AccountId,
    ) -> Result<(), NotRead> {
        let file: LogFile<'_> = serde_json::from_slice(plain)?;
        let position = self.report.name_file(place);
        let delivered = delivered_at(&place.path).unwrap_or(Timestamp::MAX);
        let future_from = delivered.plus(ALMOST_A_DAY);
        for text in file.records {
            self.bytes.clear();
            // When it arrived is not in it; nothing here asks.
            let admission = Admission { origin: Origin::Posted, account, arrival: Timestamp::MAX };
            let admitted = self.door.admit(text.get().as_bytes(), &admission, || 0, &mut self.bytes);
            let event = admitted.ok().and_then(|_| Event::decode(&self.bytes).ok());
            let Some(event) = event else {
                self.report.found(Difference::of_file(What::NotAnEvent, place.to_string()));
                continue;
            };
            self.report.delivered_events += 1;
            let future = event.event_time() > future_from;
            let sighting =
                Sighting { kind: Kind::Delivered, position, destination, future, ..sighting_of(&event) };
            if let Err(error) = self.spill.put(&sighting) {
                self.failed = Err(scratch(error));
                return Ok(());
            }
        }
        Ok(())
    }
}

fn plain(gzip: Box<dyn Read + Send>) -> Result<Vec<u8>, NotRead> {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(gzip).take(PLAIN_BYTES_MAX + 1).read_to_end(&mut plain)?;
    if plain.len() as u64 > PLAIN_BYTES_MAX { Err(NotRead::TooLarge) } else { Ok(plain) }
}
