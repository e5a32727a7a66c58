//! Delivery as its owner sees it.

use crate::digests::DigestClock;
use crate::error::DeliveryError;
use crate::lanes::Lanes;
use crate::log_file::Workspaces;
use crate::log_groups::UNPACKED_MAX;
use crate::options::DeliveryOptions;
use crate::outbox::{Lane, NewObject, Outbox};
use crate::reader::{Memory, Reader};
use crate::stats::{Counters, Totals};
use crate::status::{Statuses, TrailStatus};
use crate::steps::Steps;
use crate::target::{Target, Unseal};
use cairn_model::{Position, Record, Timestamp, Trail, TrailArn};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Everything that trails deliver. Cheap to clone; all clones are the same.
///
/// Its owner reads the log from [`Delivery::position`] and gives each record to [`Delivery::apply`]; beside
/// that, and at the same time if it likes, it calls the three `..._due` functions every second or so. After
/// any error of `apply`, `cut_if_due` or `digest_if_due` it calls [`Delivery::reload`] and starts reading
/// anew from there; uploads go on.
#[derive(Clone)]
pub struct Delivery {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) options: DeliveryOptions,
    pub(crate) target: Arc<dyn Target>,
    pub(crate) unseal: Arc<dyn Unseal>,
    pub(crate) outbox: Outbox,
    pub(crate) reader: Mutex<Reader>,
    /// Held by the one cut, digest or reload that is under way.
    pub(crate) writing: Arc<tokio::sync::Mutex<()>>,
    /// Shared by all who note that something was delivered; held alone by a backup.
    pub(crate) noting: Arc<tokio::sync::RwLock<()>>,
    pub(crate) lanes: Arc<Mutex<Lanes<Lane>>>,
    /// Trails for whose topics messages wait.
    pub(crate) topics: Arc<Mutex<Lanes<TrailArn>>>,
    /// Trails for whose log groups files wait.
    pub(crate) log_groups: Arc<Mutex<Lanes<TrailArn>>>,
    /// Shared by those who hold an unpacked log file in memory.
    pub(crate) unpacking: Semaphore,
    pub(crate) statuses: Mutex<Statuses>,
    /// Where log files are packed.
    pub(crate) workspaces: Arc<Mutex<Workspaces>>,
    pub(crate) digest_clock: Mutex<DigestClock>,
    pub(crate) counters: Counters,
    pub(crate) totals: Mutex<Totals>,
}

/// What the caller does after a record was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Applied {
    /// Goes on.
    GoOn,
    /// Goes on, and calls [`Delivery::cut_if_due`] beside that: half of the memory is used up.
    CutSoon,
    /// Calls [`Delivery::cut_if_due`], which now cuts at once, before it applies more: memory is used up.
    CutFirst,
}

impl Delivery {
    /// Opens or makes the outbox in `options.dir`, whose file `outbox.db` and folder `outbox` nobody else
    /// may use. Removes files that a crash left over.
    pub async fn open(
        options: DeliveryOptions,
        target: Arc<dyn Target>,
        unseal: Arc<dyn Unseal>,
    ) -> Result<Delivery, DeliveryError> {
        Delivery::open_with(options, target, unseal, Steps::default()).await
    }

    pub(crate) async fn open_with(
        options: DeliveryOptions,
        target: Arc<dyn Target>,
        unseal: Arc<dyn Unseal>,
        steps: Steps,
    ) -> Result<Delivery, DeliveryError> {
        let outbox = Outbox::open(&options, steps).await?;
        let (position, view) = outbox.load_view().await?;
        let statuses = Statuses::new(outbox.statuses().await?);
        let inner = Inner {
            reader: Mutex::new(Reader::new(options.clone(), view, position)),
            options,
            target,
            unseal,
            outbox,
            writing: Arc::default(),
            noting: Arc::default(),
            lanes: Arc::default(),
            topics: Arc::default(),
            log_groups: Arc::default(),
            unpacking: Semaphore::new(UNPACKED_MAX),
            workspaces: Arc::default(),
            statuses: Mutex::new(statuses),
            digest_clock: Mutex::default(),
            counters: Counters::default(),
            totals: Mutex::default(),
        };
        inner.recover().await?;
        Ok(Delivery { inner: Arc::new(inner) })
    }

    /// Forgets all that is not in the outbox, as a restart would, and returns the position from which the
    /// log must be applied again. Nothing may be applied meanwhile.
    pub async fn reload(&self) -> Result<Position, DeliveryError> {
        let inner = &*self.inner;
        let _one_write_at_a_time = inner.writing.lock().await;
        let (position, view) = inner.outbox.load_view().await?;
        inner.recover().await?;
        *lock(&inner.reader) = Reader::new(inner.options.clone(), view, position);
        Ok(position)
    }

    /// What stands in the log below is delivered or survives in the outbox: the log may release it, and
    /// reading starts here.
    pub fn position(&self) -> Position {
        lock(&self.inner.reader).saved()
    }

    /// Applies the log's record at `at`, in log order; `next` is where the record behind it starts. A record
    /// that was applied already is passed over. Changes take effect at their position: the event of the call
    /// that made them goes to the trails that took it before, and to changed trails that take it now.
    ///
    /// Fails with [`DeliveryError::Record`] if a newer Cairn wrote the record, with
    /// [`DeliveryError::OutOfOrder`] if records before it are missing, and with
    /// [`DeliveryError::MustReload`] after a failed write.
    pub fn apply(
        &self,
        at: Position,
        record: &Record<'_>,
        next: Position,
        now: Timestamp,
    ) -> Result<Applied, DeliveryError> {
        let mut reader = lock(&self.inner.reader);
        reader.apply(at, record, next, now)?;
        Ok(match reader.memory() {
            Memory::Free => Applied::GoOn,
            Memory::HalfUsed => Applied::CutSoon,
            Memory::Used => Applied::CutFirst,
        })
    }

