//! Bucket policies: who may do what with a bucket, as its owner wrote it down.
//!
//! The language is `cairn_decide::policy`'s. What could never match here (an action that S3 does not have, another
//! bucket's objects, a key that no request carries) is refused when the policy is put, never stored and passed over.

mod actions;
mod condition;

use cairn_decide::policy::{self as language, Pattern, PolicyFault as LanguageFault, Purpose, Statement};

/// Longest policy in bytes, as in S3.
pub const POLICY_BYTES_MAX: usize = 20 * 1024;

/// A bucket's policy, of which every part can be evaluated.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    text: String,
    read: language::Policy,
}

/// What is wrong with a policy, or what Cairn cannot evaluate. The text is for whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// It is longer than [`POLICY_BYTES_MAX`].
    #[error("it is longer than {POLICY_BYTES_MAX} bytes")]
    TooLong,
    /// It is no policy.
    #[error(transparent)]
    Language(#[from] LanguageFault),
    /// An action that S3 does not have.
    #[error("{0:?} is no action of S3")]
    Action(String),
    /// A resource that is not the bucket or objects in it.
    #[error("{0:?} is neither this bucket nor objects in it")]
    Resource(String),
    /// A condition key that Cairn cannot evaluate.
    #[error("Cairn cannot evaluate the condition key {0}")]
    ConditionKey(String),
    /// An operator that does not go with the key.
    #[error("Cairn cannot evaluate the condition {operator} of {key}")]
    Operator {
        /// For example `DateGreaterThan`.
        operator: String,
        /// For example `aws:SourceIp`.
        key: String,
    },
}

impl Policy {
    /// Reads the policy of the bucket `bucket`.
    ///
    /// Errors: [`PolicyFault`] says what is wrong with it, or what Cairn cannot evaluate.
    pub fn parse(text: &str, bucket: &str) -> Result<Policy, PolicyFault> {
        if text.len() > POLICY_BYTES_MAX {
            return Err(PolicyFault::TooLong);
        }
        let read = language::Policy::parse(text, Purpose::Resource)?;
        read.statements().iter().try_for_each(|statement| check(statement, bucket))?;
        Ok(Policy { text: text.to_owned(), read })
    }

    /// The text it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it says.
    pub fn read(&self) -> &language::Policy {
        &self.read
    }

    /// Whether it lets in anyone.
    pub fn is_public(&self) -> bool {
        self.read.is_public()
    }
}

fn check(statement: &Statement, bucket: &str) -> Result<(), PolicyFault> {
    let misspelt = statement.actions().iter().find(|action| !actions::is_known(action.text()));
    if let Some(action) = misspelt {
        return Err(PolicyFault::Action(action.text().to_owned()));
    }
    let foreign = statement.resources().iter().find(|resource| !is_of(resource.text(), bucket));
    if let Some(resource) = foreign {
        return Err(PolicyFault::Resource(resource.text().to_owned()));
    }
    statement.conditions().iter().try_for_each(condition::check)
}

/// Whether a resource is the bucket or objects in it. A variable may stand for any part of its name.
fn is_of(resource: &str, bucket: &str) -> bool {
    let Some(rest) = resource.strip_prefix("arn:aws:s3:::") else { return resource == "*" };
    let name = rest.split('/').next().unwrap_or_default();
    match name.split_once("${") {
        Some((before, _)) => Pattern::new(&format!("{before}*")).matches(bucket),
        None => Pattern::new(name).matches(bucket),
    }
}

#[cfg(test)]
mod tests;
