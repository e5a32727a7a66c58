//! Which event data stores take an event, as of one position of the log.
//!
//! What AWS leaves open is decided so:
//! - A store that can only be restored takes nothing, whether or not its ingestion is on.
//! - A store of one region takes the events that name it; an event that names none counts as one of the home region.
//! - What came through a channel goes to the channel's destinations. An event of the category ActivityAuditLog that names no
//!   channel, posted by whoever has them from elsewhere, goes to the stores of its account.
//! - An event that is larger than the store takes is left out, whole; AWS cuts off some of its members.
//! - An event whose time lies further back than the store's retention when it arrives is left out.

mod definitions;
mod taker;

pub use definitions::Definitions;
pub use taker::{Taker, Taking};

#[cfg(test)]
mod tests;
