//! What tests and benchmarks need and no product may: synthetic traffic from a seed.
//!
//! Pure: no IO, no clock, and the only randomness is the seed's. The same seed gives the same bytes
//! on every machine and with every version of every library.

pub mod batch;
mod dice;
pub mod event_ids;
pub mod traffic;

pub use batch::Batch;
pub use event_ids::EventIds;
pub use traffic::{ACCOUNT, Marks, Traffic};
