//! Bucket policies: who may do what with a bucket, as its owner wrote it down.
//!
//! The language is AWS's (IAM JSON policy elements, version 2012-10-17), as far as Cairn can tell whether a
//! statement holds. What it cannot tell is refused when the policy is put, never stored and passed over.

mod actions;
mod condition;
mod network;
mod parse;
mod pattern;
mod principal;

pub use condition::{Circumstances, ConditionKey};
pub use parse::PolicyFault;
pub use principal::Asker;

use condition::Condition;
use pattern::Pattern;
use principal::Principals;

/// Longest policy in bytes, as in S3.
pub const POLICY_BYTES_MAX: usize = 20 * 1024;

/// A bucket's policy, of which every part can be evaluated.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    text: String,
    statements: Vec<Statement>,
}

/// What one asks for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub asker: &'a Asker,
    /// For example `s3:GetObject`.
    pub action: &'a str,
    /// The bucket's name.
    pub bucket: &'a str,
    /// If it is about an object.
    pub key: Option<&'a str>,
    /// What else is known of the request.
    pub circumstances: &'a Circumstances,
}

/// What a policy says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A statement forbids it, whatever others say.
    Denied,
    /// A statement allows it and none forbids it.
    Allowed,
    /// No statement is about it.
    Silent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Allow,
    Deny,
}

#[derive(Debug, Clone, PartialEq)]
struct Statement {
    effect: Effect,
    principals: Principals,
    actions: Patterns,
    resources: Patterns,
    conditions: Vec<Condition>,
}

/// `Action` and `NotAction`, `Resource` and `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Patterns {
    AnyOf(Vec<Pattern>),
    NoneOf(Vec<Pattern>),
}

impl Patterns {
    fn hold(&self, text: &str) -> bool {
        match self {
            Patterns::AnyOf(patterns) => patterns.iter().any(|pattern| pattern.matches(text)),
            Patterns::NoneOf(patterns) => !patterns.iter().any(|pattern| pattern.matches(text)),
        }
    }
}

impl Policy {
    /// Reads the policy of the bucket `bucket`.
    ///
    /// Errors: [`PolicyFault`] says what is wrong with it, or what Cairn cannot evaluate.
    pub fn parse(text: &str, bucket: &str) -> Result<Policy, PolicyFault> {
        Ok(Policy { text: text.to_owned(), statements: parse::statements(text, bucket)? })
    }

    /// The text it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the policy says to a request. A statement that denies wins over all that allow.
    pub fn verdict(&self, request: &Request<'_>) -> Verdict {
        let mut verdict = Verdict::Silent;
        for statement in self.statements.iter().filter(|statement| statement.is_about(request)) {
            match statement.effect {
                Effect::Deny => return Verdict::Denied,
                Effect::Allow => verdict = Verdict::Allowed,
            }
        }
        verdict
    }

    /// Whether it lets in anyone: an `Allow` for every principal that no condition narrows to fixed addresses,
    /// accounts or ARNs. Source: "The meaning of public" in the Amazon S3 user guide.
    pub fn is_public(&self) -> bool {
        let allows = self.statements.iter().filter(|statement| statement.effect == Effect::Allow);
        let mut open = allows.filter(|statement| statement.principals.is_anyone());
        open.any(|statement| !statement.conditions.iter().any(Condition::narrows_who))
    }
}

impl Statement {
    fn is_about(&self, request: &Request<'_>) -> bool {
        let resource = match request.key {
            Some(key) => format!("arn:aws:s3:::{}/{key}", request.bucket),
            None => format!("arn:aws:s3:::{}", request.bucket),
        };
        self.principals.include(request.asker)
            && self.actions.hold(&request.action.to_ascii_lowercase())
            && self.resources.hold(&resource)
            && self.conditions.iter().all(|condition| condition.holds(request.circumstances))
    }
}

#[cfg(test)]
mod tests;
