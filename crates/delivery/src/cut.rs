//! A cut: what the reader holds becomes log files in the outbox.

use crate::delivery::{Inner, Unfinished, lock};
use crate::error::DeliveryError;
use crate::gaps::{GapReason, Skipped};
use crate::log_file::{Packed, Workspaces};
use crate::outbox::{Folder, Lane, NewLogGroupFile, NewObject, ObjectKind, Source};
use crate::quota::disk_free;
use crate::reader::{Cut, CutFile, Reader, Recipient, Texts};
use cairn_decide::names::{log_file_key, log_stream_name, random_part};
use cairn_model::{Position, Timestamp, TrailArn};
use futures::stream::{self, StreamExt, TryStreamExt};
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};
use tokio::sync::MutexGuard;

/// Files of one cut that are compressed at the same time, at most: each holds its text twice.
const PACKERS_MAX: usize = 4;

/// What the files of one cut share.
#[derive(Clone)]
struct Packer {
    texts: Arc<Texts>,
    folder: Folder,
    gzip_level: i32,
    workspaces: Arc<Mutex<Workspaces>>,
    /// Trails whose log groups get nothing of this cut.
    full_log_groups: Arc<HashSet<TrailArn>>,
    from: Position,
    to: Position,
    now: Timestamp,
}

impl Inner {
    /// Cuts what `take` takes out of the reader. Returns whether that was anything.
    pub(crate) async fn cut(
        &self,
        now: Timestamp,
        take: impl FnOnce(&mut Reader) -> Option<Cut>,
    ) -> Result<bool, DeliveryError> {
        let writing: MutexGuard<'_, ()> = self.writing.lock().await;
        let cut = {
            let mut reader = lock(&self.reader);
            reader.check()?;
            take(&mut reader)
        };
        let Some(cut) = cut else {
            lock(&self.workspaces).let_go(now);
            return Ok(false);
        };
        let unfinished = Unfinished::new(&self.reader);
        self.write_cut(cut, now).await?;
        unfinished.finished();
        drop(writing);
        Ok(true)
    }

    async fn write_cut(&self, cut: Cut, now: Timestamp) -> Result<(), DeliveryError> {
        let Cut { texts, mut files, update, from, position, in_haste } = cut;
        let skipped = self.skip(&mut files, from, position).await?;
        let full_log_groups = Arc::new(self.full_log_groups(&files).await?);
        let limits = &self.options.limits;
        let gzip_level = if in_haste { limits.gzip_level_in_haste } else { limits.gzip_level };
        let folder = self.outbox.folder.clone();
        let workspaces = Arc::clone(&self.workspaces);
        let packer =
            Packer { texts, folder, gzip_level, workspaces, full_log_groups, from, to: position, now };
        let objects = packer.pack_all(files).await?;
        self.outbox.commit_cut(&objects, &skipped, &update, position, now).await?;
        lock(&self.reader).saved_up_to(position, now);
        for trail in &update.fresh {
            lock(&self.statuses).forget(trail);
        }
        if !update.generations.is_empty() {
            self.look_for_digests();
        }
        self.enqueued(&objects);
        for skipped in &skipped {
            self.counters.skipped.fetch_add(skipped.events, Relaxed);
            tracing::error!(trail = %skipped.trail, events = skipped.events, "events skipped: the outbox is full");
        }
        if !objects.is_empty() {
            tracing::debug!(files = objects.len(), %position, "cut log files");
            self.refresh_totals().await?;
        }
        Ok(())
    }

    /// Takes out of the files what trails over their quota would have got, and says what that is. What tells
    /// of gaps stays.
    async fn skip(
        &self,
        files: &mut Vec<CutFile>,
        from: Position,
        to: Position,
    ) -> Result<Vec<Skipped>, DeliveryError> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let usage = self.outbox.usage().await?;
        let free = usage.free(&self.options.limits, disk_free(&self.options.dir));
        let mut skipped: BTreeMap<TrailArn, Skipped> = BTreeMap::new();
        for file in files.iter_mut().filter(|file| !file.tells_of_gap) {
            let gathering = &file.gathering;
            for recipient in file.recipients.extract_if(.., |to| usage.is_over(&to.trail.arn, free)) {
                let trail = recipient.trail.arn.clone();
                let (oldest, newest) = (gathering.oldest(), gathering.newest());
                let of_trail = skipped.entry(trail.clone()).or_insert(Skipped {
                    trail,
                    reason: GapReason::OutboxFull,
                    from,
                    to,
                    oldest,
                    newest,
                    events: 0,
                });
                of_trail.oldest = of_trail.oldest.min(oldest);
                of_trail.newest = of_trail.newest.max(newest);
                of_trail.events += gathering.events();
            }
        }
        files.retain(|file| !file.recipients.is_empty());
        Ok(skipped.into_values().collect())
    }
}

