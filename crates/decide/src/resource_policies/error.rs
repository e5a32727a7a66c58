//! Why an operation on resource policies is refused.

use crate::address::AddressError;
use crate::policy::PolicyFault;
use cairn_model::PolicedArn;

/// Why an operation on resource policies is refused; each variant is one of AWS's exceptions. The texts are for the
/// caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResourcePolicyError {
    /// `ResourceARNNotValidException`.
    #[error("Resource ARN {0} is not valid.")]
    ArnNotValid(String),
    /// `ResourceARNNotValidException`: of another account or region.
    #[error(transparent)]
    Elsewhere(#[from] AddressError),
    /// `ResourceTypeNotSupportedException`.
    #[error("Resource {0} is of a type that has no resource policy.")]
    TypeNotSupported(String),
    /// `ResourceNotFoundException`.
    #[error("Resource {0} was not found.")]
    NotFound(String),
    /// `ResourcePolicyNotFoundException`.
    #[error("Resource {0} has no resource policy.")]
    NoPolicy(PolicedArn),
    /// `ResourcePolicyNotValidException`.
    #[error("The resource policy is not valid: {0}")]
    NotValid(#[from] Rule),
}

/// A rule that a policy breaks. Statements are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rule {
    /// Not a policy at all.
    #[error(transparent)]
    Malformed(#[from] PolicyFault),
    /// More statements than a channel's policy may have.
    #[error("it has {count} statements; up to {max} are possible.")]
    Statements {
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// More principals than a statement may have.
    #[error("statement {statement} has {count} principals; up to {max} are possible.")]
    Principals {
        /// The statement.
        statement: usize,
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// `NotPrincipal`, `NotAction` or `NotResource`.
    #[error("statement {0} must say Principal, Action and Resource, not what they are not.")]
    Exception(usize),
    /// An action that the resource does not have.
    #[error("statement {statement} has the action {action}, which is not for this resource.")]
    Action {
        /// The statement.
        statement: usize,
        /// As it stands there.
        action: String,
    },
    /// Another resource than the policy's own.
    #[error(
        "statement {statement} has the resource {resource}; it must be the ARN of the policy's resource."
    )]
    Resource {
        /// The statement.
        statement: usize,
        /// As it stands there.
        resource: String,
    },
    /// Somebody else than CloudTrail.
    #[error("statement {0} must have the service cloudtrail.amazonaws.com as its only principal.")]
    OnlyCloudTrail(usize),
    /// A dashboard's policy without a condition on where the call is from.
    #[error("statement {statement} must have a condition on {key}.")]
    Condition {
        /// The statement.
        statement: usize,
        /// The condition key.
        key: &'static str,
    },
    /// A condition key that no call has.
    #[error("statement {statement} has the condition key {key}, which no request has.")]
    ConditionKey {
        /// The statement.
        statement: usize,
        /// As it stands there.
        key: String,
    },
    /// An external id that is not compared as it stands.
    #[error("statement {0} must compare cloudtrail:ExternalId by StringEquals.")]
    ExternalId(usize),
}
