//! Sample queries: questions that security teams ask of event data stores, and a search for them.
//!
//! They stand in `queries/`, a file for each subject, in the form that [`sample`](self) files have:
//!
//! ```sql
//! -- name: What it is called
//! -- about: What it tells, in a sentence or two.
//! -- family: Insight        (left out for stores of calls)
//! SELECT ... FROM $EDS_ID ...
//! ```

mod sample;
mod search;
mod words;

pub use sample::{STORE_PLACE, Sample, all, named};
pub use search::{Found, search};
