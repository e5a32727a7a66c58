//! AWS's exceptions for why operations are refused: one function a family.

use cairn_decide::audit_events::PutError;
use cairn_decide::channels::ChannelError;
use cairn_decide::dashboards::DashboardError;
use cairn_decide::event_configuration::ConfigurationError;
use cairn_decide::insights::InsightError;
use cairn_decide::organization::{NotManager, OrganizationError};
use cairn_decide::resource_policies::ResourcePolicyError;
use cairn_decide::stores::StoreError;
use cairn_decide::subject::SubjectError;
use cairn_decide::tagging::TaggingError;
use cairn_decide::tags::TagsError;
use cairn_decide::trails::TrailError;
use cairn_wire::{ApiError, ErrorCode, Operation};

/// For operations on trails.
pub(super) fn trail_error(error: TrailError) -> ApiError {
    ApiError::new(trail_code(&error), error.to_string())
}

fn trail_code(error: &TrailError) -> ErrorCode {
    match error {
        TrailError::InvalidTrailName(_) => ErrorCode::InvalidTrailNameException,
        TrailError::InvalidS3BucketName(_) => ErrorCode::InvalidS3BucketNameException,
        TrailError::InvalidS3Prefix(_) => ErrorCode::InvalidS3PrefixException,
        TrailError::InvalidEventSelectors(_) => ErrorCode::InvalidEventSelectorsException,
        TrailError::InvalidSnsTopicName(_) => ErrorCode::InvalidSnsTopicNameException,
        TrailError::InvalidKmsKeyId(_) => ErrorCode::InvalidKmsKeyIdException,
        TrailError::Tags(error) => tags_code(error),
        TrailError::TrailNotFound { .. } => ErrorCode::TrailNotFoundException,
        TrailError::TrailAlreadyExists { .. } => ErrorCode::TrailAlreadyExistsException,
        TrailError::MaximumNumberOfTrailsExceeded { .. } => ErrorCode::MaximumNumberOfTrailsExceededException,
        TrailError::CloudTrailArnInvalid(_) => ErrorCode::CloudTrailARNInvalidException,
        TrailError::InvalidHomeRegion { .. } => ErrorCode::InvalidHomeRegionException,
        TrailError::InvalidParameterCombination(_) => ErrorCode::InvalidParameterCombinationException,
        TrailError::S3BucketDoesNotExist(_) => ErrorCode::S3BucketDoesNotExistException,
        TrailError::InsufficientS3BucketPolicy(_) => ErrorCode::InsufficientS3BucketPolicyException,
        TrailError::InsufficientSnsTopicPolicy { .. } => ErrorCode::InsufficientSnsTopicPolicyException,
        TrailError::CloudTrailInvalidClientTokenId { .. } => {
            ErrorCode::CloudTrailInvalidClientTokenIdException
        }
        TrailError::KmsKeyNotFound(_) => ErrorCode::KmsKeyNotFoundException,
        TrailError::KmsKeyDisabled { .. } => ErrorCode::KmsKeyDisabledException,
        TrailError::InsufficientEncryptionPolicy { .. } => ErrorCode::InsufficientEncryptionPolicyException,
        TrailError::Kms { .. } => ErrorCode::KmsException,
        TrailError::Conflict(_) => ErrorCode::ConflictException,
        TrailError::InvalidCloudWatchLogsLogGroupArn(_) => {
            ErrorCode::InvalidCloudWatchLogsLogGroupArnException
        }
        TrailError::InvalidCloudWatchLogsRoleArn(_) => ErrorCode::InvalidCloudWatchLogsRoleArnException,
        TrailError::CloudWatchLogsDeliveryUnavailable(_) => {
            ErrorCode::CloudWatchLogsDeliveryUnavailableException
        }
        TrailError::Organization(error) => manager_code(*error),
    }
}

/// For operations on event data stores.
pub(crate) fn store_error(error: StoreError) -> ApiError {
    ApiError::new(store_code(&error), error.to_string())
}

