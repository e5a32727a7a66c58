//! What should happen: selectors, look-ups, the rules of trails, event data stores, channels and dashboards, Insights, tags, names
//! of delivered files, digest windows, keys, policies, rates, and what of an event is secret.
//!
//! Pure: no IO, no clock, no randomness. Facts and the time come as arguments, decisions go back as values.

pub mod access;
pub mod address;
pub mod channels;
pub mod dashboards;
pub mod digest;
pub mod event_configuration;
pub mod insights;
pub mod limits;
pub mod lookup;
pub mod names;
pub mod paging;
pub mod policy;
pub mod queries;
mod repeated;
pub mod resource_policies;
pub mod rotation;
pub mod secrets;
pub mod selectors;
pub mod stores;
pub mod subject;
pub mod tagging;
pub mod tags;
pub mod throttle;
pub mod trails;
