//! The nouns of Cairn: events, accounts, positions, times, trails, event data stores, channels, dashboards,
//! users, roles, policies, organizations, stacks, changes.
//!
//! Pure: no IO, no clock, no randomness. An edit here rebuilds everything, so it changes rarely.

pub mod account;
pub mod arn;
pub mod change;
pub mod channel;
pub mod dashboard;
pub mod event;
pub mod event_data_store;
pub mod insight;
pub mod json;
pub mod key;
pub mod organization;
pub mod policy;
pub mod position;
pub mod record;
pub mod resource_policy;
pub mod role;
pub mod selector;
pub mod session;
pub mod stack;
pub mod time;
pub mod trail;
pub mod user;

pub use account::AccountId;
pub use arn::{ChannelArn, DashboardArn, EventDataStoreArn, TrailArn};
pub use change::{Account, Change, SigningKey};
pub use channel::Channel;
pub use dashboard::{Dashboard, DashboardKind, RefreshFrequency, RefreshSchedule, Widget};
pub use event::{Category, Event, Field, Origin};
pub use event_data_store::{
    BillingMode, ContextKeySelector, ContextKind, EventDataStore, MaxEventSize, StoreInsights,
};
pub use insight::{InsightCategory, InsightSelector, InsightType};
pub use key::{AccessKey, KeyStatus};
pub use organization::{Member, Organization, OrganizationId};
pub use policy::{Grants, ManagedPolicy};
pub use position::Position;
pub use record::Record;
pub use resource_policy::{PolicedArn, ResourcePolicy};
pub use role::Role;
pub use selector::{
    AdvancedEventSelector, AdvancedFieldSelector, DataResource, EventSelector, ReadWriteType, Selectors,
};
pub use session::{Session, SessionHolder};
pub use stack::{Stack, StackId, StackResource};
pub use time::Timestamp;
pub use trail::{Aggregation, AggregationTemplate, LogGroup, Logging, Trail};
pub use user::{Group, User};
