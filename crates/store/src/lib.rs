//! What must survive: the durable log and the catalog of control-plane resources.
//!
//! An event is acknowledged when [`log`] has it on stable storage. Everything else in Cairn reads
//! that log from a position of its own and can be built again from it.

pub mod catalog;
pub mod disk;
pub mod durable_file;
pub mod log;
pub mod seal;
