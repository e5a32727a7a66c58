//! The bodies of the durable ingest.

use crate::arguments::Settings;
use crate::clock;
use bytes::Bytes;
use cairn_testkit::{Batch, EventIds, Traffic};

/// Prepared requests, taken in turn for ever. Every one is renewed as it is taken, so that no event is
/// posted twice: Cairn drops duplicates, which would be less work than events are.
pub(crate) struct Pool {
    batches: Vec<Batch>,
    ids: EventIds,
    next: usize,
}

impl Pool {
    /// Generates the events, which takes some seconds.
    pub(crate) fn new(settings: &Settings) -> Pool {
        let count = settings.pool_events.div_ceil(settings.batch);
        Pool::generate(settings.seed, count, settings.batch)
    }

    fn generate(seed: u64, count: usize, events: usize) -> Pool {
        let mut traffic = Traffic::new(seed);
        let now = clock::now();
        let batches = (0..count).map(|_| Batch::new(&mut traffic, events, now)).collect();
        // Not the ids of `traffic`, which the events had at first.
        Pool { batches, ids: EventIds::new(!seed), next: 0 }
    }

    /// The next request's body, of events that happen now.
    pub(crate) fn next_body(&mut self) -> Bytes {
        let at = self.next;
        self.next = (at + 1) % self.batches.len();
        let batch = &mut self.batches[at];
        batch.renew(&mut self.ids, clock::now());
        Bytes::copy_from_slice(batch.text())
    }

    /// Some megabytes of the events.
    pub(crate) fn sample(&self) -> Vec<u8> {
        const SAMPLE_BYTES: usize = 32 << 20;
        let mut sample = Vec::with_capacity(SAMPLE_BYTES);
        for batch in &self.batches {
            let room = SAMPLE_BYTES - sample.len();
            sample.extend_from_slice(&batch.text()[..room.min(batch.text().len())]);
        }
        sample
    }
}

#[cfg(test)]
mod tests;
