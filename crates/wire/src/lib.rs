//! AWS on the wire, as functions over bytes: the shapes of the two CloudTrail services, their
//! validation, JSON 1.1 and rest-json requests and answers, the query protocol of `sts`, and SigV4.
//!
//! Pure: time comes in as an argument, nothing here reads a clock, a socket or a file.

pub mod error;
pub mod generated;
pub mod input;
mod json;
pub mod json11;
pub mod operation;
pub mod query;
pub mod rest_json;
#[cfg(test)]
mod samples;
pub mod scalar;
pub mod shape;
pub mod sigv4;
pub mod validate;

pub use error::ApiError;
pub use generated::{ErrorCode, Operation};
pub use input::{input, input_with_query};
pub use json11::{empty_ok, error_response, ok};
pub use operation::Service;
pub use scalar::{Blob, Epoch};
