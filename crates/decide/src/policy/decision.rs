//! What follows of all policies that are about a request.
//!
//! Source: IAM User Guide, "Policy evaluation logic". A denial anywhere wins. In the account of the resource, either the
//! identity's policies or the resource's allow; from another account both must. What a session policy does not allow
//! too is not allowed, unless the resource's policy names the session itself.

use super::{Policy, Reach, Request, Statement, Verdict};
use cairn_model::AccountId;

/// Everything that a decision is made by.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Who wants to do what.
    pub request: Request<'a>,
    /// What is attached to whoever asks.
    pub identity: Identity<'a>,
    /// The policy that was given when the session began.
    pub session: Option<&'a Policy>,
    /// The resource, if it may have a policy; else it is its account's that asks.
    pub resource: Option<ResourceSide<'a>>,
}

/// What is attached to whoever asks.
#[derive(Clone, Copy, Debug)]
pub enum Identity<'a> {
    /// May do all in its account: its root, or a user that Cairn has no record of.
    Administrator,
    /// May do what these say.
    Policies(&'a [NamedPolicy]),
}

/// A policy and what it is called: the ARN of a managed one, the name of an inline one.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedPolicy {
    /// What it is called.
    pub name: String,
    /// What it says.
    pub policy: Policy,
}

/// The side of the resource.
#[derive(Clone, Copy, Debug)]
pub struct ResourceSide<'a> {
    /// Whose the resource is.
    pub owner: AccountId,
    /// Its policy, if it has one.
    pub policy: Option<&'a Policy>,
    /// Whether nobody gets in whom its policy does not name, the owner neither: so it is with roles.
    pub is_required: bool,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision<'a> {
    /// Let it happen.
    Allowed(Reason<'a>),
    /// A policy forbids it.
    Denied {
        /// Which kind of policy.
        kind: PolicyKind,
        /// Which one, and which of its statements.
        reason: Reason<'a>,
    },
    /// No policy allows it that would have to.
    NotAllowed(Missing),
}

/// What allows or denies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reason<'a> {
    /// The policy's name: an identity's has one.
    pub policy: Option<&'a str>,
    /// The statement; `None` for an administrator.
    pub statement: Option<&'a Statement>,
}

/// Kinds of policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// A user's, group's or role's.
    Identity,
    /// A resource's.
    Resource,
    /// A session's.
    Session,
}

/// The kind of policy that would have to allow it.
pub type Missing = PolicyKind;

impl PolicyKind {
    /// As AWS's messages call it.
    pub fn name(self) -> &'static str {
        match self {
            PolicyKind::Identity => "identity-based policy",
            PolicyKind::Resource => "resource-based policy",
            PolicyKind::Session => "session policy",
        }
    }
}

impl Decision<'_> {
    /// Whether it may happen.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Decision::Allowed(_))
    }

    /// What follows `because` in AWS's messages, or stands in its place: `no identity-based policy allows the
    /// s3:GetObject action`, `with an explicit deny in an identity-based policy`.
    pub fn why(&self, action: &str) -> String {
        match self {
            Decision::Allowed(_) => String::new(),
            Decision::Denied { kind: PolicyKind::Identity, .. } => {
                "with an explicit deny in an identity-based policy".to_owned()
            }
            Decision::Denied { kind, .. } => format!("with an explicit deny in a {}", kind.name()),
            Decision::NotAllowed(missing) => {
                format!("because no {} allows the {action} action", missing.name())
            }
        }
    }
}

/// What each side says.
struct Said<'a> {
    identity: Option<Reason<'a>>,
    resource: Option<(Reach, Reason<'a>)>,
    is_in_session: bool,
}

/// The longest action, resource and value that policies are asked about, in bytes: ARNs are no longer. What a caller
/// may stretch at will would else be held against patterns that the caller may choose too.
const TEXT_BYTES_MAX: usize = 2048;
/// The same for all values of one condition key.
const VALUES_BYTES_MAX: usize = 32 << 10;

/// Decides.
pub fn decide<'a>(question: &Question<'a>) -> Decision<'a> {
    if question.asks_policies() && question.request.is_excessive() {
        return Decision::NotAllowed(PolicyKind::Identity);
    }
    match gathered(question) {
        Ok(said) => combined(question, &said),
        Err((kind, reason)) => Decision::Denied { kind, reason },
    }
}

