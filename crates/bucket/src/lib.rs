//! Cairn's own buckets: objects in a folder, spoken to by S3's protocol.
//!
//! [`Buckets`] is the store: buckets and objects in a folder whose layout FORMAT.md fixes to the byte. What
//! it has acknowledged survives power loss; what it has not acknowledged is there whole or not at all.
//! [`S3Front`] serves the same buckets by S3's HTTP protocol. Only this crate names s3s.

mod bucket;
mod buckets;
mod checksum;
mod cors;
mod disk;
mod error;
mod files;
mod folders;
mod incoming;
mod layout;
mod list;
mod name;
mod note;
mod object;
pub mod policy;
mod read;
mod s3;
mod settings;
mod stored;
mod tags;
mod upload;
mod walk;

pub use bucket::{BucketInfo, Condition, PutObject, PutOutcome};
pub use buckets::Buckets;
pub use checksum::{Algorithm, Checksum, Coverage};
pub use cors::{CorsFault, CorsRule};
pub use error::{BoxError, BucketError};
pub use files::BucketFile;
pub use incoming::ObjectBody;
pub use list::{ListQuery, Page};
pub use object::{Headers, ObjectInfo, Sha256};
pub use read::Object;
pub use s3::{Connection, KeyInfo, Keys, ResponseBody, S3Failure, S3Front, S3Outcome, service};
pub use s3::{action_of, condition_values, makes_object, repeated, version_action_of};
pub use tags::{TagFault, Tags};
