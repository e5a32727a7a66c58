//! The nouns of Cairn: events, accounts, positions, times, trails, changes.
//!
//! Pure: no IO, no clock, no randomness. An edit here rebuilds everything, so it changes rarely.

pub mod account;
pub mod arn;
pub mod change;
pub mod event;
pub mod json;
pub mod key;
pub mod position;
pub mod record;
pub mod selector;
pub mod session;
pub mod time;
pub mod trail;

pub use account::AccountId;
pub use arn::TrailArn;
pub use change::{Account, Change, SigningKey};
pub use event::{Category, Event, Field, Origin};
pub use key::{AccessKey, KeyStatus};
pub use position::Position;
pub use record::Record;
pub use selector::{
    AdvancedEventSelector, AdvancedFieldSelector, DataResource, EventSelector, ReadWriteType, Selectors,
};
pub use session::{Session, SessionHolder};
pub use time::Timestamp;
pub use trail::{Logging, Trail};
