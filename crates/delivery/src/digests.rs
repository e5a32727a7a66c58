//! Making the digests that are due.

use crate::cut::file_name;
use crate::delivery::{Inner, Unfinished, lock};
use crate::digest::{self, Contents};
use crate::error::DeliveryError;
use crate::log_file::Workspace;
use crate::outbox::{Chain, Folder, Lane, Link, NewDigest, NewObject, ObjectKind};
use crate::reader::{Generation, GenerationId};
use crate::signing::{Signer, UnusableKey};
use crate::status::NO_SIGNING_KEY;
use cairn_decide::digest::{Window, is_due, window};
use cairn_decide::names::digest_key;
use cairn_model::{AccountId, SigningKey, Timestamp, Trail};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

/// Why the digests of a window were not written. Their files stay unnamed, and a later window covers them.
#[derive(Debug, thiserror::Error)]
enum NotWritten {
    #[error(transparent)]
    Outbox(#[from] DeliveryError),
    #[error(transparent)]
    Key(#[from] UnusableKey),
}

/// When digests are due, by the clock.
#[derive(Debug, Default)]
pub(crate) struct DigestClock {
    /// When each generation's latest digests were made.
    last: HashMap<GenerationId, Timestamp>,
    /// Why nobody need ask the outbox; without it somebody must.
    idle: Option<Idle>,
}

/// No digest is due while this holds.
#[derive(Clone, Copy, Debug)]
struct Idle {
    since: Timestamp,
    until: Timestamp,
    keys_version: u64,
}

/// How often a trail without a usable key is looked at, beside when a key comes.
const KEY_EVERY: Duration = Duration::from_secs(60);

impl DigestClock {
    /// By the time since the last digests, not by their end: after a clock was set back the next ones come
    /// after a period, not when it has caught up.
    fn due(&mut self, generation: &Generation, now: Timestamp, every: Duration) -> Due {
        if generation.closed {
            return Due::Now;
        }
        let last = self.last.entry(generation.id).or_insert(generation.window_start);
        *last = now.min(*last);
        if is_due(Some(*last), *last, now, every) { Due::Now } else { Due::At(last.plus(every)) }
    }

    fn made(&mut self, generation: &Generation, now: Timestamp) {
        if generation.closed {
            self.last.remove(&generation.id);
        } else {
            self.last.insert(generation.id, now);
        }
    }

    /// A clock that was set back says nothing about when the next is due.
    fn is_idle(&self, now: Timestamp, keys_version: u64) -> bool {
        self.idle
            .is_some_and(|idle| idle.since <= now && now < idle.until && idle.keys_version == keys_version)
    }
}

/// When a generation's digests are due.
enum Due {
    Now,
    At(Timestamp),
}

impl Inner {
    /// Makes all digests that are due. Returns how many.
    pub(crate) async fn digest_if_due(&self, now: Timestamp) -> Result<usize, DeliveryError> {
        let _one_write_at_a_time = self.writing.lock().await;
        let keys_version = {
            let reader = lock(&self.reader);
            reader.check()?;
            reader.view().keys_version()
        };
        if lock(&self.digest_clock).is_idle(now, keys_version) {
            return Ok(0);
        }
        self.look_for_digests();
        let every = self.options.digest_every;
        let (mut made, mut until) = (0, now.plus(every));
        for generation in self.outbox.generations().await? {
            let due = lock(&self.digest_clock).due(&generation, now, every);
            let next = match due {
                Due::At(time) => time,
                Due::Now => {
                    let digests = self.digest_generation(&generation, now).await?;
                    made += digests;
                    now.plus(if digests == 0 { KEY_EVERY } else { every })
                }
            };
            until = until.min(next);
        }
        lock(&self.digest_clock).idle = Some(Idle { since: now, until, keys_version });
        if made > 0 {
            self.refresh_totals().await?;
        }
        Ok(made)
    }

    /// Something changed about generations: the outbox must be asked what is due.
    pub(crate) fn look_for_digests(&self) {
        lock(&self.digest_clock).idle = None;
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
        let digests = match self.write_digests(generation, window, chains, signer, now).await {
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
        lock(&self.digest_clock).made(generation, now);
        self.enqueued(digests.iter().map(|digest| &digest.object));
        Ok(digests.len())
    }

    /// From the previous end to now. A new generation begins after the last end of any earlier one, so that
    /// no two digests of a trail share a key.
    async fn window(&self, generation: &Generation, now: Timestamp) -> Result<Window, DeliveryError> {
        let last_end = self.outbox.last_digest_end(&generation.trail.arn, generation.account).await?;
        let start = generation.window_start.max(last_end.unwrap_or(Timestamp::MIN));
        Ok(window(Some(start), start, now))
    }

    /// The newest valid key that can be opened: one of the trail's own account, whoever's events the digests cover.
    fn signer(&self, trail: &Trail, end: Timestamp) -> Option<Signer> {
        let keys = lock(&self.reader).view().signing_keys(trail.arn.account, end);
        let open = |key: &SigningKey| {
            let signer = self.open_key(key);
            if signer.is_none() {
                tracing::error!(fingerprint = key.fingerprint, "a signing key cannot be opened");
            }
            signer
        };
        keys.iter().find_map(open)
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
        generation: &Generation,
        window: Window,
        chains: BTreeMap<String, Chain>,
        signer: Signer,
        now: Timestamp,
    ) -> Result<Vec<NewDigest>, NotWritten> {
        let folder = self.outbox.folder.clone();
        let (trail, account) = (Arc::clone(&generation.trail), generation.account);
        let gzip_level = self.options.limits.gzip_level;
        let writing = tokio::task::spawn_blocking(move || {
            let (trail, signer, folder) = (&trail, &signer, &folder);
            let writer = Writer { trail, account, window, signer, folder, gzip_level, now };
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
    /// Whose events the digests cover.
    account: AccountId,
    window: Window,
    signer: &'a Signer,
    folder: &'a Folder,
    gzip_level: i32,
    now: Timestamp,
}

impl Writer<'_> {
    fn write(&self, region: &str, chain: &Chain) -> Result<NewDigest, NotWritten> {
        let account = self.account;
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
        let mut workspace = Workspace::default();
        let signed = digest::sign(&contents, self.signer, self.gzip_level, &mut workspace)?;
        let digest::Signed { packed, signature } = signed;
        let file = file_name();
        self.folder.write(&file, packed.gzip)?;
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
            kms_key: self.trail.kms_key.clone(),
            source: None,
            created: self.now,
        };
        Ok(NewDigest { object, link })
    }
}
