//! Resource policies, as buckets and topics have them: whether one lets a service do something.
//!
//! Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements". An explicit Deny wins. A
//! condition on a key that the request does not carry fails, unless its operator is negated or ends in
//! `IfExists`; one by an operator that is not known here fails too. Policy variables (`${...}`) are not
//! resolved, so what holds one matches nothing.

mod condition;
mod document;
mod pattern;

use condition::Conditions;
use document::{Document, Effect};
use pattern::{is_like, is_like_ignoring_case};

/// A policy that was read.
#[derive(Clone, Debug)]
pub struct Policy(Document);

/// The text is not a policy: not JSON, or without the elements that statements must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a policy document")]
pub struct NotAPolicy;

/// What a service wants to do.
#[derive(Clone, Copy, Debug)]
pub struct ServiceRequest<'a> {
    /// The service principal, such as `cloudtrail.amazonaws.com`.
    pub service: &'a str,
    /// Such as `s3:PutObject`.
    pub action: &'a str,
    /// The ARN of the resource.
    pub resource: &'a str,
    /// Condition keys, such as `aws:SourceArn`, and their values.
    pub context: &'a [(&'a str, &'a str)],
}

/// What a policy says to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A statement allows it, and none denies it.
    Allowed,
    /// A statement denies it.
    Denied {
        /// The statement's `Sid`, if it has one.
        sid: Option<String>,
    },
    /// No statement says anything about it.
    Unmentioned,
}

impl Policy {
    /// Reads a policy document.
    pub fn parse(text: &str) -> Result<Policy, NotAPolicy> {
        serde_json::from_str(text).map(Policy).map_err(|_| NotAPolicy)
    }

    /// What the policy says to a request.
    pub fn judge(&self, request: &ServiceRequest<'_>) -> Verdict {
        let mut verdict = Verdict::Unmentioned;
        for statement in self.0.statements().filter(|statement| statement.is_about(request)) {
            match statement.effect {
                Effect::Deny => return Verdict::Denied { sid: statement.sid.clone() },
                Effect::Allow => verdict = Verdict::Allowed,
            }
        }
        verdict
    }
}

#[cfg(test)]
mod tests;
