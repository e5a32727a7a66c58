//! Why a file, or a folder, could not be read.

use cairn_aws::AwsError;
use cairn_bucket::BucketError;
use cairn_store::imports::ImportsError;

/// Why a file, or a folder, could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct Fault {
    /// In a word, S3's if S3 said so.
    pub(crate) code: String,
    /// For people.
    pub(crate) message: String,
    /// Whether it may be gone a moment later.
    pub(crate) passes: bool,
}

impl Fault {
    /// One that stays.
    pub(crate) fn lasting(code: &str, message: impl Into<String>) -> Fault {
        Fault { code: code.to_owned(), message: message.into(), passes: false }
    }

    /// Whether the file itself is at fault: another try would end the same.
    pub(crate) fn is_of_content(&self) -> bool {
        let codes = ["FileTooLarge", "NotGzip", "NotCloudTrail", "DamagedFile", "InvalidRecords"];
        codes.contains(&self.code.as_str())
    }
}

impl From<AwsError> for Fault {
    fn from(error: AwsError) -> Fault {
        Fault { code: error.code().to_owned(), message: error.to_string(), passes: error.may_pass() }
    }
}

impl From<ImportsError> for Fault {
    fn from(error: ImportsError) -> Fault {
        Fault { code: "InternalError".to_owned(), message: error.to_string(), passes: true }
    }
}

impl From<BucketError> for Fault {
    fn from(error: BucketError) -> Fault {
        let code = match error {
            BucketError::NoSuchBucket => "NoSuchBucket",
            BucketError::NoSuchKey => "NoSuchKey",
            BucketError::Denied => "AccessDenied",
            _ => "InternalError",
        };
        Fault::lasting(code, error.to_string())
    }
}
