//! Events on their way into the log when nobody waits for them.

use crate::clock;
use crate::journal::{Journal, admit};
use cairn_model::AccountId;
use cairn_store::log::{AppendError, Batch};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

/// Events that go into the log together at most.
const TOGETHER_MAX: usize = 4096;
/// And so many bytes of them, or a single larger one.
const TOGETHER_BYTES: usize = 4 << 20;
/// How long events gather before they go into the log: a commit, and what follows it, costs as much for one as for
/// hundreds, and nobody waits.
const GATHER: Duration = Duration::from_millis(50);
/// How long the log is left alone after it refused.
const PAUSE: Duration = Duration::from_millis(100);

/// A queue bounded in bytes. What does not fit is dropped and counted.
pub(crate) struct EventQueue {
    sender: UnboundedSender<Waiting>,
    bytes: Arc<AtomicUsize>,
    bytes_max: usize,
    dropped: Arc<AtomicU64>,
}

/// An event that waits.
struct Waiting {
    account: AccountId,
    event: Vec<u8>,
}

/// The end of the queue that the log is fed from.
pub(crate) struct Drain {
    receiver: UnboundedReceiver<Waiting>,
    bytes: Arc<AtomicUsize>,
    dropped: Arc<AtomicU64>,
}

impl EventQueue {
    pub(crate) fn new(bytes_max: usize) -> (EventQueue, Drain) {
        let (sender, receiver) = unbounded_channel();
        let (bytes, dropped) = (Arc::<AtomicUsize>::default(), Arc::<AtomicU64>::default());
        let drain = Drain { receiver, bytes: Arc::clone(&bytes), dropped: Arc::clone(&dropped) };
        (EventQueue { sender, bytes, bytes_max, dropped }, drain)
    }

    /// Takes an event, or drops it if there is no room.
    pub(crate) fn offer(&self, account: AccountId, event: Vec<u8>) {
        let bytes = event.len();
        if self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes > self.bytes_max {
            self.bytes.fetch_sub(bytes, Ordering::Relaxed);
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        // The drain goes only after the last request has.
        if self.sender.send(Waiting { account, event }).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Events that were dropped since the start.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Bytes that wait.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Drain {
    /// Writes what comes until `stop`, then what is left.
    pub(crate) async fn run(mut self, journal: Arc<Journal>, stop: CancellationToken) {
        let mut waiting = Vec::new();
        loop {
            tokio::select! {
                biased;
                _ = self.receiver.recv_many(&mut waiting, TOGETHER_MAX) => {
                    self.gather(&mut waiting, &stop).await;
                }
                () = stop.cancelled() => {
                    self.receiver.close();
                    while let Ok(left) = self.receiver.try_recv() {
                        waiting.push(left);
                    }
                }
            }
            self.write(&journal, &mut waiting, &stop).await;
            if self.receiver.is_closed() && self.receiver.is_empty() {
                return;
            }
        }
    }

    /// Takes what comes soon behind the first.
    async fn gather(&mut self, waiting: &mut Vec<Waiting>, stop: &CancellationToken) {
        if waiting.len() < TOGETHER_MAX {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(GATHER) => {}
            }
        }
        while waiting.len() < TOGETHER_MAX
            && let Ok(next) = self.receiver.try_recv()
        {
            waiting.push(next);
        }
    }

    /// Writes events until the log takes them or is gone.
    async fn write(&self, journal: &Journal, waiting: &mut Vec<Waiting>, stop: &CancellationToken) {
        while !waiting.is_empty() {
            let together = together(waiting);
            let (batch, refused) = batch_of(&waiting[..together]);
            match journal.append(batch).await {
                Ok(_) => self.let_go(waiting, together, refused),
                // It may take them later, and nobody waits.
                Err(AppendError::Busy | AppendError::Full | AppendError::Io(_)) if !stop.is_cancelled() => {
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => {
                    tracing::error!(%error, events = together, "events of forwarded calls are missing");
                    self.let_go(waiting, together, together);
                }
            }
        }
    }

    /// The first ones wait no longer; some of them are not on the record.
    fn let_go(&self, waiting: &mut Vec<Waiting>, together: usize, missing: usize) {
        let bytes = waiting.drain(..together).map(|waiting| waiting.event.len()).sum();
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        self.dropped.fetch_add(missing as u64, Ordering::Relaxed);
    }
}

/// How many go into the log together.
fn together(waiting: &[Waiting]) -> usize {
    let mut bytes = 0;
    let fits = |waiting: &&Waiting| {
        bytes += waiting.event.len();
        bytes <= TOGETHER_BYTES
    };
    waiting.iter().take_while(fits).count().max(1)
}

/// A batch of events, and how many were refused at the door.
fn batch_of(waiting: &[Waiting]) -> (Batch, usize) {
    let bytes: usize = waiting.iter().map(|waiting| waiting.event.len() + 256).sum();
    let (mut batch, now, mut refused) = (Batch::with_capacity(bytes), clock::now(), 0);
    for Waiting { account, event } in waiting {
        if let Err(error) = admit(&mut batch, *account, now, event) {
            tracing::error!(%error, "an event of a forwarded call was refused at Cairn's own door");
            refused += 1;
        }
    }
    (batch, refused)
}

#[cfg(test)]
mod tests;