/// Asks every policy; the first that denies ends it.
fn gathered<'a>(question: &Question<'a>) -> Result<Said<'a>, (PolicyKind, Reason<'a>)> {
    let request = &question.request;
    let identity = identity(question.identity, request).map_err(|reason| (PolicyKind::Identity, reason))?;
    let resource = match question.resource.and_then(|side| side.policy).map(|policy| policy.judge(request)) {
        Some(Verdict::Denied { statement }) => {
            return Err((PolicyKind::Resource, Reason::of(None, statement)));
        }
        Some(Verdict::Allowed { reach, statement }) => Some((reach, Reason::of(None, statement))),
        Some(Verdict::Silent) | None => None,
    };
    let is_in_session = match question.session.map(|policy| policy.judge(request)) {
        Some(Verdict::Denied { statement }) => {
            return Err((PolicyKind::Session, Reason::of(None, statement)));
        }
        Some(Verdict::Allowed { .. }) | None => true,
        Some(Verdict::Silent) => false,
    };
    Ok(Said { identity, resource, is_in_session })
}

fn identity<'a>(identity: Identity<'a>, request: &Request<'_>) -> Result<Option<Reason<'a>>, Reason<'a>> {
    let policies = match identity {
        Identity::Administrator => return Ok(Some(Reason { policy: None, statement: None })),
        Identity::Policies(policies) => policies,
    };
    let mut allowed = None;
    for NamedPolicy { name, policy } in policies {
        match policy.judge(request) {
            Verdict::Denied { statement } => return Err(Reason::of(Some(name), statement)),
            Verdict::Allowed { statement, .. } => {
                allowed = allowed.or(Some(Reason::of(Some(name), statement)));
            }
            Verdict::Silent => {}
        }
    }
    Ok(allowed)
}

fn combined<'a>(question: &Question<'a>, said: &Said<'a>) -> Decision<'a> {
    let account = question.request.principal.account();
    let is_own = question.resource.is_none_or(|side| account == Some(side.owner));
    let is_required = question.resource.is_some_and(|side| side.is_required);
    // Services and strangers have no account that could say what they may.
    let needs_identity = match (account, said.resource) {
        (None, _) => false,
        (Some(_), Some((reach, _))) => !is_own || reach == Reach::Account,
        (Some(_), None) => true,
    };
    let needs_resource = account.is_none() || !is_own || is_required;
    let is_beyond_session = matches!(said.resource, Some((Reach::Session, _)));
    match (said.identity, said.resource) {
        (_, None) if needs_resource => Decision::NotAllowed(PolicyKind::Resource),
        (None, _) if needs_identity => Decision::NotAllowed(PolicyKind::Identity),
        _ if !said.is_in_session && !is_beyond_session => Decision::NotAllowed(PolicyKind::Session),
        (_, Some((_, reason))) if needs_resource || !needs_identity => Decision::Allowed(reason),
        (Some(reason), _) | (None, Some((_, reason))) => Decision::Allowed(reason),
        (None, None) => Decision::NotAllowed(PolicyKind::Identity),
    }
}

impl Question<'_> {
    fn asks_policies(&self) -> bool {
        let has_resource_policy = self.resource.is_some_and(|side| side.policy.is_some());
        matches!(self.identity, Identity::Policies(_)) || self.session.is_some() || has_resource_policy
    }
}

impl Request<'_> {
    /// Whether it is beyond what policies are asked about.
    fn is_excessive(&self) -> bool {
        let is_long = |text: &str| text.len() > TEXT_BYTES_MAX;
        is_long(self.action)
            || is_long(self.resource)
            || self.context.all_values().any(|values| {
                let total: usize = values.iter().map(String::len).sum();
                total > VALUES_BYTES_MAX || values.iter().any(|value| is_long(value))
            })
    }
}

impl<'a> Reason<'a> {
    fn of(policy: Option<&'a String>, statement: &'a Statement) -> Reason<'a> {
        Reason { policy: policy.map(String::as_str), statement: Some(statement) }
    }
}
