//! A cut: what the reader holds becomes log files in the outbox.

use crate::delivery::{Inner, Unfinished, lock};
use crate::error::DeliveryError;
use crate::outbox::{Folder, Lane, NewObject, ObjectKind};
use crate::reader::{Cut, CutFile};
use cairn_decide::names::{log_file_key, random_part};
use cairn_model::Timestamp;
use tokio::sync::MutexGuard;

impl Inner {
    /// Cuts what `take` takes out of the reader. Returns whether that was anything.
    pub(crate) async fn cut(
        &self,
        now: Timestamp,
        take: impl FnOnce(&mut crate::reader::Reader) -> Option<Cut>,
    ) -> Result<bool, DeliveryError> {
        let writing: MutexGuard<'_, ()> = self.writing.lock().await;
        let cut = {
            let mut reader = lock(&self.reader);
            reader.check()?;
            take(&mut reader)
        };
        let Some(cut) = cut else {
            return Ok(false);
        };
        let unfinished = Unfinished::new(&self.reader);
        self.write_cut(cut, now).await?;
        unfinished.finished();
        drop(writing);
        Ok(true)
    }

    async fn write_cut(&self, cut: Cut, now: Timestamp) -> Result<(), DeliveryError> {
        let Cut { files, update, position } = cut;
        let objects = self.pack(files, now).await?;
        self.outbox.commit_cut(&objects, &update, position).await?;
        lock(&self.reader).saved_up_to(position, now);
        for trail in &update.fresh {
            lock(&self.statuses).forget(trail);
        }
        self.enqueued(&objects);
        if !objects.is_empty() {
            tracing::debug!(files = objects.len(), %position, "cut log files");
            self.refresh_totals().await?;
        }
        Ok(())
    }

    /// Writes the files and makes them durable, off the async threads: gzip takes a second for 64 MB.
    async fn pack(&self, files: Vec<CutFile>, now: Timestamp) -> Result<Vec<NewObject>, DeliveryError> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let folder = self.outbox.folder.clone();
        let gzip_level = self.options.limits.gzip_level;
        let packing = tokio::task::spawn_blocking(move || {
            let packed = files.into_iter().map(|file| pack_one(file, &folder, gzip_level, now));
            let packed = packed.collect::<Result<Vec<NewObject>, DeliveryError>>()?;
            folder.sync()?;
            Ok(packed)
        });
        packing.await.expect("packing log files does not panic")
    }
}

fn pack_one(
    file: CutFile,
    folder: &Folder,
    gzip_level: i32,
    now: Timestamp,
) -> Result<NewObject, DeliveryError> {
    let CutFile { trail, region, kind, generation, gathering } = file;
    let log_file = gathering.finish(gzip_level);
    let random = random_part(rand::random());
    let key = log_file_key(&trail, kind, trail.arn.account, &region, now, &random);
    let name = file_name();
    folder.write(&name, &log_file.packed.gzip)?;
    Ok(NewObject {
        lane: Lane { trail: trail.arn.clone(), bucket: trail.bucket.clone(), kind: ObjectKind::Log },
        key,
        region,
        file: name,
        bytes: log_file.packed.gzip.len(),
        gzip_sha256: log_file.packed.gzip_sha256,
        plain_sha256: log_file.packed.plain_sha256,
        oldest: Some(log_file.oldest),
        newest: Some(log_file.newest),
        signature: None,
        generation,
        created: now,
    })
}

/// A new name in the outbox's folder. Keys are no file names: they are longer than some file systems take.
pub(crate) fn file_name() -> String {
    format!("{}.json.gz", random_part(rand::random()))
}
