//! The table of AWS operations, and which of them an HTTP request calls.
//!
//! The table knows every service of botocore's models: what its operations are called, where they are reached,
//! and what goes in and comes out. It is one compressed file inside the program; a [`Service`]'s part is
//! unpacked at its first use and kept. [`recognize`] tells which [`Operation`] a [`Request`] calls, or how to
//! name it if the table does not list it. What the models do not say and CloudTrail does (event sources and
//! names, what only reads, what is a data event, what is secret) lies in small tables of Rust beside it.

mod cursor;
mod index;
mod names;
mod operation;
mod planes;
mod protocol;
mod read_only;
mod recognize;
mod routes;
mod secrets;
mod shape;
mod sources;
mod table;
mod unsigned;

pub use index::{Service, service, services};
pub use operation::Operation;
pub use planes::Plane;
pub use protocol::{Protocol, TimestampFormat};
pub use read_only::is_read_only;
pub use recognize::{Labels, Recognized, Request, recognize};
pub use shape::{Kind, Location, Member, Members, Shape};
