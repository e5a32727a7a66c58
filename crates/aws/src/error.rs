//! Why a request to a service failed.

use std::sync::Arc;

/// Why a request to a service failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AwsError {
    /// The service refused.
    #[error(transparent)]
    Refused(Refusal),
    /// Nobody answered, or the answer broke off.
    #[error("{authority} does not answer: {why}")]
    NoAnswer {
        /// Host and port that were asked.
        authority: String,
        /// What went wrong, for a log line.
        why: Arc<str>,
    },
    /// The answer did not come in time.
    #[error("{authority} did not answer in time")]
    Timeout {
        /// Host and port that were asked.
        authority: String,
    },
    /// The answer is none that the service gives.
    #[error("{authority} answered what cannot be read: {what}")]
    Malformed {
        /// Host and port that were asked.
        authority: String,
        /// What cannot be read.
        what: &'static str,
    },
    /// The object changed while it was read.
    #[error("the object changed while it was read")]
    Changed,
    /// There are no credentials to sign with.
    #[error("no AWS credentials: {why}")]
    NoCredentials {
        /// What the chain of credentials said.
        why: Arc<str>,
    },
    /// What is asked for is of another account than the credentials.
    #[error("it is of another AWS account than the credentials")]
    OtherAccount,
    /// The request cannot be written: a header or a name in it is none that HTTP can carry.
    #[error("the request to {authority} cannot be made")]
    Unwritable {
        /// Host and port that would have been asked.
        authority: String,
    },
}

/// What a service said when it refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}{}", said(.message))]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The service's error code, such as `NoSuchBucket`. Answers without a body, to HEAD, have one made from
    /// their status.
    pub code: String,
    /// What the service says beside, perhaps nothing.
    pub message: String,
    /// The region in which the bucket is, if S3 said so.
    pub region: Option<String>,
}

fn said(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}

impl AwsError {
    /// The error code for a status page: the service's own, or one of the SDKs' for what no service said.
    pub fn code(&self) -> &str {
        match self {
            AwsError::Refused(refusal) => &refusal.code,
            AwsError::NoAnswer { .. } => "ConnectionError",
            AwsError::Timeout { .. } => "RequestTimeout",
            AwsError::Malformed { .. } => "MalformedResponse",
            AwsError::Changed => "PreconditionFailed",
            AwsError::NoCredentials { .. } => "NoCredentials",
            AwsError::OtherAccount => "AccessDeniedException",
            AwsError::Unwritable { .. } => "InvalidRequest",
        }
    }

    /// The HTTP status, if the service answered.
    pub fn status(&self) -> Option<u16> {
        match self {
            AwsError::Refused(refusal) => Some(refusal.status),
            _ => None,
        }
    }

    /// Whether the service says that what was asked for does not exist.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
            || matches!(self.code(), "NotFound" | "NotFoundException" | "ResourceNotFoundException")
    }

    /// Whether the same request may succeed a moment later.
    pub fn may_pass(&self) -> bool {
        match self {
            AwsError::Refused(refusal) => refusal.may_pass(),
            AwsError::NoAnswer { .. } | AwsError::Timeout { .. } => true,
            AwsError::Malformed { .. }
            | AwsError::Changed
            | AwsError::NoCredentials { .. }
            | AwsError::OtherAccount
            | AwsError::Unwritable { .. } => false,
        }
    }
}

impl Refusal {
    fn may_pass(&self) -> bool {
        let passing = [
            "InternalError",
            "InternalFailure",
            "KMSInternalException",
            "OperationAborted",
            "ConditionalRequestConflict",
            "RequestLimitExceeded",
            "RequestTimeout",
            "ServiceUnavailable",
            "SlowDown",
            "Throttled",
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "TooManyRequestsException",
        ];
        passing.contains(&self.code.as_str()) || matches!(self.status, 429 | 500 | 502 | 503 | 504)
    }
}
