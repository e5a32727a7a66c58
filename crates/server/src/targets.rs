//! What trails deliver to beyond Cairn's own buckets: where a bucket is, and whether topics, keys and log groups are there.

mod logs;
mod places;
mod services;

use crate::config::TargetSettings;
use cairn_aws::{AwsError, Credentials, PutError, PutObject, PutOutcome, S3, Sqs};
use cairn_bucket::Buckets;
use cairn_model::AccountId;
pub(crate) use logs::LogGroupFault;
use services::Services;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How long a caller waits for what is looked for: an answer within 2 seconds, ours included.
const LOOK: Duration = Duration::from_millis(1800);

/// The services that trails deliver to. Clones are the same.
#[derive(Clone)]
pub(crate) struct Targets {
    own: Buckets,
    /// Not there until [`Targets::connect`]: the first account's key, which may sign, is made late in a start.
    services: Arc<OnceLock<Services>>,
}

/// Where a bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BucketPlace {
    /// Among Cairn's own.
    Own,
    /// At the S3 endpoint of `[targets]`, or at AWS.
    Elsewhere,
    /// Nowhere, as far as could be learnt in time.
    Missing,
}

/// A service did not answer, or refused to. Trying again later may help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub(crate) struct ServiceFault {
    /// The service's error code, such as `AccessDenied`.
    pub(crate) code: String,
}

/// Why a topic cannot be told of deliveries.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TopicFault {
    /// There is none of this ARN, or no SNS is configured.
    #[error("there is no such topic")]
    NotFound,
    /// SNS refused or did not answer.
    #[error(transparent)]
    Service(#[from] ServiceFault),
}

/// Why a key cannot encrypt deliveries.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KmsFault {
    /// There is no such key, or no KMS is configured.
    #[error("there is no such key")]
    NotFound,
    /// It is disabled, waits for its deletion, or is not one that encrypts.
    #[error("the key is {state}")]
    NotUsable {
        /// The state as KMS calls it, such as `Disabled`; for a key that does not encrypt, what it is for.
        state: String,
    },
    /// KMS refused or did not answer.
    #[error(transparent)]
    Service(#[from] ServiceFault),
}

impl Targets {
    /// Knows own buckets only, until it is connected.
    pub(crate) fn new(own: Buckets) -> Targets {
        Targets { own, services: Arc::default() }
    }

    /// From now on the services of `settings` are there. Without credentials in `[aws]` requests to its endpoints are
    /// signed with `root`, and AWS is not asked.
    pub(crate) fn connect(&self, settings: &TargetSettings, root: Credentials) {
        self.services.get_or_init(|| Services::new(settings, root));
    }

    /// The S3 that a bucket is at which is not one of Cairn's own; `None` if it is nowhere.
    pub(crate) async fn s3_of(&self, bucket: &str) -> Result<Option<S3>, AwsError> {
        let Some(services) = self.services.get() else { return Ok(None) };
        Ok(services.places.find(bucket).await?.cloned())
    }

    /// The queue of this URL; `None` if no SQS is configured.
    pub(crate) fn queue(&self, url: &str) -> Option<Sqs> {
        let services = self.services.get()?;
        let (caller, endpoint) = services.queues.clone()?;
        Some(Sqs::new(caller, endpoint, url, &services.region))
    }

    /// Where `account`'s trails would find the bucket. Answers within 2 seconds.
    pub(crate) async fn bucket(&self, name: &str, account: AccountId) -> BucketPlace {
        if self.own.bucket(name).await.is_some() {
            return BucketPlace::Own;
        }
        let Some(services) = self.services.get() else { return BucketPlace::Missing };
        let sought = format!("bucket {name} for account {account}");
        match in_time(sought, services.places.look(name)).await {
            Ok(Some(_)) => BucketPlace::Elsewhere,
            Ok(None) | Err(_) => BucketPlace::Missing,
        }
    }

    /// The bucket's policy as JSON text; `None` if it has none. Answers within 2 seconds.
    pub(crate) async fn bucket_policy(&self, name: &str) -> Result<Option<String>, ServiceFault> {
        if self.own.bucket(name).await.is_some() {
            return Ok(self.own.policy(name));
        }
        let Some(services) = self.services.get() else { return Ok(None) };
        let policy = async {
            match services.places.find(name).await? {
                Some(s3) => s3.get_bucket_policy(name).await,
                None => Ok(None),
            }
        };
        in_time(format!("policy of bucket {name}"), policy).await
    }

