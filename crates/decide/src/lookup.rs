//! What LookupEvents finds events by, and what its callers may ask.

mod check;
mod resources;
mod strings;
mod tables;
mod user;

pub use check::{
    Attribute, AttributeKey, LOOKUP_RESULTS_MAX, Lookup, LookupCategory, LookupError, Request, check,
};
pub use resources::{FoundResource, resources};
pub use user::username;

#[cfg(test)]
mod tests;
