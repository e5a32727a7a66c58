//! Telling SNS topics of delivered log files, apart from uploads: a topic that does not answer holds up no
//! log file.

use crate::delivery::{Inner, lock};
use crate::error::DeliveryError;
use crate::lanes::{Claim, LaneEnd, Lanes};
use crate::outbox::WaitingMessage;
use crate::steps::Step;
use crate::target::{Notification, TargetError};
use crate::upload::{TRAILS_AT_ONCE, TRY_FOR};
use cairn_model::{Timestamp, TrailArn};
use futures::stream::{self, StreamExt, TryStreamExt};

/// Messages that one transaction marks as published: as many may be published twice after a crash.
const BATCH: u32 = 16;

impl Inner {
    /// Publishes what may be tried now.
    pub(crate) async fn notify_due(&self, now: Timestamp) -> Result<(), DeliveryError> {
        let claims = Lanes::claim_due(&self.topics, |trail| trail, now);
        stream::iter(claims)
            .map(|claim| self.drain_topic(claim, now))
            .buffer_unordered(TRAILS_AT_ONCE)
            .try_collect()
            .await
    }

    async fn drain_topic(&self, mut claim: Claim<TrailArn>, now: Timestamp) -> Result<(), DeliveryError> {
        for (trail, end) in &mut claim.claimed {
            *end = LaneEnd::Failed { after_some: false };
            *end = self.publish_all(trail, now).await?;
        }
        Ok(())
    }

    async fn publish_all(&self, trail: &TrailArn, now: Timestamp) -> Result<LaneEnd, DeliveryError> {
        let mut after_some = false;
        loop {
            let messages = self.outbox.messages(trail, BATCH).await?;
            if messages.is_empty() {
                return Ok(LaneEnd::Empty);
            }
            let all = messages.len();
            let done = self.publish_some(trail, messages, now).await?;
            let _noting = self.noting.read().await;
            let status = || lock(&self.statuses).deliveries(trail).clone();
            self.outbox.remove_messages(&done, trail, status).await?;
            after_some |= !done.is_empty();
            if done.len() < all {
                self.give_up_oldest(trail).await?;
                return Ok(LaneEnd::Failed { after_some });
            }
        }
    }

    /// Publishes in order up to the first message that the topic does not take. Returns which are done with.
    async fn publish_some(
        &self,
        trail: &TrailArn,
        messages: Vec<WaitingMessage>,
        now: Timestamp,
    ) -> Result<Vec<i64>, DeliveryError> {
        let mut done = Vec::new();
        for message in messages {
            if now.since(message.created) > TRY_FOR {
                tracing::error!(%trail, topic = message.topic, "a message to a topic is given up after 30 days");
                done.push(message.id);
                continue;
            }
            self.held_still_by_nobody().await;
            self.outbox.step(Step::BeforeNotify)?;
            let (id, region) = (message.id, message.region.clone());
            let published = self.publish(trail, message).await;
            self.outbox.step(Step::AfterNotify)?;
            let mut statuses = lock(&self.statuses);
            match published {
                Ok(()) => statuses.deliveries(trail).notified(&region, now),
                Err(code) => {
                    statuses.deliveries(trail).notification_failed(&region, &code, now);
                    break;
                }
            }
            done.push(id);
        }
        Ok(done)
    }

    /// Fails with the error's code.
    async fn publish(&self, trail: &TrailArn, message: WaitingMessage) -> Result<(), String> {
        let WaitingMessage { topic, region, message, .. } = message;
        let notification = Notification { trail: trail.clone(), topic_arn: topic, region, message };
        let published = self.target.notify(&notification);
        let published = match tokio::time::timeout(self.options.limits.put_timeout, published).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(TargetError::Refused { code })) => Err(code),
            Ok(Err(TargetError::Conflict)) => Err("InternalError".to_owned()),
            Err(_elapsed) => Err("RequestTimeout".to_owned()),
        };
        if let Err(code) = &published {
            tracing::warn!(%trail, topic = notification.topic_arn, code, "a topic was not told yet");
        }
        published
    }

    /// A topic that never takes a message must not fill the outbox.
    async fn give_up_oldest(&self, trail: &TrailArn) -> Result<(), DeliveryError> {
        let given_up = self.outbox.keep_newest_messages(trail, self.options.limits.messages).await?;
        if given_up > 0 {
            tracing::error!(%trail, given_up, "too many messages wait for a topic: the oldest are given up");
        }
        Ok(())
    }
}
