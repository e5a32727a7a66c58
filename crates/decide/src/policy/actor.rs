//! Who asks, with everything that is attached to them: what edges are handed that look nothing up.

use super::{
    Context, Decision, Identity, NamedPolicy, Policy, Principal, Question, Request, ResourceSide, decide,
};
use cairn_model::AccountId;
use std::sync::Arc;

/// Somebody whose signature holds.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The account.
    pub account: AccountId,
    /// Who of it.
    pub who: Who,
    /// What is attached.
    pub attached: Attached,
    /// The policy that was given when the session began, if it is one.
    pub session: Option<Arc<Policy>>,
    /// What conditions see of them, such as `aws:username`.
    pub context: Context,
}

/// Who of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Its root.
    Root,
    /// A user, by name.
    User(String),
    /// A session of a role.
    Session {
        /// The role's name.
        role: String,
        /// The session's name.
        session: String,
    },
}

/// What is attached to somebody.
#[derive(Clone, Debug)]
pub enum Attached {
    /// May do all in the account.
    Administrator,
    /// May do what these say.
    Policies(Arc<[NamedPolicy]>),
}

impl Actor {
    /// Somebody who may do all in the account: its root, or a user of whom there is no record.
    pub fn administrator(account: AccountId, user: Option<String>) -> Actor {
        let who = user.map_or(Who::Root, Who::User);
        let actor = Actor {
            account,
            who,
            attached: Attached::Administrator,
            session: None,
            context: Context::default(),
        };
        actor.with_context()
    }

    /// Fills in what conditions see of everybody: account, ARN, kind, a user's name.
    #[must_use]
    pub fn with_context(mut self) -> Actor {
        let kind = match &self.who {
            Who::Root => "Account",
            Who::User(_) => "User",
            Who::Session { .. } => "AssumedRole",
        };
        // A session counts as its role here.
        let arn = match &self.who {
            Who::Session { role, .. } => format!("arn:aws:iam::{}:role/{role}", self.account),
            Who::Root | Who::User(_) => self.principal().arn(),
        };
        self.context.set("aws:principaltype", kind);
        self.context.set("aws:principalarn", arn);
        self.context.set("aws:principalaccount", self.account.as_str());
        self.context.set("aws:principalisawsservice", "false");
        if let Who::User(name) = &self.who {
            self.context.set("aws:username", name.rsplit('/').next().unwrap_or_default());
        }
        self
    }

    /// As policies name them.
    pub fn principal(&self) -> Principal<'_> {
        let account = self.account;
        match &self.who {
            Who::Root => Principal::Root(account),
            Who::User(name) => Principal::User { account, name },
            Who::Session { role, session } => Principal::Session { account, role, session },
        }
    }

    /// Whether they may do all in their account, whatever it is.
    pub fn is_unbounded(&self) -> bool {
        matches!(self.attached, Attached::Administrator) && self.session.is_none()
    }

    /// Whether they may do it.
    pub fn may<'a>(
        &'a self,
        action: &'a str,
        resource: &'a str,
        context: &'a Context,
        side: Option<ResourceSide<'a>>,
    ) -> Decision<'a> {
        decide(&Question {
            request: Request { principal: self.principal(), action, resource, context },
            identity: match &self.attached {
                Attached::Administrator => Identity::Administrator,
                Attached::Policies(policies) => Identity::Policies(policies),
            },
            session: self.session.as_deref(),
            resource: side,
        })
    }
}
