//! The operator's file that tells whose the access keys of an upstream are.
//!
//! A JSON object: `{"AKIA...": {"type": "IAMUser", "accountId": "111122223333", ...}, ...}`; each value is the
//! `userIdentity` of the events of its key.

use cairn_record::MappedIdentity;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Who holds which key.
pub(crate) type Identities = HashMap<String, Arc<MappedIdentity>>;

/// Reads the file's text.
pub(crate) fn parse(text: &str) -> Result<Identities, String> {
    let all: HashMap<String, Value> = serde_json::from_str(text)
        .map_err(|error| format!("not a JSON object of identities by access key: {error}"))?;
    let checked = |(key, identity)| match MappedIdentity::new(identity) {
        Ok(mapped) => Ok((key, Arc::new(mapped))),
        Err(fault) => Err(format!("the identity of {key}: {fault}")),
    };
    all.into_iter().map(checked).collect()
}

#[cfg(test)]
mod tests;