impl Packer {
    /// Writes the files and makes them durable, off the async threads: gzip takes a second for 64 MB.
    async fn pack_all(self, files: Vec<CutFile>) -> Result<Vec<NewObject>, DeliveryError> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let at_once = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(PACKERS_MAX));
        let pack = |file: CutFile| {
            let packer = self.clone();
            let packing = tokio::task::spawn_blocking(move || packer.pack(&file));
            async { packing.await.expect("packing a log file does not panic") }
        };
        let packed: Vec<Vec<NewObject>> =
            stream::iter(files).map(pack).buffered(at_once).try_collect().await?;
        let folder = self.folder.clone();
        let synced = tokio::task::spawn_blocking(move || folder.sync());
        synced.await.expect("syncing a folder does not panic")?;
        Ok(packed.into_iter().flatten().collect())
    }

    /// Compresses a file once and gives it a name for each trail that it goes to.
    fn pack(&self, file: &CutFile) -> Result<Vec<NewObject>, DeliveryError> {
        let mut workspace = lock(&self.workspaces).take();
        file.gathering.write_to(file.kind, &self.texts, &mut workspace.plain);
        let packed = workspace.pack(self.gzip_level);
        let mut objects: Vec<NewObject> = Vec::with_capacity(file.recipients.len());
        for recipient in &file.recipients {
            let name = file_name();
            match objects.first() {
                None => self.folder.write(&name, packed.gzip)?,
                Some(first) => self.folder.link(&first.file, &name, packed.gzip)?,
            }
            let mut object = self.object(file, recipient, name, &packed);
            if let Some(source) = &mut object.source {
                source.log_group = self.for_log_group(recipient, &object.file, packed.gzip)?;
            }
            objects.push(object);
        }
        lock(&self.workspaces).put_back(workspace, self.now);
        Ok(objects)
    }

    /// Gives a log file a second name, under which it waits for the trail's log group.
    fn for_log_group(
        &self,
        recipient: &Recipient,
        file: &str,
        gzip: &[u8],
    ) -> Result<Option<NewLogGroupFile>, DeliveryError> {
        let Recipient { trail, account, .. } = recipient;
        let Some(group) = &trail.log_group else { return Ok(None) };
        if self.full_log_groups.contains(&trail.arn) {
            return Ok(None);
        }
        let second = NewLogGroupFile {
            log_group: group.arn.clone(),
            stream: log_stream_name(trail, *account),
            file: file_name(),
        };
        self.folder.link(file, &second.file, gzip)?;
        Ok(Some(second))
    }

    fn object(&self, file: &CutFile, recipient: &Recipient, name: String, packed: &Packed<'_>) -> NewObject {
        let Recipient { trail, account, region, generation } = recipient;
        let random = random_part(rand::random());
        NewObject {
            lane: Lane { trail: trail.arn.clone(), bucket: trail.bucket.clone(), kind: ObjectKind::Log },
            key: log_file_key(trail, file.kind, *account, region, self.now, &random),
            region: region.clone(),
            file: name,
            bytes: packed.gzip.len(),
            gzip_sha256: packed.gzip_sha256.clone(),
            plain_sha256: packed.plain_sha256.clone(),
            oldest: Some(file.gathering.oldest()),
            newest: Some(file.gathering.newest()),
            signature: None,
            generation: *generation,
            kms_key: trail.kms_key.clone(),
            source: Some(Source {
                sns_topic: trail.sns_topic.clone(),
                log_group: None,
                from: self.from,
                to: self.to,
                events: file.gathering.events(),
            }),
            created: self.now,
        }
    }
}

/// A new name in the outbox's folder. Keys are no file names: they are longer than some file systems take.
pub(crate) fn file_name() -> String {
    format!("{}.json.gz", random_part(rand::random()))
}
