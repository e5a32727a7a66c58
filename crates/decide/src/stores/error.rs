//! Why an operation on event data stores is refused.

use super::status::Status;
use crate::address::AddressError;
use crate::names::KmsKeyIdError;
use crate::organization::NotManager;
use crate::selectors::SelectorError;
use crate::tags::TagsError;
use cairn_model::{BillingMode, EventDataStoreArn};

/// Why an operation on event data stores is refused; each variant is one of AWS's exceptions. The texts are for the
/// caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// `EventDataStoreARNInvalidException`.
    #[error(transparent)]
    ArnInvalid(#[from] AddressError),
    /// `EventDataStoreNotFoundException`.
    #[error("Event data store {0} was not found.")]
    NotFound(String),
    /// `EventDataStoreAlreadyExistsException`: the name is taken.
    #[error("An event data store with the name {0} already exists.")]
    AlreadyExists(String),
    /// `EventDataStoreMaxLimitExceededException`.
    #[error(
        "There are already {count} event data stores in {region}, multi-Region ones of other Regions and those pending deletion included."
    )]
    MaxLimitExceeded {
        /// How many there are.
        count: usize,
        /// The full region.
        region: String,
    },
    /// `InvalidEventSelectorsException`.
    #[error(transparent)]
    InvalidEventSelectors(#[from] SelectorError),
    /// `InvalidInsightSelectorsException`.
    #[error(
        "Event data store {0} has Insights enabled, which need management events: those of writing calls for \
         ApiCallRateInsight."
    )]
    InsightsNeedManagement(EventDataStoreArn),
    /// `InvalidParameterException`.
    #[error(transparent)]
    InvalidParameter(#[from] ParameterError),
    /// `InvalidTagParameterException`.
    #[error(transparent)]
    InvalidTags(#[from] TagsError),
    /// `InactiveEventDataStoreException`.
    #[error("Event data store {0} is pending deletion.")]
    Inactive(EventDataStoreArn),
    /// `InvalidEventDataStoreStatusException`.
    #[error("Event data store {arn} has the status {}; the operation needs {}.", status.name(), wanted.name())]
    InvalidStatus {
        /// The store.
        arn: EventDataStoreArn,
        /// Its status.
        status: Status,
        /// The status that it would have to have.
        wanted: Status,
    },
    /// `InvalidEventDataStoreCategoryException`.
    #[error("The operation is not for the category of events that event data store {0} takes.")]
    InvalidCategory(EventDataStoreArn),
    /// `EventDataStoreTerminationProtectedException`.
    #[error("Event data store {0} cannot be deleted: its termination protection is enabled.")]
    TerminationProtected(EventDataStoreArn),
    /// `EventDataStoreFederationEnabledException`.
    #[error("Federation is enabled for event data store {0}.")]
    FederationEnabled(EventDataStoreArn),
    /// `ChannelExistsForEDSException`.
    #[error("Event data store {0} is the destination of a channel.")]
    ChannelExists(EventDataStoreArn),
    /// `InvalidKmsKeyIdException`.
    #[error(transparent)]
    InvalidKmsKeyId(#[from] KmsKeyIdError),
    /// `KmsKeyNotFoundException`.
    #[error("KMS key {0} does not exist in this Region, or no KMS is configured.")]
    KmsKeyNotFound(String),
    /// `InsufficientEncryptionPolicyException`.
    #[error("The policy of KMS key {0} does not let CloudTrail use it.")]
    InsufficientEncryptionPolicy(String),
    /// `KmsException`.
    #[error("KMS key {key} cannot be used: {code}.")]
    Kms {
        /// The key as the caller names it.
        key: String,
        /// KMS's error code, or the state that the key is in.
        code: String,
    },
    /// `OrganizationsNotInUseException` or `NotOrganizationMasterAccountException`: the store is, or would be, an
    /// organization's, and the caller does not manage that.
    #[error(transparent)]
    Organization(#[from] NotManager),
    /// `ConflictException`: the store was changed while KMS was asked.
    #[error("Event data store {0} was changed by another call at the same time. Try again.")]
    Conflict(String),
}

/// A parameter that the store cannot have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// UpdateEventDataStore without anything to update.
    #[error("Specify at least one setting of the event data store to update.")]
    NothingToUpdate,
    /// More or fewer days than the billing mode allows.
    #[error("RetentionPeriod must be {min} to {max} days with the billing mode {}.", mode.name())]
    Retention {
        /// The least.
        min: u16,
        /// The most.
        max: u16,
        /// The mode.
        mode: BillingMode,
    },
    /// From extendable to fixed pricing.
    #[error("BillingMode cannot be changed from EXTENDABLE_RETENTION_PRICING to FIXED_RETENTION_PRICING.")]
    BillingModeBack,
    /// Another key than the one that the store has.
    #[error("The KMS key of event data store {0} cannot be changed or removed.")]
    OtherKmsKey(EventDataStoreArn),
    /// The store would count in a region that has as many as it may.
    #[error(
        "The event data store cannot become a multi-Region one: {0} has as many event data stores as it can."
    )]
    RegionFull(String),
    /// Not the ARN of a role of the account.
    #[error("FederationRoleArn {0} is not the ARN of an IAM role of the account.")]
    FederationRole(String),
}
