//! Draining the outbox: identical bytes under the same key until the bucket has them.

use crate::delivery::{Inner, lock};
use crate::digest::SIGNATURE_ALGORITHM;
use crate::error::DeliveryError;
use crate::lanes::{Claim, LaneEnd, Lanes};
use crate::outbox::{Lane, ObjectKind, Pending, Tried};
use crate::status::Deliveries;
use crate::steps::Step;
use crate::target::{Encryption, Object, Put, TargetError};
use bytes::Bytes;
use cairn_model::Timestamp;
use futures::stream::{self, StreamExt, TryStreamExt};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// Objects that one transaction marks as delivered, at most.
const BATCH: u32 = 64;
/// Trails that upload at the same time. Each holds one object in memory.
pub(crate) const TRAILS_AT_ONCE: usize = 16;
/// How long an object is tried, as CloudTrail does it.
pub(crate) const TRY_FOR: Duration = Duration::from_secs(30 * 86_400);
/// How long an object waits whose key another object has, or whose file is damaged, while those behind it go
/// on.
const PARKED_FOR: Duration = Duration::from_secs(3600);

/// What became of one attempt.
enum Attempt {
    /// The object is in its bucket.
    Delivered,
    /// The bucket did not take it; those behind it must wait too.
    Failed(String),
    /// It cannot be delivered as things are, but those behind it can.
    Parked(String),
}

impl Inner {
    /// Uploads what may be tried now. Returns how many objects were delivered.
    pub(crate) async fn upload_due(&self, now: Timestamp) -> Result<u64, DeliveryError> {
        let claims = Lanes::claim_due(&self.lanes, |lane| &lane.trail, now);
        if claims.is_empty() {
            return Ok(0);
        }
        let delivered = stream::iter(claims)
            .map(|claim| self.drain_trail(claim, now))
            .buffer_unordered(TRAILS_AT_ONCE)
            .try_fold(0, async |sum, delivered| Ok(sum + delivered))
            .await?;
        self.refresh_totals().await?;
        Ok(delivered)
    }

    /// One lane after the other: log files stand before the digests that name them.
    async fn drain_trail(&self, mut claim: Claim<Lane>, now: Timestamp) -> Result<u64, DeliveryError> {
        let mut delivered = 0;
        for (lane, end) in &mut claim.claimed {
            // What an error of the outbox leaves.
            *end = LaneEnd::Failed { after_some: false };
            let before = delivered;
            *end = self.drain(lane, now, &mut delivered).await?;
            if let LaneEnd::Failed { after_some } = end {
                *after_some = delivered > before;
            }
        }
        Ok(delivered)
    }

    async fn drain(
        &self,
        lane: &Lane,
        now: Timestamp,
        delivered: &mut u64,
    ) -> Result<LaneEnd, DeliveryError> {
        loop {
            let pending = self.outbox.pending(lane, now, BATCH).await?;
            if pending.is_empty() {
                let is_empty = !self.outbox.has_pending(lane).await?;
                return Ok(if is_empty { LaneEnd::Empty } else { LaneEnd::Later });
            }
            let (tried, end) = self.try_all(lane, pending, now).await?;
            if end == Some(LaneEnd::Later) && tried.is_empty() {
                return Ok(LaneEnd::Later);
            }
            self.note(lane, &tried, now).await?;
            *delivered += tried.delivered.len() as u64;
            if let Some(end) = end {
                return Ok(end);
            }
        }
    }

    /// Makes durable what became of objects, then lets go of their files.
    async fn note(&self, lane: &Lane, tried: &Tried, now: Timestamp) -> Result<(), DeliveryError> {
        let _noting = self.noting.read().await;
        let status = || lock(&self.statuses).deliveries(&lane.trail).clone();
        self.outbox.complete(lane, tried, now, status).await?;
        if tried.delivered.iter().any(|object| object.sns_topic.is_some()) {
            lock(&self.topics).add(&lane.trail);
        }
        for skipped in tried.skipped(lane) {
            self.counters.skipped.fetch_add(skipped.events, Relaxed);
        }
        self.outbox.folder.remove(tried.files())
    }

