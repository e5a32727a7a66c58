//! What can go wrong in the store, by what the caller does next.

use crate::cors::CorsFault;
use crate::object::Sha256;
use crate::policy::PolicyFault;
use crate::tags::TagFault;
use cairn_model::Timestamp;
use std::io;
use std::path::PathBuf;

/// Any error of a body that somebody else produces.
pub type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// Why the store refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// There is no bucket of this name (any more).
    #[error("the bucket does not exist")]
    NoSuchBucket,
    /// There is no object under this key.
    #[error("the object does not exist")]
    NoSuchKey,
    /// There is no multipart upload of this id for this key.
    #[error("the multipart upload does not exist")]
    NoSuchUpload,
    /// A part that the completion names was not uploaded, or has another ETag.
    #[error("a part of the multipart upload is missing or another one")]
    InvalidPart,
    /// The parts of a completion are not in ascending order.
    #[error("the parts are not in ascending order")]
    InvalidPartOrder,
    /// A part other than the last is smaller than 5 MiB.
    #[error("a part other than the last is smaller than 5 MiB")]
    PartTooSmall,
    /// The bucket name breaks S3's naming rules.
    #[error("not a bucket name")]
    InvalidBucketName,
    /// The key is empty.
    #[error("a key has at least one byte")]
    EmptyKey,
    /// The key is longer than 1,024 bytes.
    #[error("the key is longer than 1024 bytes")]
    KeyTooLong,
    /// The caller's account has a bucket of this name already.
    #[error("the bucket exists and belongs to the account")]
    AlreadyOwned,
    /// Another account has a bucket of this name.
    #[error("the bucket exists and belongs to another account")]
    AlreadyExists,
    /// A bucket that holds objects cannot be deleted.
    #[error("the bucket is not empty")]
    NotEmpty,
    /// [`Condition::IfAbsent`](crate::Condition::IfAbsent) met an object; it is durable.
    #[error("the object exists")]
    Exists {
        /// Of the body that is there.
        sha256: Sha256,
    },
    /// [`Condition::IfMatches`](crate::Condition::IfMatches) met another ETag.
    #[error("the object has another ETag")]
    PreconditionFailed,
    /// The object may not be overwritten or deleted yet.
    #[error("the object is locked until {until}")]
    Locked {
        /// First moment at which it may.
        until: Timestamp,
    },
    /// Reading the body failed, or the body refused itself (a checksum); nothing was kept.
    #[error("the body could not be read")]
    Body(#[source] BoxError),
    /// The disk is full; nothing was kept. Worth a retry later.
    #[error("the disk is full")]
    Full,
    /// A folder of this bucket could not be synced, now or earlier: what the disk holds is unknown, so the
    /// bucket takes no writes until it is opened anew.
    #[error("a sync of the bucket's folder failed: no writes until a restart")]
    Failed,
    /// The bucket's policy forbids it.
    #[error("the bucket's policy forbids it")]
    Denied,
    /// The object is not locked, so there is no lock to break.
    #[error("the object is not locked")]
    NotLocked,
    /// A policy is wrong, or says what Cairn cannot evaluate.
    #[error("the policy is refused: {0}")]
    Policy(#[from] PolicyFault),
    /// The policy would open the bucket to everyone, which its public access block forbids.
    #[error("the bucket's public access block forbids public policies")]
    PublicPolicy,
    /// Tags that S3 does not take.
    #[error(transparent)]
    Tags(#[from] TagFault),
    /// CORS rules that S3 does not take.
    #[error(transparent)]
    Cors(#[from] CorsFault),
    /// A newer Cairn wrote this file.
    #[error(
        "{} was written by a newer Cairn (version {found} of the format, this one knows {known}): start that one, \
         or restore a backup from before it",
        .path.display()
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The highest version that this Cairn reads.
        known: u32,
    },
    /// A file of ours does not hold what we wrote.
    #[error("damaged: {}", .0.display())]
    Damaged(PathBuf),
    /// The disk failed otherwise; nothing was kept.
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for BucketError {
    fn from(error: io::Error) -> BucketError {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => BucketError::Full,
            _ => BucketError::Io(error),
        }
    }
}
