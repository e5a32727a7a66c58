//! Why an operation on trails is refused.

use super::grants::GrantError;
use super::logs::{LogGroupError, LogRoleError, LogsUnavailable};
use crate::names::{BucketNameError, KmsKeyIdError, PrefixError, TopicNameError, TrailNameError};
use crate::organization::NotManager;
use crate::selectors::SelectorError;
use crate::tags::TagsError;
use cairn_model::AccountId;

/// Why an operation on trails is refused; each variant is one of AWS's exceptions. The texts are for the
/// caller; they are AWS's where those are known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrailError {
    /// The name does not follow the rules.
    #[error(transparent)]
    InvalidTrailName(#[from] TrailNameError),
    /// The bucket's name does not follow the rules.
    #[error(transparent)]
    InvalidS3BucketName(#[from] BucketNameError),
    /// The key prefix does not follow the rules.
    #[error(transparent)]
    InvalidS3Prefix(#[from] PrefixError),
    /// The topic's name does not follow the rules.
    #[error(transparent)]
    InvalidSnsTopicName(#[from] TopicNameError),
    /// The key's name does not follow the rules.
    #[error(transparent)]
    InvalidKmsKeyId(#[from] KmsKeyIdError),
    /// The trail cannot have these tags.
    #[error(transparent)]
    Tags(#[from] TagsError),
    /// The selectors do not follow the rules.
    #[error(transparent)]
    InvalidEventSelectors(#[from] SelectorError),
    /// No trail of this name or ARN.
    #[error("Unknown trail: {trail} for the user: {account}")]
    TrailNotFound {
        /// Name or ARN.
        trail: String,
        /// The caller's account.
        account: AccountId,
    },
    /// The name is taken in the region, or by a shadow there.
    #[error("Trail {name} already exists for customer: {account}")]
    TrailAlreadyExists {
        /// The name.
        name: String,
        /// The caller's account.
        account: AccountId,
    },
    /// The region shows as many trails as it may.
    #[error("User: {account} already has {count} trails in {region}.")]
    MaximumNumberOfTrailsExceeded {
        /// The caller's account.
        account: AccountId,
        /// How many trails the region shows.
        count: usize,
        /// The full region.
        region: String,
    },
    /// Not an ARN of a trail that the caller can address.
    #[error(transparent)]
    CloudTrailArnInvalid(#[from] ArnError),
    /// The trail can be changed in its home region only.
    #[error("Trail {name} can only be modified in its home region {home}; the request was made in {region}.")]
    InvalidHomeRegion {
        /// The trail's name.
        name: String,
        /// Its home region.
        home: String,
        /// The caller's region.
        region: String,
    },
    /// Settings that exclude one another.
    #[error(transparent)]
    InvalidParameterCombination(#[from] CombinationError),
    /// Nobody keeps the bucket.
    #[error("S3 bucket {0} does not exist!")]
    S3BucketDoesNotExist(String),
    /// The bucket's policy keeps CloudTrail out.
    #[error(transparent)]
    InsufficientS3BucketPolicy(#[from] Box<GrantError>),
    /// The topic cannot be told of deliveries.
    #[error("SNS Topic does not exist or the topic policy is incorrect! {arn}: {why}")]
    InsufficientSnsTopicPolicy {
        /// The topic's ARN.
        arn: String,
        /// What SNS said, or what the policy does not let CloudTrail do.
        why: String,
    },
    /// The topic's account is suspended, or SNS does not know Cairn's key.
    #[error("SNS topic {arn} cannot be used: SNS answered InvalidClientTokenId.")]
    CloudTrailInvalidClientTokenId {
        /// The topic's ARN.
        arn: String,
    },
    /// There is no such key in the region.
    #[error("KMS key {0} does not exist in this Region, or no KMS is configured.")]
    KmsKeyNotFound(String),
    /// The key is in a state in which it does not encrypt.
    #[error("KMS key {key} cannot be used: its state is {state}.")]
    KmsKeyDisabled {
        /// The key as the caller names it.
        key: String,
        /// The state as KMS calls it.
        state: String,
    },
    /// KMS keeps CloudTrail from the key.
    #[error("The policy of KMS key {key} does not let CloudTrail use it.")]
    InsufficientEncryptionPolicy {
        /// The key as the caller names it.
        key: String,
    },
    /// KMS failed.
    #[error("KMS key {key} could not be looked up: {code}.")]
    Kms {
        /// The key as the caller names it.
        key: String,
        /// KMS's error code.
        code: String,
    },
    /// The trail was changed while other services were asked about it.
    #[error("Trail {0} was changed by another call at the same time. Try again.")]
    Conflict(String),
    /// The log group cannot be used.
    #[error(transparent)]
    InvalidCloudWatchLogsLogGroupArn(#[from] LogGroupError),
    /// The role that would write to the log group cannot be used.
    #[error(transparent)]
    InvalidCloudWatchLogsRoleArn(#[from] LogRoleError),
    /// CloudWatch Logs cannot be reached.
    #[error(transparent)]
    CloudWatchLogsDeliveryUnavailable(#[from] LogsUnavailable),
    /// The trail is, or would be, an organization's, and the caller does not manage that.
    #[error(transparent)]
    Organization(#[from] NotManager),
}

/// Why an ARN is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArnError {
    /// Not `arn:aws:cloudtrail:<region>:<account>:trail/<name>`.
    #[error("Trail ARN {0} is not valid.")]
    Malformed(String),
    /// Another account's.
    #[error("Account in ARN is wrong, you can only access resources in account {0}.")]
    OtherAccount(AccountId),
    /// Of a region whose trails the caller's region does not show.
    #[error("Region in ARN is wrong, you can only access resources in region {0}.")]
    OtherRegion(String),
}

/// Settings that exclude one another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CombinationError {
    /// A multi-region trail without global services.
    #[error("Multi-Region trail must include global service events.")]
    MultiRegionWithoutGlobal,
    /// A trail cannot become multi-region while another has its name elsewhere.
    #[error("Trail {name} cannot become a multi-Region trail: a trail with this name exists in {region}.")]
    NameTakenElsewhere {
        /// The name.
        name: String,
        /// Where the other trail is at home.
        region: String,
    },
    /// A trail cannot become multi-region while some region shows as many trails as it may.
    #[error("Trail {name} cannot become a multi-Region trail: {region} has as many trails as it can.")]
    RegionFull {
        /// The name.
        name: String,
        /// The full region.
        region: String,
    },
    /// A bucket of Cairn's own does not encrypt under KMS keys.
    #[error(
        "Bucket {0} is kept by Cairn itself, which cannot encrypt under a KMS key: leave out KmsKeyId, or name a \
         bucket of another S3."
    )]
    KmsKeyOfOwnBucket(String),
}

impl TrailError {
    /// AWS's name of the exception.
    pub fn code(&self) -> &'static str {
        match self {
            TrailError::InvalidTrailName(_) => "InvalidTrailNameException",
            TrailError::InvalidS3BucketName(_) => "InvalidS3BucketNameException",
            TrailError::InvalidS3Prefix(_) => "InvalidS3PrefixException",
            TrailError::InvalidSnsTopicName(_) => "InvalidSnsTopicNameException",
            TrailError::InvalidKmsKeyId(_) => "InvalidKmsKeyIdException",
            TrailError::Tags(TagsError::Invalid(_)) => "InvalidTagParameterException",
            TrailError::Tags(TagsError::LimitExceeded(_)) => "TagsLimitExceededException",
            TrailError::InvalidEventSelectors(_) => "InvalidEventSelectorsException",
            TrailError::TrailNotFound { .. } => "TrailNotFoundException",
            TrailError::TrailAlreadyExists { .. } => "TrailAlreadyExistsException",
            TrailError::MaximumNumberOfTrailsExceeded { .. } => "MaximumNumberOfTrailsExceededException",
            TrailError::CloudTrailArnInvalid(_) => "CloudTrailARNInvalidException",
            TrailError::InvalidHomeRegion { .. } => "InvalidHomeRegionException",
            TrailError::InvalidParameterCombination(_) => "InvalidParameterCombinationException",
            TrailError::S3BucketDoesNotExist(_) => "S3BucketDoesNotExistException",
            TrailError::InsufficientS3BucketPolicy(_) => "InsufficientS3BucketPolicyException",
            TrailError::InsufficientSnsTopicPolicy { .. } => "InsufficientSnsTopicPolicyException",
            TrailError::CloudTrailInvalidClientTokenId { .. } => "CloudTrailInvalidClientTokenIdException",
            TrailError::KmsKeyNotFound(_) => "KmsKeyNotFoundException",
            TrailError::KmsKeyDisabled { .. } => "KmsKeyDisabledException",
            TrailError::InsufficientEncryptionPolicy { .. } => "InsufficientEncryptionPolicyException",
            TrailError::Kms { .. } => "KmsException",
            TrailError::Conflict(_) => "ConflictException",
            TrailError::InvalidCloudWatchLogsLogGroupArn(_) => "InvalidCloudWatchLogsLogGroupArnException",
            TrailError::InvalidCloudWatchLogsRoleArn(_) => "InvalidCloudWatchLogsRoleArnException",
            TrailError::CloudWatchLogsDeliveryUnavailable(_) => "CloudWatchLogsDeliveryUnavailableException",
            TrailError::Organization(NotManager::NoOrganization) => "OrganizationsNotInUseException",
            TrailError::Organization(NotManager::Member(_)) => "NotOrganizationMasterAccountException",
        }
    }
}
