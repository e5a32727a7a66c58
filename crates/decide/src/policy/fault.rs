//! What is wrong with a policy document.

use cairn_model::json::JsonError;

/// Where a document is malformed, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason} ({place})")]
pub struct PolicyFault {
    /// Such as `Statement 2, Condition`.
    pub place: String,
    /// Why.
    pub reason: PolicyReason,
}

/// Why a document is malformed. The texts are like IAM's of MalformedPolicyDocument.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyReason {
    /// Not JSON, or an object has a key twice.
    #[error("Syntax errors in policy: {0}")]
    Json(#[from] JsonError),
    /// A part has another shape than it must.
    #[error("Syntax errors in policy: {0} is not {1}")]
    Shape(&'static str, &'static str),
    /// Another version than there is.
    #[error("The policy must contain a valid version string: 2012-10-17 or 2008-10-17")]
    Version,
    /// A statement lacks something.
    #[error("Missing required field {0}")]
    Missing(&'static str),
    /// An element that does not go with the policy's purpose.
    #[error("Has prohibited field {0}")]
    Prohibited(&'static str),
    /// An element and its `Not` form.
    #[error("{0} and Not{0} do not go together")]
    Both(&'static str),
    /// There is no such element.
    #[error("Unknown field {0}")]
    Unknown(String),
    /// Neither `Allow` nor `Deny`.
    #[error("Invalid effect: {0}")]
    Effect(String),
    /// Two statements have one name.
    #[error("Statement IDs (SID) in a single policy must be unique: {0}")]
    SidTwice(String),
    /// A principal of no known form.
    #[error("Invalid principal in policy: {kind:?}:{text:?}")]
    Principal {
        /// Such as `AWS`.
        kind: String,
        /// As it stands there.
        text: String,
    },
    /// `NotPrincipal` with `Allow` would allow all who are not known.
    #[error("NotPrincipal goes with Deny only")]
    AllowNotPrincipal,
    /// An action without its service.
    #[error("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: {0:?}")]
    Action(String),
    /// An action that its service does not have.
    #[error("Invalid action: there is no {0:?}")]
    NoSuchAction(String),
    /// A condition key that no request has: under it nothing would ever be denied.
    #[error("Invalid condition key: no request has {0}")]
    ConditionKey(String),
    /// A resource that is no ARN.
    #[error("Resource {0} must be in ARN format or \"*\".")]
    Resource(String),
    /// A `${` that is no variable.
    #[error("Invalid policy variable in {0:?}")]
    Variable(String),
    /// There is no such operator.
    #[error("Invalid Condition type : {0}")]
    Operator(String),
    /// A value that its operator cannot take.
    #[error("Invalid value {value:?} for condition operator {operator}")]
    Value {
        /// Such as `IpAddress`.
        operator: String,
        /// As it stands there.
        value: String,
    },
}
