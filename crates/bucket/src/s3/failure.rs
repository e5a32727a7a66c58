//! The store's errors as S3's.

use crate::error::{BoxError, BucketError};
use crate::tags::TagFault;
use http::StatusCode;
use s3s::{S3Error, S3ErrorCode, s3_error};

/// Why a body was refused while it came in.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyFault {
    #[error("the body does not match Content-MD5")]
    Md5,
    #[error("the body does not match {0}")]
    Checksum(&'static str),
    #[error("the trailer {0} is missing")]
    NoTrailer(&'static str),
    #[error("the body does not match x-amz-content-sha256")]
    Sha256,
    #[error("the signature of a chunk does not match")]
    ChunkSignature,
    #[error("the body ended early or too late")]
    Length,
    #[error("nothing of the body came for a while")]
    Stalled,
    #[error("the body could not be read")]
    Unreadable(#[source] BoxError),
}

impl BodyFault {
    /// What went wrong in a body that s3s unpacks and verifies. Its error types are private, so their texts
    /// have to do; whatever they say, the body is refused.
    pub(super) fn of(error: BoxError) -> BodyFault {
        let text = error.to_string();
        if text.contains("Sha256Mismatch") {
            BodyFault::Sha256
        } else if text.contains("SignatureMismatch") {
            BodyFault::ChunkSignature
        } else if text.contains("Incomplete") || text.contains("LengthMismatch") {
            BodyFault::Length
        } else {
            BodyFault::Unreadable(error)
        }
    }
}

impl From<&BodyFault> for S3Error {
    fn from(fault: &BodyFault) -> S3Error {
        match fault {
            BodyFault::Md5 => {
                s3_error!(BadDigest, "The Content-MD5 you specified did not match what we received.")
            }
            BodyFault::Checksum(name) => {
                s3_error!(BadDigest, "The {name} you specified did not match what we received.")
            }
            BodyFault::NoTrailer(name) => s3_error!(InvalidRequest, "The trailer {name} is missing."),
            BodyFault::Sha256 => custom(
                "XAmzContentSHA256Mismatch",
                StatusCode::BAD_REQUEST,
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
            ),
            BodyFault::ChunkSignature => s3_error!(
                SignatureDoesNotMatch,
                "The signature of a chunk does not match the signature that was computed."
            ),
            BodyFault::Stalled => s3_error!(
                RequestTimeout,
                "Your socket connection to the server was not read from or written to within the timeout period."
            ),
            BodyFault::Length | BodyFault::Unreadable(_) => s3_error!(
                IncompleteBody,
                "You did not provide the number of bytes specified by the Content-Length HTTP header."
            ),
        }
    }
}

impl From<BucketError> for S3Error {
    fn from(error: BucketError) -> S3Error {
        match error {
            BucketError::NoSuchBucket => s3_error!(NoSuchBucket, "The specified bucket does not exist"),
            BucketError::NoSuchKey => s3_error!(NoSuchKey, "The specified key does not exist."),
            BucketError::NoSuchUpload => s3_error!(
                NoSuchUpload,
                "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."
            ),
            BucketError::InvalidPart => s3_error!(
                InvalidPart,
                "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."
            ),
            BucketError::InvalidPartOrder => {
                s3_error!(
                    InvalidPartOrder,
                    "The list of parts was not in ascending order. Parts must be ordered by part number."
                )
            }
            BucketError::PartTooSmall => {
                s3_error!(EntityTooSmall, "Your proposed upload is smaller than the minimum allowed size")
            }
            BucketError::InvalidBucketName => {
                s3_error!(InvalidBucketName, "The specified bucket is not valid.")
            }
            BucketError::EmptyKey => s3_error!(InvalidArgument, "A key must not be empty."),
            BucketError::KeyTooLong => s3_error!(KeyTooLongError, "Your key is too long"),
            BucketError::AlreadyOwned => s3_error!(
                BucketAlreadyOwnedByYou,
                "Your previous request to create the named bucket succeeded and you already own it."
            ),
            BucketError::AlreadyExists => s3_error!(
                BucketAlreadyExists,
                "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again."
            ),
            BucketError::NotEmpty => s3_error!(BucketNotEmpty, "The bucket you tried to delete is not empty"),
            BucketError::Exists { .. } | BucketError::PreconditionFailed => {
                s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold")
            }
            BucketError::Locked { .. } => {
                s3_error!(AccessDenied, "Object is WORM protected and cannot be overwritten")
            }
            BucketError::Body(error) => match error.downcast_ref::<BodyFault>() {
                Some(fault) => S3Error::from(fault),
                None => internal(&error),
            },
            BucketError::Full => {
                s3_error!(ServiceUnavailable, "The disk is full. Please try again later.")
            }
            BucketError::Denied | BucketError::PublicPolicy => s3_error!(AccessDenied, "Access Denied"),
            BucketError::NotLocked => s3_error!(InvalidRequest, "The object is not locked."),
            BucketError::Policy(fault) => {
                s3_error!(MalformedPolicy, "Cairn cannot take the policy: {fault}.")
            }
            BucketError::Tags(TagFault::TooMany(most)) => custom(
                "BadRequest",
                StatusCode::BAD_REQUEST,
                format!("There cannot be more than {most} tags."),
            ),
            BucketError::Tags(fault) => s3_error!(InvalidTag, "{fault}"),
            BucketError::Cors(fault) => s3_error!(InvalidRequest, "{fault}"),
            error @ (BucketError::Failed
            | BucketError::Damaged(_)
            | BucketError::TooNew { .. }
            | BucketError::Io(_)) => internal(&error),
        }
    }
}

/// An error whose code s3s does not know.
pub(super) fn custom(code: &'static str, status: StatusCode, message: impl Into<String>) -> S3Error {
    let mut error = S3Error::with_message(S3ErrorCode::Custom(code.into()), message.into());
    error.set_status_code(status);
    error
}

/// The log learns what it was, the client only that it was us.
fn internal(error: &(impl std::fmt::Display + ?Sized)) -> S3Error {
    tracing::error!("bucket server: {error}");
    s3_error!(InternalError, "We encountered an internal error. Please try again.")
}
