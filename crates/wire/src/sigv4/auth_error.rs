//! Why a request does not authenticate, and what its caller is told.

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use super::{TERMINATOR, time};
use crate::error::ApiError;
use crate::generated::ErrorCode;
use crate::query::{QueryCode, QueryError};

/// What the caller is told does not tell unknown from disabled keys; the variants do, for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The request is not signed at all.
    #[error("not signed")]
    MissingToken,
    /// It is signed, but a part is absent, twice there, or cannot be read.
    #[error("incomplete signature: {what}")]
    Incomplete {
        /// A sentence for the client.
        what: &'static str,
    },
    /// No such access key. Found by the caller, between parsing and verifying.
    #[error("unknown access key")]
    UnknownKey,
    /// The access key is switched off. Found by the caller.
    #[error("disabled access key")]
    DisabledKey,
    /// The session is over. Found by the caller.
    #[error("expired session token")]
    TokenExpired,
    /// Signed too long ago, or in the future.
    #[error("signed at {signed}, more than {window:?} from {now}")]
    Expired {
        /// The time in the request.
        signed: Timestamp,
        /// The server's time.
        now: Timestamp,
        /// How far they may be apart.
        window: SignedDuration,
    },
    /// A presigned URL was used after its time.
    #[error("presigned URL past its expiry")]
    PresignExpired,
    /// The credential scope is not the one this request needs.
    #[error("wrong scope: {0:?}")]
    WrongScope(ScopeFault),
    /// A header that gives the request its meaning is not under the signature.
    #[error("header {name} is not signed")]
    UnsignedHeader {
        /// In small letters.
        name: String,
    },
    /// The signature is not the one that the secret gives.
    #[error("signature does not match")]
    SignatureMismatch,
    /// The body is not the one whose hash was signed.
    #[error("body does not match its hash")]
    BodyHashMismatch,
}

/// What is wrong with a credential scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScopeFault {
    /// Its date is not the date of the request.
    Date,
    /// It names another region than this.
    Region(String),
    /// It names another service than this.
    Service(String),
    /// It does not end in `aws4_request`.
    Terminator,
}

impl AuthError {
    /// The answer of the JSON protocols.
    pub fn json(&self) -> ApiError {
        let code = match self {
            AuthError::MissingToken => ErrorCode::MissingAuthenticationTokenException,
            AuthError::Incomplete { .. } => ErrorCode::IncompleteSignatureException,
            AuthError::UnknownKey | AuthError::DisabledKey => ErrorCode::UnrecognizedClientException,
            AuthError::TokenExpired => ErrorCode::ExpiredTokenException,
            AuthError::Expired { .. }
            | AuthError::PresignExpired
            | AuthError::WrongScope(_)
            | AuthError::UnsignedHeader { .. }
            | AuthError::SignatureMismatch
            | AuthError::BodyHashMismatch => ErrorCode::InvalidSignatureException,
        };
        ApiError::new(code, self.message()).with_detail(self.to_string())
    }

    /// The answer of the query protocol.
    pub fn query(&self) -> QueryError {
        let code = match self {
            AuthError::MissingToken => QueryCode::MissingAuthenticationToken,
            AuthError::Incomplete { .. } => QueryCode::IncompleteSignature,
            AuthError::UnknownKey | AuthError::DisabledKey => QueryCode::InvalidClientTokenId,
            AuthError::TokenExpired => QueryCode::ExpiredToken,
            AuthError::PresignExpired => QueryCode::RequestExpired,
            AuthError::Expired { .. }
            | AuthError::WrongScope(_)
            | AuthError::UnsignedHeader { .. }
            | AuthError::SignatureMismatch
            | AuthError::BodyHashMismatch => QueryCode::SignatureDoesNotMatch,
        };
        QueryError::new(code, self.message())
    }

    /// The code and status of S3's XML errors.
    pub fn s3(&self) -> (&'static str, StatusCode) {
        match self {
            AuthError::MissingToken | AuthError::PresignExpired | AuthError::UnsignedHeader { .. } => {
                ("AccessDenied", StatusCode::FORBIDDEN)
            }
            AuthError::Incomplete { .. } | AuthError::WrongScope(_) => {
                ("AuthorizationHeaderMalformed", StatusCode::BAD_REQUEST)
            }
            AuthError::UnknownKey | AuthError::DisabledKey => ("InvalidAccessKeyId", StatusCode::FORBIDDEN),
            AuthError::TokenExpired => ("ExpiredToken", StatusCode::BAD_REQUEST),
            AuthError::Expired { .. } => ("RequestTimeTooSkewed", StatusCode::FORBIDDEN),
            AuthError::SignatureMismatch => ("SignatureDoesNotMatch", StatusCode::FORBIDDEN),
            AuthError::BodyHashMismatch => ("XAmzContentSHA256Mismatch", StatusCode::BAD_REQUEST),
        }
    }

    /// The text for the client, in AWS's words where they are known.
    pub fn message(&self) -> String {
        match self {
            AuthError::MissingToken => "Missing Authentication Token".to_owned(),
            AuthError::Incomplete { what } => (*what).to_owned(),
            AuthError::UnknownKey | AuthError::DisabledKey => {
                "The security token included in the request is invalid.".to_owned()
            }
            AuthError::TokenExpired => "The security token included in the request is expired".to_owned(),
            AuthError::Expired { signed, now, window } => expired(*signed, *now, *window),
            AuthError::PresignExpired => "Request has expired".to_owned(),
            AuthError::WrongScope(fault) => fault.message(),
            AuthError::UnsignedHeader { name } => {
                format!("There were headers present in the request which were not signed: {name}")
            }
            AuthError::SignatureMismatch => "The request signature we calculated does not match the signature you \
                 provided. Check your AWS Secret Access Key and signing method. Consult the service documentation \
                 for details."
                .to_owned(),
            AuthError::BodyHashMismatch => {
                "The provided 'x-amz-content-sha256' header does not match what was computed.".to_owned()
            }
        }
    }
}

fn expired(signed: Timestamp, now: Timestamp, window: SignedDuration) -> String {
    let (signed_text, now_text) = (time::basic(signed), time::basic(now));
    let minutes = window.as_mins();
    // Saturating: the bound is for reading only, and both ends of time are no place for a failure.
    if signed < now {
        let bound = time::basic(now.saturating_sub(window).unwrap_or(now));
        return format!(
            "Signature expired: {signed_text} is now earlier than {bound} ({now_text} - {minutes} min.)"
        );
    }
    let bound = time::basic(now.saturating_add(window).unwrap_or(now));
    format!(
        "Signature not yet current: {signed_text} is still later than {bound} ({now_text} + {minutes} min.)"
    )
}

impl ScopeFault {
    fn message(&self) -> String {
        match self {
            ScopeFault::Date => {
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP."
                    .to_owned()
            }
            ScopeFault::Region(region) => {
                format!("Credential should be scoped to a valid region: '{region}'.")
            }
            ScopeFault::Service(service) => {
                format!("Credential should be scoped to correct service: '{service}'.")
            }
            ScopeFault::Terminator => {
                format!("Credential should be scoped with a valid terminator: '{TERMINATOR}'.")
            }
        }
    }
}
