//! What buckets, topics and keys are there: asked of the services that hold them.

use super::Call;
use crate::targets::{BucketPlace, KmsFault, ServiceFault, TopicFault};
use cairn_decide::trails::{Answers, BucketAnswer, PolicyText, Questions, TargetFault};

impl Call<'_> {
    /// Asks all at once, so that a slow service costs its own time only.
    pub(super) async fn ask(&self, questions: &Questions) -> Answers {
        let (bucket, topic, kms_key) = tokio::join!(
            maybe(questions.bucket.as_deref(), |name| self.bucket(name)),
            maybe(questions.topic.as_deref(), |arn| self.topic(arn)),
            maybe(questions.kms_key.as_deref(), |key| self.kms_key(key)),
        );
        Answers { questions: questions.clone(), bucket, topic, kms_key }
    }

    async fn bucket(&self, name: &str) -> BucketAnswer {
        match self.app.targets.bucket(name, self.caller.account()).await {
            BucketPlace::Missing => BucketAnswer::Missing,
            BucketPlace::Own if self.is_anothers(name).await => {
                BucketAnswer::OfAnother(self.policy_anyway(name).await)
            }
            BucketPlace::Own => BucketAnswer::Own(self.policy(name).await),
            BucketPlace::Elsewhere => BucketAnswer::Elsewhere(self.policy(name).await),
        }
    }

    /// Whether an own bucket is of another account than the caller's.
    async fn is_anothers(&self, bucket: &str) -> bool {
        let info = self.app.buckets.bucket(bucket).await;
        info.is_some_and(|info| info.owner != self.caller.account())
    }

    async fn policy(&self, bucket: &str) -> PolicyText {
        match self.app.config.limits.limits().checks_policies {
            true => self.policy_anyway(bucket).await,
            false => PolicyText::None,
        }
    }

    async fn policy_anyway(&self, bucket: &str) -> PolicyText {
        match self.app.targets.bucket_policy(bucket).await {
            Ok(None) => PolicyText::None,
            Ok(Some(text)) => PolicyText::Text(text),
            Err(ServiceFault { code }) => PolicyText::Unreadable { code },
        }
    }

    async fn topic(&self, arn: &str) -> Result<(), TargetFault> {
        let answer = self.app.targets.topic(arn).await;
        answer.map_err(|fault| match fault {
            TopicFault::NotFound => TargetFault::NotFound,
            TopicFault::Service(ServiceFault { code }) => TargetFault::Refused { code },
        })
    }

    async fn kms_key(&self, key: &str) -> Result<String, TargetFault> {
        let Call { app, caller, .. } = self;
        let answer = app.targets.kms_key(key, &caller.region, caller.account()).await;
        answer.map_err(|fault| match fault {
            KmsFault::NotFound => TargetFault::NotFound,
            KmsFault::NotUsable { state } => TargetFault::NotUsable { state },
            KmsFault::Service(ServiceFault { code }) => TargetFault::Refused { code },
        })
    }
}

async fn maybe<'a, A, F: Future<Output = A>>(
    question: Option<&'a str>,
    ask: impl FnOnce(&'a str) -> F,
) -> Option<A> {
    match question {
        Some(question) => Some(ask(question).await),
        None => None,
    }
}
