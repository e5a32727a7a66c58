//! Sends what waits, batch after batch, in order.

use super::counts::Tally;
use super::post::{Poster, Receipt};
use bytes::{BufMut, Bytes, BytesMut};
use std::collections::HashSet;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Events that travel together at most: all that came while the last batch was on its way.
const BATCH_MAX: usize = 500;
/// No event is added to a batch that is this long.
const BATCH_BYTES_MAX: usize = 4 << 20;
const PAUSE_MIN: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// An event on its way.
#[derive(Debug)]
pub(super) struct Entry {
    /// One line of JSON.
    pub(super) text: Vec<u8>,
    /// Told when it is on disk, dropped when it is not taken.
    pub(super) acknowledge: oneshot::Sender<()>,
}

/// The task that sends.
pub(super) struct Sender {
    poster: Poster,
    waiting: mpsc::Receiver<Entry>,
    tally: Arc<Tally>,
}

impl Sender {
    pub(super) fn new(poster: Poster, waiting: mpsc::Receiver<Entry>, tally: Arc<Tally>) -> Sender {
        Sender { poster, waiting, tally }
    }

    /// Ends when the last recorder is gone and what it left was tried.
    pub(super) async fn run(mut self) {
        while let Some(first) = self.waiting.recv().await {
            let batch = self.gather(first);
            self.deliver(batch).await;
        }
    }

    fn gather(&mut self, first: Entry) -> Vec<Entry> {
        let mut bytes = first.text.len();
        let mut batch = vec![first];
        while batch.len() < BATCH_MAX && bytes < BATCH_BYTES_MAX {
            let Ok(entry) = self.waiting.try_recv() else { break };
            bytes += entry.text.len();
            batch.push(entry);
        }
        batch
    }

    /// Repeats one batch until the server has it: events keep their ids, so what arrives twice is one event.
    async fn deliver(&mut self, batch: Vec<Entry>) {
        let body = body(&batch);
        let mut pause = PAUSE_MIN;
        loop {
            match self.poster.post(body.clone()).await {
                Ok(receipt) => return self.settle(batch, &receipt),
                Err(error) => {
                    tracing::warn!(
                        error = error_text(&error),
                        events = batch.len(),
                        "events are not posted yet"
                    );
                    self.tally.fail();
                }
            }
            // Nobody can ask for another attempt once the last recorder is gone.
            if self.waiting.is_closed() {
                return self.tally.lose(batch.len() as u64);
            }
            tokio::time::sleep(pause + jitter(pause)).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    fn settle(&self, batch: Vec<Entry>, receipt: &Receipt) {
        let refused: HashSet<usize> = receipt.refused.iter().map(|refused| refused.line).collect();
        let (mut acknowledged, mut refusals) = (0, 0);
        let mut told = Vec::with_capacity(batch.len());
        for (line, entry) in (1..).zip(batch) {
            if refused.contains(&line) {
                refusals += 1;
            } else {
                acknowledged += 1;
                told.push(entry.acknowledge);
            }
        }
        // Counted before anybody is told, so that who was told finds it counted.
        self.tally.settle(acknowledged, refusals);
        for acknowledge in told {
            // Who waited may have given up.
            let _ = acknowledge.send(());
        }
    }
}

/// An error with its causes: hyper's own text says little.
fn error_text(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

fn body(batch: &[Entry]) -> Bytes {
    let mut body = BytesMut::with_capacity(batch.iter().map(|entry| entry.text.len() + 1).sum());
    for entry in batch {
        body.put_slice(&entry.text);
        body.put_u8(b'\n');
    }
    body.freeze()
}

/// Up to half of a pause more, so that many services do not come back at one moment.
fn jitter(pause: Duration) -> Duration {
    let share = uuid::Uuid::new_v4().as_u128() as u8;
    pause / 2 * u32::from(share) / 255
}
