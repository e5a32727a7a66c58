//! Events on their way into the log when nobody waits for them.
//!
//! A call's event is told when its turn comes, many in a row: what tells it is a quarter of all the code that a call
//! runs through, and to fetch that anew for every call costs more than to run it.

use crate::clock;
use crate::journal::{Journal, admit};
use cairn_model::AccountId;
use cairn_store::log::{AppendError, Batch};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// Events that go into the log together at most.
const TOGETHER_MAX: usize = 4096;
/// And so many bytes of them, or a single larger one.
const TOGETHER_BYTES: usize = 4 << 20;
/// How long events gather before they go into the log: a commit, and what follows it, costs as much for one as for
/// hundreds, and nobody waits.
const GATHER: Duration = Duration::from_millis(50);
/// Events that are told in a row: few enough that what they are told of is still in the processor's cache, and that
/// what else this thread does need not wait long.
const TOLD_IN_A_ROW: usize = 16;
/// Calls that wait with their events untold. Those of more are told at once.
const UNTOLD_MAX: usize = 256;
/// What one of them counts for in the queue: its heads keep the buffers that they came in.
const UNTOLD_BYTES: usize = 32 << 10;
/// How long the log is left alone after it refused.
const PAUSE: Duration = Duration::from_millis(100);

/// A queue bounded in bytes. What does not fit is dropped and counted.
pub(crate) struct EventQueue {
    sender: UnboundedSender<Waiting>,
    bytes_max: usize,
    shared: Arc<Shared>,
}

/// An event, and whose it is.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) account: AccountId,
    /// Its JSON.
    pub(crate) text: Vec<u8>,
}

/// Tells an event when its turn comes.
pub(crate) type Tell = Box<dyn FnOnce() -> Event + Send>;

/// What waits.
enum Waiting {
    Told(Event),
    Untold(Tell),
}

/// The end of the queue that the log is fed from.
pub(crate) struct Drain {
    receiver: UnboundedReceiver<Waiting>,
    shared: Arc<Shared>,
}

/// What both ends know.
#[derive(Default)]
struct Shared {
    bytes: AtomicUsize,
    untold: AtomicUsize,
    dropped: AtomicU64,
    /// Told when so many events are untold that they can be told in a row.
    enough: Notify,
}

impl EventQueue {
    pub(crate) fn new(bytes_max: usize) -> (EventQueue, Drain) {
        let (sender, receiver) = unbounded_channel();
        let shared = Arc::<Shared>::default();
        let drain = Drain { receiver, shared: Arc::clone(&shared) };
        (EventQueue { sender, bytes_max, shared }, drain)
    }

    /// Takes an event, or drops it if there is no room.
    pub(crate) fn offer(&self, event: Event) {
        match self.shared.has_room(event.text.len(), self.bytes_max) {
            true => self.send(Waiting::Told(event)),
            false => self.shared.drop_events(1),
        }
    }

    /// The same of one that is still to be told, here if too many are already. What `tell` keeps is small.
    pub(crate) fn offer_untold(&self, tell: Tell) {
        let before = self.shared.untold.fetch_add(1, Ordering::Relaxed);
        if before >= UNTOLD_MAX || !self.shared.has_room(UNTOLD_BYTES, self.bytes_max) {
            self.shared.untold.fetch_sub(1, Ordering::Relaxed);
            return self.offer(tell());
        }
        self.send(Waiting::Untold(tell));
        if before + 1 == TOLD_IN_A_ROW {
            self.shared.enough.notify_one();
        }
    }

    fn send(&self, waiting: Waiting) {
        // The drain goes only after the last request has.
        if self.sender.send(waiting).is_err() {
            self.shared.drop_events(1);
        }
    }

    /// Events that were dropped since the start.
    pub(crate) fn dropped(&self) -> u64 {
        self.shared.dropped.load(Ordering::Relaxed)
    }

    /// Bytes that wait.
    pub(crate) fn bytes(&self) -> usize {
        self.shared.bytes.load(Ordering::Relaxed)
    }
}

