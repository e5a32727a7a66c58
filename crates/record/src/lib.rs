//! One HTTP exchange becomes one event, as CloudTrail would have recorded it.
//!
//! Two steps: a function tells what was [called](Call), and [`event_text`] writes that and who called when from
//! where as an event's JSON. [`aws_call`] is that function for whatever passes through to an AWS service or what
//! stands in for one; [`s3()`] for calls on Cairn's own buckets; [`cloudtrail()`], [`put_audit_events`],
//! [`sts_get_caller_identity`] and [`cairn()`] for Cairn's own answers; [`own_api`] for APIs that an operator describes. Pure: ids and times are
//! arguments.
//!
//! A call of an AWS service is read in steps too: `unpacked` undoes gzip, `decode` makes of either body what the table of operations
//! says that it holds, and `shown` makes of that what CloudTrail would show, without what `secret` names.

mod aws;
mod call;
mod caller;
mod decode;
mod event;
mod failure;
mod hide;
mod learned;
mod observed;
mod outcome;
mod own;
mod resources;
mod s3;
mod secret;
mod shown;
#[cfg(test)]
mod testing;
mod unpacked;

pub use aws::{aws_call, needs_answer};
pub use call::{Call, Failure, OwnedFailure, Resource, ResourceArn, is_read_only};
pub use caller::{Caller, IdentityFault, MappedIdentity, user_id};
pub use event::{Exchange, TlsDetails, event_text};
pub use hide::HIDDEN;
pub use learned::{Federated, federated, learned};
pub use observed::{Answer, Body, Observed};
pub use outcome::Outcome;
pub use own::{
    AuditCall, OwnApiCall, cairn, cloudtrail, hide_repeated, organizations, own_api, put_audit_events,
    sts_credentials, sts_get_caller_identity, trail_gap,
};
pub use s3::{Deletion, S3Request, deletions, s3};
pub use unpacked::unpacked_start;
