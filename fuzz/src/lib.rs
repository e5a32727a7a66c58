//! What the fuzz targets share: HTTP messages as seeds spell them, and the door that every record must pass.
//!
//! Seeds are texts that people write and read: parts are separated by a line `%%`, a message is its first line, its
//! headers, an empty line and its body.

mod admitted;
mod message;

pub use admitted::{admission, assert_admitted};
pub use message::{Message, parts};