    /// Makes log files of what is in memory if its oldest event has waited for `deliver_every`, if half of the
    /// memory is used up, or if a trail stopped; now and then saves the position alone. Returns whether it did any of
    /// this.
    ///
    /// When this returns `Ok`, the files will be delivered exactly once whatever crashes. After an error
    /// they may or may not, and only [`Delivery::reload`] finds out.
    pub async fn cut_if_due(&self, now: Timestamp) -> Result<bool, DeliveryError> {
        let take = |reader: &mut Reader| reader.take_if_due(now);
        self.inner.cut(now, take).await
    }

    /// Makes the digests whose windows have ended, and the last ones of trails that stopped. Returns how
    /// many. A trail whose account has no valid signing key waits for one, and its status says so.
    pub async fn digest_if_due(&self, now: Timestamp) -> Result<usize, DeliveryError> {
        self.inner.digest_if_due(now).await
    }

    /// Tries to deliver what waits in the outbox and is not waiting after a failure; returns how many
    /// objects were delivered. A bucket's failure is no error: it is in the trail's status, and the object
    /// is tried for 30 days.
    ///
    /// Then tells SNS topics of what was delivered, and beside all that sends events to log groups; their failures
    /// are no error either.
    ///
    /// May be called while an earlier call is still busy: it leaves alone the trails that one is busy with,
    /// so a bucket that does not answer need not hold up others.
    pub async fn upload_due(&self, now: Timestamp) -> Result<u64, DeliveryError> {
        let uploading = async {
            let delivered = self.inner.upload_due(now).await?;
            self.inner.notify_due(now).await?;
            Ok(delivered)
        };
        let (delivered, ()) = futures::try_join!(uploading, self.inner.send_log_events_due(now))?;
        Ok(delivered)
    }

    /// Cuts all that is in memory, and spends up to `within` on delivering it: for an orderly stop.
    pub async fn flush(&self, now: Timestamp, within: Duration) -> Result<(), DeliveryError> {
        self.inner.cut(now, |reader| reader.take(now)).await?;
        match tokio::time::timeout(within, self.upload_due(now)).await {
            Ok(uploaded) => uploaded.map(|_| ()),
            // What is left is uploaded after the next start.
            Err(_elapsed) => Ok(()),
        }
    }

    /// What GetTrailStatus shows about the deliveries of a trail in a region.
    pub fn status(&self, trail: &TrailArn, region: &str) -> TrailStatus {
        let status = lock(&self.inner.statuses).of(trail, region);
        let (has_topic, has_log_group) = {
            let reader = lock(&self.inner.reader);
            let trail = reader.view().trail(trail);
            let has = |part: fn(&Trail) -> bool| trail.is_some_and(part);
            (has(|trail| trail.sns_topic.is_some()), has(|trail| trail.log_group.is_some()))
        };
        // The error of a topic or log group that the trail has no more is nobody's concern.
        TrailStatus {
            latest_notification_error: status.latest_notification_error.filter(|_| has_topic),
            latest_log_group_delivery_error: status.latest_log_group_delivery_error.filter(|_| has_log_group),
            ..status
        }
    }

    pub(crate) fn shared(&self) -> &Arc<Inner> {
        &self.inner
    }

    pub(crate) fn outbox(&self) -> &Outbox {
        &self.inner.outbox
    }

    #[cfg(test)]
    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }
}

impl Inner {
    /// What both a start and a reload do beside loading the reader.
    async fn recover(&self) -> Result<(), DeliveryError> {
        let orphans = self.outbox.remove_orphans().await?;
        if orphans > 0 {
            tracing::info!(orphans, "removed outbox files that a crash left over");
        }
        for lane in self.outbox.lanes().await? {
            lock(&self.lanes).add(&lane);
        }
        for trail in self.outbox.trails_with_messages().await? {
            lock(&self.topics).add(&trail);
        }
        for trail in self.outbox.trails_with_log_group_files().await? {
            lock(&self.log_groups).add(&trail);
        }
        self.look_for_digests();
        self.refresh_totals().await
    }

    /// Objects are in the outbox: the next upload must look at their lanes.
    pub(crate) fn enqueued<'a>(&self, objects: impl IntoIterator<Item = &'a NewObject>) {
        let (mut lanes, mut log_groups) = (lock(&self.lanes), lock(&self.log_groups));
        for object in objects {
            lanes.add(&object.lane);
            if object.source.as_ref().is_some_and(|source| source.log_group.is_some()) {
                log_groups.add(&object.lane.trail);
            }
        }
    }
}

/// A write that is under way. Unless it is told that the write finished, because that failed or because the
/// caller stopped waiting for it, the reader asks for a reload.
pub(crate) struct Unfinished<'a> {
    reader: &'a Mutex<Reader>,
    finished: bool,
}

impl<'a> Unfinished<'a> {
    pub(crate) fn new(reader: &'a Mutex<Reader>) -> Unfinished<'a> {
        Unfinished { reader, finished: false }
    }

    pub(crate) fn finished(mut self) {
        self.finished = true;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if !self.finished {
            lock(self.reader).require_reload();
        }
    }
}

/// The locks here are held for moments, never across an await.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics while holding it")
}
