//! One HTTP exchange becomes one event, as CloudTrail would have recorded it.
//!
//! Two steps: a function per service ([`s3()`], [`cloudtrail()`], [`sts_get_caller_identity`], [`cairn()`])
//! tells what was [called](Call), and [`event_text`] writes that and who called when from where as an
//! event's JSON. Pure: ids and times are arguments.

mod call;
mod caller;
mod event;
mod hide;
mod own;
mod s3;

pub use call::{Call, Failure, Resource, ResourceArn, is_read_only};
pub use caller::{Caller, user_id};
pub use event::{Exchange, TlsDetails, event_text};
pub use hide::HIDDEN;
pub use own::{cairn, cloudtrail, sts_get_caller_identity, trail_gap};
pub use s3::{S3Request, s3};