fn store_code(error: &StoreError) -> ErrorCode {
    match error {
        StoreError::ArnInvalid(_) => ErrorCode::EventDataStoreARNInvalidException,
        StoreError::NotFound(_) => ErrorCode::EventDataStoreNotFoundException,
        StoreError::AlreadyExists(_) => ErrorCode::EventDataStoreAlreadyExistsException,
        StoreError::MaxLimitExceeded { .. } => ErrorCode::EventDataStoreMaxLimitExceededException,
        StoreError::InvalidEventSelectors(_) => ErrorCode::InvalidEventSelectorsException,
        StoreError::InsightsNeedManagement(_) => ErrorCode::InvalidInsightSelectorsException,
        StoreError::InvalidParameter(_) => ErrorCode::InvalidParameterException,
        // CreateEventDataStore has no exception for too many tags.
        StoreError::InvalidTags(_) => ErrorCode::InvalidTagParameterException,
        StoreError::Inactive(_) => ErrorCode::InactiveEventDataStoreException,
        StoreError::InvalidStatus { .. } => ErrorCode::InvalidEventDataStoreStatusException,
        StoreError::InvalidCategory(_) => ErrorCode::InvalidEventDataStoreCategoryException,
        StoreError::TerminationProtected(_) => ErrorCode::EventDataStoreTerminationProtectedException,
        StoreError::FederationEnabled(_) => ErrorCode::EventDataStoreFederationEnabledException,
        StoreError::ChannelExists(_) => ErrorCode::ChannelExistsForEDSException,
        StoreError::InvalidKmsKeyId(_) => ErrorCode::InvalidKmsKeyIdException,
        StoreError::KmsKeyNotFound(_) => ErrorCode::KmsKeyNotFoundException,
        StoreError::InsufficientEncryptionPolicy(_) => ErrorCode::InsufficientEncryptionPolicyException,
        StoreError::Kms { .. } => ErrorCode::KmsException,
        StoreError::Organization(error) => manager_code(*error),
        StoreError::Conflict(_) => ErrorCode::ConflictException,
    }
}

/// For operations on the organization.
pub(super) fn organization_error(error: OrganizationError) -> ApiError {
    let code = match &error {
        OrganizationError::NotInUse => ErrorCode::OrganizationsNotInUseException,
        OrganizationError::NotManagementAccount(_) => ErrorCode::NotOrganizationManagementAccountException,
        OrganizationError::NotAnAccount(_) => ErrorCode::InvalidParameterException,
        OrganizationError::CannotDelegateManagementAccount(_) => {
            ErrorCode::CannotDelegateManagementAccountException
        }
        OrganizationError::AccountNotFound(_) => ErrorCode::AccountNotFoundException,
        OrganizationError::AccountRegistered(_) => ErrorCode::AccountRegisteredException,
        OrganizationError::AccountNotRegistered(_) => ErrorCode::AccountNotRegisteredException,
        OrganizationError::LimitExceeded => ErrorCode::DelegatedAdminAccountLimitExceededException,
    };
    ApiError::new(code, error.to_string())
}

fn manager_code(error: NotManager) -> ErrorCode {
    match error {
        NotManager::NoOrganization => ErrorCode::OrganizationsNotInUseException,
        NotManager::Member(_) => ErrorCode::NotOrganizationMasterAccountException,
    }
}

/// For operations on channels.
pub(super) fn channel_error(error: ChannelError) -> ApiError {
    ApiError::new(channel_code(&error), error.to_string())
}

fn channel_code(error: &ChannelError) -> ErrorCode {
    match error {
        ChannelError::ArnInvalid(_) => ErrorCode::ChannelARNInvalidException,
        ChannelError::NotFound(_) => ErrorCode::ChannelNotFoundException,
        ChannelError::AlreadyExists(_) => ErrorCode::ChannelAlreadyExistsException,
        ChannelError::MaxLimitExceeded { .. } => ErrorCode::ChannelMaxLimitExceededException,
        ChannelError::InvalidSource(_) => ErrorCode::InvalidSourceException,
        ChannelError::InvalidParameter(_) => ErrorCode::InvalidParameterException,
        ChannelError::Tags(error) => tags_code(error),
        ChannelError::Store(error) => store_code(error),
        ChannelError::WrongCategory(_) => ErrorCode::InvalidEventDataStoreCategoryException,
    }
}

/// For what comes through channels.
pub(super) fn put_error(error: PutError) -> ApiError {
    let code = match &error {
        PutError::InvalidChannelArn(_) => ErrorCode::InvalidChannelARN,
        PutError::ChannelNotFound(_) => ErrorCode::ChannelNotFound,
        PutError::DuplicatedId(_) => ErrorCode::DuplicatedAuditEventId,
    };
    ApiError::new(code, error.to_string())
}

