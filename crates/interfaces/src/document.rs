//! Reading a document: YAML or JSON to one tree, bounded, with the place of every fault.

mod error;
mod extensions;
mod lines;
mod node;
mod yaml;

pub(crate) use error::Fault;
pub use error::{DocumentError, Problem};
pub(crate) use extensions::check as check_extensions;
pub(crate) use node::Node;

use serde_json::Value;

/// The longest document that is read.
pub const DOCUMENT_BYTES_MAX: usize = 10 << 20;

/// Reads a document of either form: what begins with a brace is JSON, all else YAML.
pub(crate) fn load(text: &str) -> Result<Value, Fault> {
    if text.len() > DOCUMENT_BYTES_MAX {
        return Err(Fault::at_root(Problem::TooLong));
    }
    // JSON is YAML but for escaped surrogate pairs and keys beyond 1,024 characters.
    if text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with('{') {
        return json(text.trim_start_matches('\u{feff}'));
    }
    yaml::load(text)
}

fn json(text: &str) -> Result<Value, Fault> {
    serde_json::from_str(text).map_err(|cause| Fault {
        line: Some(cause.line()),
        ..Fault::at_root(Problem::NotJson(cause.to_string()))
    })
}

#[cfg(test)]
mod tests;