impl Shared {
    /// Takes so much room, if there is.
    fn has_room(&self, bytes: usize, bytes_max: usize) -> bool {
        let has_room = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes <= bytes_max;
        if !has_room {
            self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
        has_room
    }

    fn drop_events(&self, events: usize) {
        self.dropped.fetch_add(events as u64, Ordering::Relaxed);
    }

    /// Tells an event. One that cannot be told must not take the others with it.
    fn tell(&self, tell: Tell) -> Option<Event> {
        let told = catch_unwind(AssertUnwindSafe(tell)).ok();
        if told.is_none() {
            self.drop_events(1);
        }
        self.untold.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_add(told.as_ref().map_or(0, |event| event.text.len()), Ordering::Relaxed);
        self.bytes.fetch_sub(UNTOLD_BYTES, Ordering::Relaxed);
        told
    }
}

impl Drain {
    /// Writes what comes until `stop`, then what is left.
    pub(crate) async fn run(mut self, journal: Arc<Journal>, stop: CancellationToken) {
        let mut told = Vec::new();
        loop {
            tokio::select! {
                biased;
                first = self.receiver.recv() => told.extend(first.and_then(|first| self.told(first))),
                () = stop.cancelled() => self.receiver.close(),
            }
            self.gather(&mut told, &stop).await;
            self.write(&journal, &mut told, &stop).await;
            if self.receiver.is_closed() && self.receiver.is_empty() {
                return;
            }
        }
    }

    fn told(&self, waiting: Waiting) -> Option<Event> {
        match waiting {
            Waiting::Told(event) => Some(event),
            Waiting::Untold(tell) => self.shared.tell(tell),
        }
    }

    /// Takes what comes soon behind the first, and tells it whenever enough has come.
    async fn gather(&mut self, told: &mut Vec<Event>, stop: &CancellationToken) {
        let end = Instant::now() + GATHER;
        let mut is_over = false;
        loop {
            self.take(told).await;
            if is_over || told.len() >= TOGETHER_MAX || self.receiver.is_closed() {
                return;
            }
            let shared = Arc::clone(&self.shared);
            tokio::select! {
                () = shared.enough.notified() => {}
                () = sleep_until(end) => is_over = true,
                () = stop.cancelled() => is_over = true,
            }
        }
    }

    /// Takes and tells what is there.
    async fn take(&mut self, told: &mut Vec<Event>) {
        let mut taken = 0;
        while told.len() < TOGETHER_MAX
            && let Ok(waiting) = self.receiver.try_recv()
        {
            told.extend(self.told(waiting));
            taken += 1;
            if taken % TOLD_IN_A_ROW == 0 {
                tokio::task::yield_now().await;
            }
        }
    }

    /// Writes events until the log takes them or is gone.
    async fn write(&self, journal: &Journal, waiting: &mut Vec<Event>, stop: &CancellationToken) {
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
    fn let_go(&self, waiting: &mut Vec<Event>, together: usize, missing: usize) {
        let bytes = waiting.drain(..together).map(|event| event.text.len()).sum();
        self.shared.bytes.fetch_sub(bytes, Ordering::Relaxed);
        self.shared.drop_events(missing);
    }
}

/// How many go into the log together.
fn together(waiting: &[Event]) -> usize {
    let mut bytes = 0;
    let fits = |event: &&Event| {
        bytes += event.text.len();
        bytes <= TOGETHER_BYTES
    };
    waiting.iter().take_while(fits).count().max(1)
}

/// A batch of events, and how many were refused at the door.
fn batch_of(waiting: &[Event]) -> (Batch, usize) {
    let bytes: usize = waiting.iter().map(|event| event.text.len() + 256).sum();
    let (mut batch, now, mut refused) = (Batch::with_capacity(bytes), clock::now(), 0);
    for Event { account, text } in waiting {
        if let Err(error) = admit(&mut batch, *account, now, text) {
            tracing::error!(%error, "an event of a forwarded call was refused at Cairn's own door");
            refused += 1;
        }
    }
    (batch, refused)
}

#[cfg(test)]
mod tests;
