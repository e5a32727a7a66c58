//! Policies, in the language of IAM: what they say to a request, and what follows of all that are about it.
//!
//! Source: IAM User Guide, "IAM JSON policy elements reference", "IAM JSON policy elements: Condition operators",
//! "Policy variables" and "Policy evaluation logic". Cairn's own reading, where the guide leaves one:
//! - A variable that the request has no single value for matches nothing. In the `NotResource` of an `Allow`, it takes
//!   the whole statement's effect, as it would else allow everything.
//! - Without `ForAnyValue` or `ForAllValues`, a key with several values is judged as with `ForAnyValue`.
//! - In `NotPrincipal` an account stands for its root only, and a session is spared by its role's ARN too.

mod actor;
mod condition;
mod context;
mod date;
mod decision;
mod fault;
mod form;
mod named;
mod network;
mod operator;
mod parse;
mod pattern;
mod principal;
mod public;
mod statement;
mod template;

pub use actor::{Actor, Attached, Who};
pub use condition::Condition;
pub use context::Context;
pub use decision::{
    Decision, Identity, Missing, NamedPolicy, PolicyKind, Question, Reason, ResourceSide, decide,
};
pub use fault::{PolicyFault, PolicyReason};
pub use named::Reach;
pub use operator::Family;
pub use pattern::Pattern;
pub use principal::Principal;
pub use statement::{Effect, Statement};
pub use template::Template;

/// A policy that was read: every part of it can be evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    statements: Vec<Statement>,
}

/// What a policy is for, which says what its statements must have and may not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Says what its holder may do: no principals, but resources.
    Identity,
    /// Says who may do what with a resource: principals and resources.
    Resource,
    /// Says who may do what with the resource that it hangs on: principals; `Resource` may be left out.
    OwnResource,
    /// Says who may assume a role: principals and no resources.
    Trust,
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who.
    pub principal: Principal<'a>,
    /// Such as `s3:PutObject`.
    pub action: &'a str,
    /// The ARN of the resource, or `*`.
    pub resource: &'a str,
    /// What conditions and variables see.
    pub context: &'a Context,
}

/// What a policy says to a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict<'a> {
    /// A statement allows it, and none denies it.
    Allowed {
        /// Whom the statement that reaches the request most directly names.
        reach: Reach,
        /// The statement.
        statement: &'a Statement,
    },
    /// A statement denies it, whatever others say.
    Denied {
        /// The statement.
        statement: &'a Statement,
    },
    /// No statement is about it.
    Silent,
}

impl Policy {
    /// Reads a policy document.
    ///
    /// Errors: where it is malformed and why. No text that is read means less than it says.
    pub fn parse(text: &str, purpose: Purpose) -> Result<Policy, PolicyFault> {
        Ok(Policy { statements: parse::statements(text, purpose)? })
    }

    /// Its statements, in their order.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// What it says to a request.
    pub fn judge(&self, request: &Request<'_>) -> Verdict<'_> {
        let mut verdict = Verdict::Silent;
        for statement in &self.statements {
            let Some(reach) = statement.reaches(request) else { continue };
            match (statement.effect(), verdict) {
                (Effect::Deny, _) => return Verdict::Denied { statement },
                (Effect::Allow, Verdict::Allowed { reach: known, .. }) if known >= reach => {}
                (Effect::Allow, _) => verdict = Verdict::Allowed { reach, statement },
            }
        }
        verdict
    }
}

#[cfg(test)]
mod tests;
