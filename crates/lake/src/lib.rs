//! Event history: columnar storage and look-ups.
//!
//! What was appended lately is the *hot tail*: keys and log positions in memory, bodies in the log.
//! The rest is a Delta Lake table of Parquet files, each sorted newest first, committed together with
//! the log position up to which it holds every event. A look-up merges both, newest first.
//!
//! The only crate that names arrow, parquet, object_store or deltalake; none of their types leave it.

mod bodies;
mod cache;
mod canonical;
mod columns;
mod duplicates;
mod durable_store;
mod error;
mod hashing;
mod history;
mod keys;
mod lookup;
mod maintain;
mod matcher;
mod reassemble;
pub mod sql;
mod stored;
mod table;
mod tail;
#[cfg(test)]
mod testing;
mod text;
mod token;

pub use bodies::{Bodies, BodyError};
pub use cairn_decide::lookup::FoundResource;
pub use canonical::{ContentHash, content_hash};
pub use error::{LakeError, LookupError, TailFull};
pub use history::{Frozen, History, HistoryOptions, HistoryStats};
pub use lookup::{Categories, Filter, Found, Lookup, Page};
pub use maintain::Maintenance;
pub use matcher::Matcher;
pub use stored::{ScannedEvent, StoredHistory};
pub use token::{NotAPageToken, PageToken};
