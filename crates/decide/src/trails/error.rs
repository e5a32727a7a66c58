//! Why an operation on trails is refused.

use crate::names::{BucketNameError, PrefixError, TrailNameError};
use crate::selectors::SelectorError;
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
    /// A setting that Cairn does not have yet.
    #[error("{0} is not supported by Cairn yet.")]
    UnsupportedOperation(&'static str),
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
}

impl TrailError {
    /// AWS's name of the exception.
    pub fn code(&self) -> &'static str {
        match self {
            TrailError::InvalidTrailName(_) => "InvalidTrailNameException",
            TrailError::InvalidS3BucketName(_) => "InvalidS3BucketNameException",
            TrailError::InvalidS3Prefix(_) => "InvalidS3PrefixException",
            TrailError::InvalidEventSelectors(_) => "InvalidEventSelectorsException",
            TrailError::TrailNotFound { .. } => "TrailNotFoundException",
            TrailError::TrailAlreadyExists { .. } => "TrailAlreadyExistsException",
            TrailError::MaximumNumberOfTrailsExceeded { .. } => "MaximumNumberOfTrailsExceededException",
            TrailError::CloudTrailArnInvalid(_) => "CloudTrailARNInvalidException",
            TrailError::InvalidHomeRegion { .. } => "InvalidHomeRegionException",
            TrailError::InvalidParameterCombination(_) => "InvalidParameterCombinationException",
            TrailError::S3BucketDoesNotExist(_) => "S3BucketDoesNotExistException",
            TrailError::UnsupportedOperation(_) => "UnsupportedOperationException",
        }
    }
}
