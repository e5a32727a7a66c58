//! What must survive: the durable log, the catalog of control-plane resources, and how far imports have come.
//!
//! An event is acknowledged when [`log`] has it on stable storage. Everything else in Cairn reads
//! that log from a position of its own and can be built again from it.

pub mod catalog;
pub mod checked_file;
pub mod disk;
pub mod durable_file;
pub mod imports;
pub mod log;
pub mod rows;
pub mod seal;