    /// Tries the objects in their order, up to the first that its bucket does not take. Without an end all of
    /// them were tried.
    async fn try_all(
        &self,
        lane: &Lane,
        pending: Vec<Pending>,
        now: Timestamp,
    ) -> Result<(Tried, Option<LaneEnd>), DeliveryError> {
        let mut tried = Tried::default();
        for object in pending {
            if now.since(object.created()) > TRY_FOR {
                tracing::error!(key = object.key, bucket = lane.bucket, "given up after 30 days");
                self.counters.given_up.fetch_add(1, Relaxed);
                tried.given_up.push(object);
                continue;
            }
            if object.waits_for > 0 {
                return Ok((tried, Some(LaneEnd::Later)));
            }
            self.held_still_by_nobody().await;
            self.outbox.step(Step::BeforePut)?;
            let attempt = self.attempt(lane, &object).await;
            self.outbox.step(Step::AfterPut)?;
            self.note_status(lane, &object, &attempt, now);
            match attempt {
                Attempt::Delivered => tried.delivered.push(object),
                Attempt::Parked(_) => tried.parked.push((object.id, now.plus(PARKED_FOR))),
                Attempt::Failed(_) => {
                    return Ok((tried, Some(LaneEnd::Failed { after_some: false })));
                }
            }
        }
        Ok((tried, None))
    }

    /// Waits while a backup holds delivery still.
    pub(crate) async fn held_still_by_nobody(&self) {
        drop(self.noting.read().await);
    }

    async fn attempt(&self, lane: &Lane, pending: &Pending) -> Attempt {
        let bytes = self.outbox.folder.read(&pending.file, &pending.gzip_sha256);
        let bytes = match bytes.await {
            Ok(bytes) => Bytes::from(bytes),
            Err(damage) => {
                tracing::error!(file = pending.file, key = pending.key, %damage, "an outbox file is damaged");
                return Attempt::Parked("InternalError".to_owned());
            }
        };
        let object = object(lane, pending, bytes);
        let put = self.target.put_new(&object);
        let put = tokio::time::timeout(self.options.limits.put_timeout, put).await;
        let attempt = match put {
            Ok(Ok(Put::Created | Put::SameAlreadyThere)) => Attempt::Delivered,
            Ok(Err(TargetError::Refused { code })) => Attempt::Failed(code),
            Ok(Err(TargetError::Conflict)) => Attempt::Parked("ObjectAlreadyExists".to_owned()),
            Err(_elapsed) => Attempt::Failed("RequestTimeout".to_owned()),
        };
        if let Attempt::Failed(code) | Attempt::Parked(code) = &attempt {
            tracing::warn!(bucket = lane.bucket, key = object.key, code, "not delivered yet");
        }
        attempt
    }

    fn note_status(&self, lane: &Lane, object: &Pending, attempt: &Attempt, now: Timestamp) {
        let mut statuses = lock(&self.statuses);
        let deliveries: &mut Deliveries = statuses.deliveries(&lane.trail);
        let region = &object.region;
        match (attempt, lane.kind) {
            (Attempt::Delivered, ObjectKind::Log) => deliveries.log_delivered(region, now),
            (Attempt::Delivered, ObjectKind::Digest) => deliveries.digest_delivered(region, now),
            (Attempt::Failed(code) | Attempt::Parked(code), ObjectKind::Log) => {
                deliveries.log_failed(region, code, now);
            }
            (Attempt::Failed(code) | Attempt::Parked(code), ObjectKind::Digest) => {
                deliveries.digest_failed(code);
            }
        }
        let counter = match attempt {
            Attempt::Delivered => &self.counters.delivered,
            Attempt::Failed(_) | Attempt::Parked(_) => &self.counters.failed_attempts,
        };
        counter.fetch_add(1, Relaxed);
    }
}

fn object(lane: &Lane, pending: &Pending, bytes: Bytes) -> Object {
    let metadata = match &pending.signature {
        Some(signature) => {
            vec![("signature", signature.clone()), ("signature-algorithm", SIGNATURE_ALGORITHM.to_owned())]
        }
        None => Vec::new(),
    };
    Object {
        trail: lane.trail.clone(),
        bucket: lane.bucket.clone(),
        key: pending.key.clone(),
        bytes,
        sha256: pending.gzip_sha256.clone(),
        content_type: "application/json",
        content_encoding: "gzip",
        metadata,
        encryption: encryption(lane, pending),
    }
}

/// The context's keys and values: AWS CloudTrail User Guide, "Encrypting CloudTrail log files, digest files,
/// and event data stores with AWS KMS keys".
fn encryption(lane: &Lane, pending: &Pending) -> Encryption {
    let Some(key_arn) = pending.kms_key.clone() else {
        return Encryption::SseS3;
    };
    let object_arn = format!("arn:aws:s3:::{}/{}", lane.bucket, pending.key);
    let context = vec![
        ("aws:cloudtrail:arn".to_owned(), lane.trail.to_string()),
        ("aws:s3:arn".to_owned(), object_arn),
    ];
    Encryption::SseKms { key_arn, context }
}
