//! S3's protocol over the buckets. Nothing outside of this module, and nothing in its public face, names s3s.

mod body;
mod failure;
mod front;
mod gate;
mod headers;
mod listing;
mod objects;
mod operations;
mod reading;
mod request;
mod uploads;

pub use front::{ResponseBody, S3Failure, S3Front, S3Outcome, service};
pub use gate::{KeyInfo, Keys};
