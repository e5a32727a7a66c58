//! What should happen: selectors, look-ups, the rules of trails, names of delivered files, digest windows, keys,
//! policies, rates, and what of an event is secret.
//!
//! Pure: no IO, no clock, no randomness. Facts and the time come as arguments, decisions go back as values.

pub mod digest;
pub mod lookup;
pub mod names;
pub mod policy;
pub mod rotation;
pub mod secrets;
pub mod selectors;
pub mod throttle;
pub mod trails;
