//! Making the digests that are due.

use crate::cut::file_name;
use crate::delivery::{Inner, Unfinished, lock};
use crate::digest::{self, Contents};
use crate::error::DeliveryError;
use crate::outbox::{Chain, Folder, Lane, Link, NewDigest, NewObject, ObjectKind};
use crate::reader::Generation;
use crate::signing::{Signer, UnusableKey};
use crate::status::NO_SIGNING_KEY;
use cairn_decide::digest::{Window, is_due, window};
use cairn_decide::names::digest_key;
use cairn_model::{SigningKey, Timestamp, Trail};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why the digests of a window were not written. Their files stay unnamed, and a later window covers them.
#[derive(Debug, thiserror::Error)]
enum NotWritten {
    #[error(transparent)]
    Outbox(#[from] DeliveryError),
    #[error(transparent)]
    Key(#[from] UnusableKey),
}

impl Inner {
    /// Makes all digests that are due. Returns how many.
    pub(crate) async fn digest_if_due(&self, now: Timestamp) -> Result<usize, DeliveryError> {
        let _one_write_at_a_time = self.writing.lock().await;
        lock(&self.reader).check()?;
        let mut made = 0;
        for generation in self.outbox.generations().await? {
            if self.is_due(&generation, now) {
                made += self.digest_generation(&generation, now).await?;
            }
        }
        if made > 0 {
            self.refresh_totals().await?;
        }
        Ok(made)
    }

    /// By the time since the last digests, not by their end: after a clock was set back the next ones come
    /// after a period, not when it has caught up.
    fn is_due(&self, generation: &Generation, now: Timestamp) -> bool {
        if generation.closed {
            return true;
        }
        let mut clock = lock(&self.digest_clock);
        let last = clock.entry(generation.id).or_insert(generation.window_start);
        *last = now.min(*last);
        is_due(Some(*last), *last, now, self.options.digest_every)
    }

    async fn digest_generation(
        &self,
        generation: &Generation,
        now: Timestamp,
    ) -> Result<usize, DeliveryError> {
        let trail = &generation.trail;
        let window = self.window(generation, now).await?;
        let Some(signer) = self.signer(trail, window.end) else {
            self.digest_waits(trail);
            return Ok(0);
        };
        let mut chains = self.outbox.chains(generation.id).await?;
        chains.entry(trail.arn.region.clone()).or_default();

        let unfinished = Unfinished::new(&self.reader);
        let digests = match self.write_digests(trail, window, chains, signer, now).await {
            Ok(digests) => digests,
            Err(NotWritten::Outbox(error)) => return Err(error),
            Err(NotWritten::Key(_)) => {
                unfinished.finished();
                self.digest_waits(trail);
                return Ok(0);
            }
        };
        self.outbox.commit_digests(generation, window.end, &digests).await?;
        unfinished.finished();
        let mut clock = lock(&self.digest_clock);
        if generation.closed {
            clock.remove(&generation.id);
        } else {
            clock.insert(generation.id, now);
        }
        self.enqueued(digests.iter().map(|digest| &digest.object));
        Ok(digests.len())
    }

    /// From the previous end to now. A new generation begins after the last end of any earlier one, so that
    /// no two digests of a trail share a key.
    async fn window(&self, generation: &Generation, now: Timestamp) -> Result<Window, DeliveryError> {
        let last_end = self.outbox.last_digest_end(&generation.trail.arn).await?;
        let start = generation.window_start.max(last_end.unwrap_or(Timestamp::MIN));
        Ok(window(Some(start), start, now))
    }

    fn signer(&self, trail: &Trail, end: Timestamp) -> Option<Signer> {
        let key = lock(&self.reader).view().signing_key(trail.arn.account, end).cloned()?;
        let signer = self.open_key(&key);
        if signer.is_none() {
            tracing::error!(fingerprint = key.fingerprint, "a signing key cannot be opened");
        }
        signer
    }

    fn open_key(&self, key: &SigningKey) -> Option<Signer> {
        let unsealed = self.unseal.unseal(&key.sealed_private, &key.fingerprint);
        Signer::open(&unsealed.ok()?, &key.fingerprint).ok()
    }

    fn digest_waits(&self, trail: &Trail) {
        tracing::warn!(trail = %trail.arn, "digests wait: the account has no signing key that can be used");
        let mut statuses = lock(&self.statuses);
        statuses.deliveries(&trail.arn).digest_failed(NO_SIGNING_KEY);
    }

    async fn write_digests(
        &self,
        trail: &Arc<Trail>,
        window: Window,
        chains: BTreeMap<String, Chain>,
        signer: Signer,
        now: Timestamp,
    ) -> Result<Vec<NewDigest>, NotWritten> {
        let folder = self.outbox.folder.clone();
        let trail = Arc::clone(trail);
        let gzip_level = self.options.limits.gzip_level;
        let writing = tokio::task::spawn_blocking(move || {
            let writer = Writer { trail: &trail, window, signer: &signer, folder: &folder, gzip_level, now };
            let digests = chains.iter().map(|(region, chain)| writer.write(region, chain));
            let digests = digests.collect::<Result<Vec<NewDigest>, NotWritten>>()?;
            folder.sync()?;
            Ok(digests)
        });
        writing.await.expect("writing digests does not panic")
    }
}

/// What the digests of all regions of one window share.
struct Writer<'a> {
    trail: &'a Trail,
    window: Window,
    signer: &'a Signer,
    folder: &'a Folder,
    gzip_level: i32,
    now: Timestamp,
}

impl Writer<'_> {
    fn write(&self, region: &str, chain: &Chain) -> Result<NewDigest, NotWritten> {
        let account = self.trail.arn.account;
        let bucket = &self.trail.bucket;
        let key = digest_key(self.trail, account, region, self.window.end);
        let contents = Contents {
            account: account.as_str(),
            window: self.window,
            bucket,
            key: &key,
            previous: chain.previous.as_ref(),
            files: &chain.files,
        };
        let digest::Signed { packed, signature } = digest::sign(&contents, self.signer, self.gzip_level)?;
        let file = file_name();
        self.folder.write(&file, &packed.gzip)?;
        let link = Link {
            bucket: bucket.clone(),
            key: key.clone(),
            sha256: packed.plain_sha256.clone(),
            signature: signature.clone(),
        };
        let object = NewObject {
            lane: Lane { trail: self.trail.arn.clone(), bucket: bucket.clone(), kind: ObjectKind::Digest },
            key,
            region: region.to_owned(),
            file,
            bytes: packed.gzip.len(),
            gzip_sha256: packed.gzip_sha256,
            plain_sha256: packed.plain_sha256,
            oldest: chain.files.iter().map(|file| file.oldest).min(),
            newest: chain.files.iter().map(|file| file.newest).max(),
            signature: Some(signature),
            generation: None,
            created: self.now,
        };
        Ok(NewDigest { object, link })
    }
}
