//! What should happen: selectors, look-ups, the rules of trails, names of delivered files, digest windows.
//!
//! Pure: no IO, no clock, no randomness. Facts and the time come as arguments, decisions go back as values.

pub mod digest;
mod elements;
pub mod lookup;
pub mod names;
pub mod selectors;
pub mod trails;