/// For operations on dashboards.
pub(super) fn dashboard_error(error: DashboardError) -> ApiError {
    let code = match &error {
        DashboardError::NotFound(_) => ErrorCode::ResourceNotFoundException,
        DashboardError::AlreadyExists(_) | DashboardError::TerminationProtected(_) => {
            ErrorCode::ConflictException
        }
        DashboardError::TooMany(_) | DashboardError::TooManyWidgets(_) => {
            ErrorCode::ServiceQuotaExceededException
        }
        // CreateDashboard has no exception for too many tags.
        DashboardError::Tags(_) => ErrorCode::InvalidTagParameterException,
        DashboardError::Statement { .. } => ErrorCode::InvalidQueryStatementException,
        DashboardError::Store(StoreError::Inactive(_)) => ErrorCode::InactiveEventDataStoreException,
        // The operations have no exception for ids that no store can have.
        DashboardError::Store(_) => ErrorCode::EventDataStoreNotFoundException,
        DashboardError::Setting(_) => ErrorCode::ValidationException,
    };
    ApiError::new(code, error.to_string())
}

/// For operations on resource policies.
pub(super) fn resource_policy_error(error: ResourcePolicyError) -> ApiError {
    let code = match &error {
        ResourcePolicyError::ArnNotValid(_) | ResourcePolicyError::Elsewhere(_) => {
            ErrorCode::ResourceARNNotValidException
        }
        ResourcePolicyError::TypeNotSupported(_) => ErrorCode::ResourceTypeNotSupportedException,
        ResourcePolicyError::NotFound(_) => ErrorCode::ResourceNotFoundException,
        ResourcePolicyError::NoPolicy(_) => ErrorCode::ResourcePolicyNotFoundException,
        ResourcePolicyError::NotValid(_) => ErrorCode::ResourcePolicyNotValidException,
    };
    ApiError::new(code, error.to_string())
}

/// For operations on insight selectors.
pub(super) fn insight_error(error: InsightError) -> ApiError {
    let code = match &error {
        InsightError::Subject(error) => subject_code(*error),
        InsightError::Trail(error) => trail_code(error),
        // The operations have no exceptions about event data stores.
        InsightError::Store(_) | InsightError::NoDestination => ErrorCode::InvalidParameterException,
        InsightError::Selectors(_) => ErrorCode::InvalidInsightSelectorsException,
        InsightError::DestinationOfTrail => ErrorCode::InvalidParameterCombinationException,
        InsightError::NotEnabledOnTrail(_) | InsightError::NotEnabledOnStore(_) => {
            ErrorCode::InsightNotEnabledException
        }
    };
    ApiError::new(code, error.to_string())
}

/// For operations on event configurations.
pub(super) fn configuration_error(error: ConfigurationError) -> ApiError {
    let code = match &error {
        ConfigurationError::Subject(error) => subject_code(*error),
        ConfigurationError::Trail(error) => trail_code(error),
        ConfigurationError::Store(error) => store_code(error),
        ConfigurationError::Parameter(_) => ErrorCode::InvalidParameterException,
        ConfigurationError::NotForSubject { .. } | ConfigurationError::ContextNeedsLarge => {
            ErrorCode::InvalidParameterCombinationException
        }
    };
    ApiError::new(code, error.to_string())
}

/// For operations on tags.
pub(super) fn tagging_error(operation: Operation, error: TaggingError) -> ApiError {
    let code = match &error {
        TaggingError::Arn(_) => ErrorCode::CloudTrailARNInvalidException,
        TaggingError::NotFound(_) => ErrorCode::ResourceNotFoundException,
        TaggingError::TypeNotSupported(_) => ErrorCode::ResourceTypeNotSupportedException,
        TaggingError::Store(error) => store_code(error),
        TaggingError::Channel(error) => channel_code(error),
        TaggingError::Tags(error) => tags_code(error),
    };
    // ListTags has no exception of its own for channels that are not there.
    let code = match operation.models(code) {
        true => code,
        false => ErrorCode::ResourceNotFoundException,
    };
    ApiError::new(code, error.to_string())
}

fn tags_code(error: &TagsError) -> ErrorCode {
    match error {
        TagsError::Invalid(_) => ErrorCode::InvalidTagParameterException,
        TagsError::LimitExceeded(_) => ErrorCode::TagsLimitExceededException,
    }
}

fn subject_code(error: SubjectError) -> ErrorCode {
    match error {
        SubjectError::Neither => ErrorCode::InvalidParameterException,
        SubjectError::Both => ErrorCode::InvalidParameterCombinationException,
    }
}
