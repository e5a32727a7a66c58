//! S3's protocol over the buckets. Nothing outside of this module, and nothing in its public face, names s3s.

mod access;
mod actions;
mod attributes;
mod body;
mod checksums;
mod condition_values;
mod conditions;
mod copy;
mod cors;
mod counted;
mod create;
mod explain;
mod failure;
mod fixed;
mod forms;
mod front;
mod gate;
mod headers;
mod hosts;
mod listing;
mod objects;
mod operations;
mod overrides;
mod parameters;
mod reading;
mod request;
mod settings;
mod tagging;
mod uploads;

pub use actions::{action_of, makes_object, version_action_of};
pub use condition_values::condition_values;
pub use front::{ResponseBody, S3Failure, S3Front, S3Outcome, service};
pub use gate::{Connection, KeyInfo, Keys};
pub use parameters::repeated;
