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
mod describe;
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
mod remote;
pub mod sql;
mod stored;
mod table;
mod tail;
#[cfg(test)]
mod testing;
mod text;
mod token;
mod words;

pub use bodies::{Bodies, BodyError};
pub use cairn_decide::lookup::FoundResource;
pub use canonical::{ContentHash, content_hash};
pub use describe::{PARTITION_COLUMN, PROTOCOL, TableColumn, TableSize, table_columns, table_size};
pub use error::{LakeError, LookupError, TailFull};
pub use history::{Commons, Frozen, History, HistoryOptions, HistoryStats, KeptFrom};
pub use lookup::{Categories, Filter, Found, Lookup, Page};
pub use maintain::Maintenance;
pub use matcher::Matcher;
pub use remote::{Remote, RemoteError, RemoteObject, RemoteObjects};
pub use stored::{ScannedEvent, StoredHistory};
pub use token::{NotAPageToken, PageToken};
