//! What buckets, topics, keys and log groups are there: asked of the services that hold them.

use super::Call;
use crate::targets::{BucketPlace, KmsFault, LogGroupFault, ServiceFault, TopicFault};
use cairn_decide::access::role_of_arn;
use cairn_decide::trails::{
    Answers, BucketAnswer, LogStream, LogStreamAnswer, LogStreamFault, PolicyText, Questions, TargetFault,
};

impl Call<'_> {
    /// Asks all at once, so that a slow service costs its own time only.
    pub(super) async fn ask(&self, questions: &Questions) -> Answers {
        let (bucket, topic, kms_key, log_stream) = tokio::join!(
            maybe(questions.bucket.as_deref(), |name| self.bucket(name)),
            maybe(questions.topic.as_deref(), |arn| self.topic(arn)),
            maybe(questions.kms_key.as_deref(), |key| self.kms_key(key)),
            maybe(questions.log_stream.as_ref(), |stream| self.log_stream(stream)),
        );
        Answers { questions: questions.clone(), bucket, topic, kms_key, log_stream }
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

    async fn topic(&self, arn: &str) -> Result<PolicyText, TargetFault> {
        match self.app.targets.topic_policy(arn).await {
            Ok(policy) => Ok(policy.map_or(PolicyText::None, PolicyText::Text)),
            Err(TopicFault::NotFound) => Err(TargetFault::NotFound),
            Err(TopicFault::Service(ServiceFault { code })) => Err(TargetFault::Refused { code }),
        }
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

    async fn log_stream(&self, stream: &LogStream) -> LogStreamAnswer {
        let made = self.app.targets.make_log_stream(&stream.group.arn, &stream.name).await;
        let made = made.map_err(|fault| match fault {
            LogGroupFault::NotConfigured => LogStreamFault::NotConfigured,
            LogGroupFault::NotFound => LogStreamFault::NotFound,
            LogGroupFault::Service(ServiceFault { code }) => LogStreamFault::Refused { code },
        });
        let state = self.app.journal.catalog().state();
        let role = role_of_arn(&stream.group.role_arn).and_then(|(account, name)| state.role(account, name));
        LogStreamAnswer { made, trust: role.map(|role| role.trust.clone()) }
    }
}

async fn maybe<'a, Q: ?Sized, A, F: Future<Output = A>>(
    question: Option<&'a Q>,
    ask: impl FnOnce(&'a Q) -> F,
) -> Option<A> {
    match question {
        Some(question) => Some(ask(question).await),
        None => None,
    }
}