    /// The policy of the topic of this ARN as JSON text; `None` if it has none. Answers within 2 seconds.
    pub(crate) async fn topic_policy(&self, arn: &str) -> Result<Option<String>, TopicFault> {
        let sns =
            self.services.get().and_then(|services| services.sns.as_ref()).ok_or(TopicFault::NotFound)?;
        let asked = async {
            match sns.get_topic_policy(arn).await {
                Err(error) if error.is_not_found() => Ok(None),
                other => other.map(Some),
            }
        };
        in_time(format!("topic {arn}"), asked).await?.ok_or(TopicFault::NotFound)
    }

    /// The ARN of the key that `key` names as CloudTrail allows it: `alias/x`, an alias's ARN, a key's ARN or id. What
    /// names no region is in `region`, and what names no account is KMS's to find: it knows the credentials, not
    /// Cairn's `account`. Answers within 2 seconds.
    pub(crate) async fn kms_key(
        &self,
        key: &str,
        region: &str,
        account: AccountId,
    ) -> Result<String, KmsFault> {
        let kms = self.services.get().and_then(|services| services.kms.as_ref()).ok_or(KmsFault::NotFound)?;
        // arn:aws:kms:region:account:...
        let region = if key.starts_with("arn:") { key.split(':').nth(3).unwrap_or(region) } else { region };
        let asked = async {
            match kms.describe_key(region, key).await {
                Err(error) if error.is_not_found() => Ok(None),
                other => other.map(Some),
            }
        };
        let sought = format!("KMS key {key} for account {account}");
        let found = in_time(sought, asked).await?.ok_or(KmsFault::NotFound)?;
        if found.encrypts() {
            return Ok(found.arn);
        }
        let purpose = found.key_usage.or(found.key_spec).filter(|_| found.key_state == "Enabled");
        Err(KmsFault::NotUsable { state: purpose.unwrap_or(found.key_state) })
    }

    /// Puts an object into a bucket that is elsewhere.
    ///
    /// Errors: the code `NoSuchBucket` also if no place has the bucket.
    pub(crate) async fn put_new(&self, object: &PutObject) -> Result<PutOutcome, PutFault> {
        let Some(services) = self.services.get() else { return Err(no_such_bucket()) };
        let found =
            services.places.find(&object.bucket).await.map_err(|error| PutFault::Service(fault(&error)))?;
        let s3 = found.ok_or_else(no_such_bucket)?;
        match s3.put_new(object).await {
            Ok(outcome) => Ok(outcome),
            Err(PutError::Conflict) => Err(PutFault::Conflict),
            Err(PutError::Aws(error)) => {
                // It may have moved to another place.
                services.places.forget(&object.bucket);
                tracing::warn!(bucket = object.bucket, %error, "an object was not put");
                Err(PutFault::Service(fault(&error)))
            }
        }
    }

    /// Publishes a message to a topic.
    pub(crate) async fn publish(&self, topic_arn: &str, message: &str) -> Result<(), ServiceFault> {
        let Some(sns) = self.services.get().and_then(|services| services.sns.as_ref()) else {
            return Err(ServiceFault { code: "NotFound".to_owned() });
        };
        sns.publish(topic_arn, message).await.map_err(|error| {
            tracing::warn!(topic = topic_arn, %error, "a message was not published");
            fault(&error)
        })
    }
}

/// Why an object was not put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PutFault {
    /// Another object has the key.
    Conflict,
    /// S3 refused or did not answer.
    Service(ServiceFault),
}

fn no_such_bucket() -> PutFault {
    PutFault::Service(ServiceFault { code: "NoSuchBucket".to_owned() })
}

fn fault(error: &AwsError) -> ServiceFault {
    ServiceFault { code: error.code().to_owned() }
}

/// What is looked for, if it is found in time. Why it is not, the log tells in full; callers get the code.
async fn in_time<T>(
    sought: String,
    look: impl Future<Output = Result<T, AwsError>>,
) -> Result<T, ServiceFault> {
    match tokio::time::timeout(LOOK, look).await {
        Ok(found) => found.map_err(|error| {
            tracing::warn!(sought, %error, "a service could not be asked");
            fault(&error)
        }),
        Err(_elapsed) => {
            tracing::warn!(sought, "a service did not answer in time");
            Err(ServiceFault { code: "RequestTimeout".to_owned() })
        }
    }
}
