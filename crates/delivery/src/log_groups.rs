//! Sending the events of log files to log groups of CloudWatch Logs, apart from uploads: neither waits for the
//! other.
//!
//! A file is sent as a whole or again: an event may come twice after a crash or a failure in the middle.

mod batches;

use crate::delivery::{Inner, lock};
use crate::error::DeliveryError;
use crate::lanes::{Claim, LaneEnd, Lanes};
use crate::options::Limits;
use crate::outbox::LogGroupFile;
use crate::quota::disk_free;
use crate::reader::CutFile;
use crate::steps::Step;
use crate::target::{LogEvents, TargetError};
use crate::upload::TRAILS_AT_ONCE;
use batches::Batches;
use cairn_model::{Timestamp, TrailArn};
use futures::stream::{self, StreamExt, TryStreamExt};
use std::collections::HashSet;
use std::time::Duration;

/// How long a file is tried. Its events are in the bucket, or on their way there, whatever becomes of the log group.
const TRY_FOR: Duration = Duration::from_secs(86_400);
/// Files that are unpacked at the same time: each is up to `file_bytes` of memory.
pub(crate) const UNPACKED_MAX: usize = 2;
/// What the status says of a file that nobody tries any more.
const GIVEN_UP: &str = "GivenUp";

impl Inner {
    /// Sends what may be tried now.
    pub(crate) async fn send_log_events_due(&self, now: Timestamp) -> Result<(), DeliveryError> {
        let claims = Lanes::claim_due(&self.log_groups, |trail| trail, now);
        stream::iter(claims)
            .map(|claim| self.drain_log_group(claim, now))
            .buffer_unordered(TRAILS_AT_ONCE)
            .try_collect()
            .await
    }

    async fn drain_log_group(&self, mut claim: Claim<TrailArn>, now: Timestamp) -> Result<(), DeliveryError> {
        for (trail, end) in &mut claim.claimed {
            *end = LaneEnd::Failed { after_some: false };
            *end = self.send_all(trail, now).await?;
        }
        Ok(())
    }

    async fn send_all(&self, trail: &TrailArn, now: Timestamp) -> Result<LaneEnd, DeliveryError> {
        let mut after_some = false;
        while let Some(file) = self.outbox.first_log_group_file(trail).await? {
            let is_done = self.send(trail, &file, now).await?;
            let done = is_done.then_some(file.id);
            {
                let _noting = self.noting.read().await;
                let status = || lock(&self.statuses).deliveries(trail).clone();
                self.outbox.note_log_group_file(done, trail, status).await?;
            }
            if !is_done {
                return Ok(LaneEnd::Failed { after_some });
            }
            self.outbox.folder.remove([file.file.as_str()].into_iter())?;
            after_some = true;
        }
        Ok(LaneEnd::Empty)
    }

    /// Returns whether the file is done with: sent, given up, or of a trail that has no log group any more.
    async fn send(
        &self,
        trail: &TrailArn,
        file: &LogGroupFile,
        now: Timestamp,
    ) -> Result<bool, DeliveryError> {
        let Some(group) = &file.log_group else { return Ok(true) };
        if now.since(file.created) > TRY_FOR {
            tracing::error!(%trail, group, file = file.file, "a log file is given up for its log group after 24 hours");
            lock(&self.statuses).deliveries(trail).log_group_failed(GIVEN_UP);
            return Ok(true);
        }
        self.held_still_by_nobody().await;
        self.outbox.step(Step::BeforeLogEvents)?;
        let _memory = self.unpacking.acquire().await.expect("nobody closes it");
        let unpacked = match self.outbox.folder.read(&file.file, &file.gzip_sha256).await {
            Ok(gzip) => unpack(gzip, now).await,
            Err(error) if error.may_pass() => {
                tracing::warn!(%trail, group, file = file.file, %error, "a log file cannot be read yet");
                return Ok(false);
            }
            Err(_) => None,
        };
        let Some(batches) = unpacked else {
            tracing::error!(%trail, group, file = file.file, "a damaged log file is given up for its log group");
            lock(&self.statuses).deliveries(trail).log_group_failed("InternalError");
            return Ok(true);
        };
        let sent = self.send_batches(trail, group, file, batches).await;
        self.outbox.step(Step::AfterLogEvents)?;
        let mut statuses = lock(&self.statuses);
        match &sent {
            Ok(()) => statuses.deliveries(trail).log_group_delivered(&file.region, now),
            Err(code) => {
                tracing::warn!(%trail, group, code, "a log group did not take events yet");
                statuses.deliveries(trail).log_group_failed(code);
            }
        }
        Ok(sent.is_ok())
    }

    /// Fails with the error's code.
    async fn send_batches(
        &self,
        trail: &TrailArn,
        group: &str,
        file: &LogGroupFile,
        batches: Batches,
    ) -> Result<(), String> {
        if batches.too_large() > 0 {
            let events = batches.too_large();
            tracing::warn!(%trail, group, events, "events of more than 256 KB do not go to log groups");
        }
        for events in batches {
            let (group_arn, stream) = (group.to_owned(), file.stream.clone());
            let events = LogEvents { trail: trail.clone(), group_arn, stream, events };
            let put = self.target.put_log_events(&events);
            match tokio::time::timeout(self.options.limits.put_timeout, put).await {
                Ok(Ok(())) => {}
                Ok(Err(TargetError::Refused { code })) => return Err(code),
                Ok(Err(TargetError::Conflict)) => return Err("InternalError".to_owned()),
                Err(_elapsed) => return Err("RequestTimeout".to_owned()),
            }
        }
        Ok(())
    }

    /// Trails for whose log groups so much waits that no more is kept: by the rule of [`crate::quota`], with room of
    /// its own, so that a log group that takes nothing costs the bucket nothing.
    pub(crate) async fn full_log_groups(
        &self,
        files: &[CutFile],
    ) -> Result<HashSet<TrailArn>, DeliveryError> {
        let recipients = files.iter().flat_map(|file| &file.recipients);
        let with_group = recipients.filter(|recipient| recipient.trail.log_group.is_some());
        let mut trails: HashSet<TrailArn> = with_group.map(|recipient| recipient.trail.arn.clone()).collect();
        if trails.is_empty() {
            return Ok(trails);
        }
        let usage = self.outbox.log_group_usage().await?;
        let limits = &self.options.limits;
        let limits = Limits { outbox_bytes: limits.log_group_bytes, ..*limits };
        let free = usage.free(&limits, disk_free(&self.options.dir));
        trails.retain(|trail| usage.is_over(trail, free));
        for trail in &trails {
            tracing::error!(%trail, "log files are given up for a log group: too many wait for it");
            lock(&self.statuses).deliveries(trail).log_group_failed(GIVEN_UP);
        }
        Ok(trails)
    }
}

async fn unpack(gzip: Vec<u8>, now: Timestamp) -> Option<Batches> {
    let unpacking = tokio::task::spawn_blocking(move || Batches::of(&gzip, now));
    unpacking.await.expect("unpacking a log file does not panic")
}
