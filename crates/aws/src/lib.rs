//! AWS services that Cairn uses as targets and sources: S3, SNS, SQS, KMS and CloudWatch Logs, at AWS or wherever else they are spoken.
//!
//! ```text
//! S3, Sns, Sqs, Kms, Logs -> Caller (credentials, Signature Version 4, tries) -> Transport (connections, TLS)
//! ```
//!
//! Nothing here reads the environment, but [`Credentials::profile`] and [`Credentials::ambient`]. Every call ends in
//! bounded time and memory.

mod caller;
mod credentials;
mod endpoint;
mod error;
mod identity;
mod kms;
mod logs;
mod refusal;
mod s3;
mod sign;
mod sns;
mod sqs;
mod transport;
mod xml;

pub use caller::{Caller, Clock};
pub use credentials::{Credentials, Keys};
pub use endpoint::{Endpoint, NotAnEndpoint};
pub use error::{AwsError, Refusal};
pub use kms::{Kms, KmsKey};
pub use logs::Logs;
pub use s3::{
    Addressing, FolderPage, NextPage, ObjectBody, ObjectEntry, ObjectHead, ObjectStream, PutError, PutObject,
    PutOutcome, S3, S3Options, ServerSideEncryption,
};
pub use sign::{CannotSign, Payload, Scope, sign_request};
pub use sns::Sns;
pub use sqs::{Message, Sqs};
pub use transport::{Transport, connector};

#[cfg(test)]
mod tests;
