//! What should happen: selectors, look-ups, the rules of trails, event data stores, channels and dashboards, organizations, Insights, tags, aggregated
//! events, names of delivered files, digest windows, keys, policies, rates, and what of an event is secret.
//!
//! Pure: no IO, no clock, no randomness. Facts and the time come as arguments, decisions go back as values.

pub mod access;
pub mod address;
pub mod aggregation;
pub mod audit_events;
pub mod channels;
pub mod dashboards;
pub mod digest;
pub mod enrichment;
pub mod event_configuration;
pub mod imports;
pub mod insights;
pub mod limits;
pub mod lookup;
pub mod names;
pub mod organization;
pub mod paging;
pub mod policy;
pub mod queries;
mod repeated;
pub mod resource_policies;
pub mod rotation;
pub mod secrets;
pub mod selectors;
pub mod stacks;
pub mod stores;
pub mod subject;
pub mod tagging;
pub mod tags;
pub mod taking;
pub mod throttle;
pub mod trails;
