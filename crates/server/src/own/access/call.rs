//! Which call a request is.

use super::super::{invalid, object};
use crate::auth::Caller;
use bytes::Bytes;
use cairn_model::AccountId;
use cairn_wire::{ApiError, ErrorCode};
use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::own) struct AccessCall {
    row: &'static Row,
    target: String,
    /// The account that the query names, for the operator.
    account: Option<String>,
}

/// What calls are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Group,
    Role,
    Policy,
}

/// What they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    List,
    Get,
    Simulate,
    Create,
    Delete,
    Attach,
    Detach,
    PutInline,
    DeleteInline,
    Join,
    Leave,
    /// Replaces a policy's document, or a role's trust.
    Replace,
}

#[derive(Debug, PartialEq, Eq)]
struct Row {
    kind: Kind,
    verb: Verb,
    /// IAM's name, where it has one.
    name: &'static str,
}

const fn row(kind: Kind, verb: Verb, name: &'static str) -> Row {
    Row { kind, verb, name }
}

static ROWS: [Row; 31] = [
    row(Kind::User, Verb::List, "ListUsers"),
    row(Kind::User, Verb::Get, "GetUser"),
    row(Kind::User, Verb::Create, "CreateUser"),
    row(Kind::User, Verb::Delete, "DeleteUser"),
    row(Kind::User, Verb::Attach, "AttachUserPolicy"),
    row(Kind::User, Verb::Detach, "DetachUserPolicy"),
    row(Kind::User, Verb::PutInline, "PutUserPolicy"),
    row(Kind::User, Verb::DeleteInline, "DeleteUserPolicy"),
    row(Kind::User, Verb::Join, "AddUserToGroup"),
    row(Kind::User, Verb::Leave, "RemoveUserFromGroup"),
    row(Kind::Group, Verb::List, "ListGroups"),
    row(Kind::Group, Verb::Get, "GetGroup"),
    row(Kind::Group, Verb::Create, "CreateGroup"),
    row(Kind::Group, Verb::Delete, "DeleteGroup"),
    row(Kind::Group, Verb::Attach, "AttachGroupPolicy"),
    row(Kind::Group, Verb::Detach, "DetachGroupPolicy"),
    row(Kind::Group, Verb::PutInline, "PutGroupPolicy"),
    row(Kind::Group, Verb::DeleteInline, "DeleteGroupPolicy"),
    row(Kind::Role, Verb::List, "ListRoles"),
    row(Kind::Role, Verb::Get, "GetRole"),
    row(Kind::Role, Verb::Create, "CreateRole"),
    row(Kind::Role, Verb::Delete, "DeleteRole"),
    row(Kind::Role, Verb::Attach, "AttachRolePolicy"),
    row(Kind::Role, Verb::Detach, "DetachRolePolicy"),
    row(Kind::Role, Verb::PutInline, "PutRolePolicy"),
    row(Kind::Role, Verb::DeleteInline, "DeleteRolePolicy"),
    row(Kind::Role, Verb::Replace, "UpdateAssumeRolePolicy"),
    row(Kind::Policy, Verb::List, "ListPolicies"),
    row(Kind::Policy, Verb::Get, "GetPolicy"),
    row(Kind::Policy, Verb::Create, "CreatePolicy"),
    row(Kind::Policy, Verb::Delete, "DeletePolicy"),
];

/// Those of policies that have no like among the others.
static OF_POLICIES: [Row; 2] =
    [row(Kind::Policy, Verb::Replace, "UpdatePolicy"), row(Kind::Policy, Verb::Simulate, "SimulatePolicy")];

/// The call of `/users`, `/users/NAME`, `/users/NAME/attach` and so on. An account stands before them:
/// `/accounts/ID/users`.
pub(in crate::own) fn named(method: &Method, path: &str) -> Option<AccessCall> {
    let (account, path) = match path.strip_prefix("/accounts/").and_then(|rest| rest.split_once('/')) {
        Some((account, rest)) => (Some(account.to_owned()), rest),
        None => (None, path.strip_prefix('/')?),
    };
    let mut parts = path.splitn(3, '/');
    let kind = match parts.next()? {
        "users" => Kind::User,
        "groups" => Kind::Group,
        "roles" => Kind::Role,
        "policies" => Kind::Policy,
        _ => return None,
    };
    let (target, action) = (parts.next(), parts.next());
    let verb = match (method, target, action) {
        (&Method::GET, None, None) => Verb::List,
        (&Method::POST, None, None) => Verb::Create,
        (&Method::POST, Some("simulate"), None) if kind == Kind::Policy => Verb::Simulate,
        (&Method::GET, Some(_), None) => Verb::Get,
        (&Method::DELETE, Some(_), None) => Verb::Delete,
        (&Method::POST, Some(_), Some(action)) => of_action(action)?,
        _ => return None,
    };
    let row = ROWS.iter().chain(&OF_POLICIES).find(|row| row.kind == kind && row.verb == verb)?;
    let target = percent_decode_str(target.unwrap_or_default()).decode_utf8().ok()?.into_owned();
    Some(AccessCall { row, target, account })
}

fn of_action(action: &str) -> Option<Verb> {
    Some(match action {
        "attach" => Verb::Attach,
        "detach" => Verb::Detach,
        "put-policy" => Verb::PutInline,
        "delete-policy" => Verb::DeleteInline,
        "add-to-group" => Verb::Join,
        "remove-from-group" => Verb::Leave,
        "replace" => Verb::Replace,
        _ => return None,
    })
}

impl AccessCall {
    pub(in crate::own) fn name(&self) -> &'static str {
        self.row.name
    }

    pub(super) fn kind(&self) -> Kind {
        self.row.kind
    }

    pub(super) fn verb(&self) -> Verb {
        self.row.verb
    }

    /// The name in the path; empty if there is none.
    pub(super) fn target(&self) -> &str {
        &self.target
    }

    pub(in crate::own) fn reads(&self) -> bool {
        matches!(self.verb(), Verb::List | Verb::Get | Verb::Simulate)
    }

    /// The account that it is about.
    pub(super) fn account(&self, caller: &Caller) -> Result<AccountId, ApiError> {
        let Some(text) = &self.account else { return Ok(caller.account()) };
        text.parse().map_err(|_| invalid("an account id is 12 digits"))
    }

    /// Everybody keeps to their own account, but for the operator.
    pub(in crate::own) fn permitted(&self, caller: &Caller) -> Result<(), ApiError> {
        let denied = |message: &str| Err(ApiError::new(ErrorCode::AccessDeniedException, message));
        if caller.key.ingest_only {
            return denied("This key may only post events.");
        }
        match self.account(caller)? == caller.account() {
            true => Ok(()),
            false => {
                let resource = self.arn(self.kind(), &self.target, caller);
                denied(&format!(
                    "User: {} is not authorized to perform: cairn:{} on resource: {resource} because it is another account's",
                    caller.arn(),
                    self.name()
                ))
            }
        }
    }

    /// The ARNs of what it is about: the path's, that which is made, and the group that a user comes to or leaves.
    pub(in crate::own) fn resources(&self, caller: &Caller, body: &Bytes) -> Vec<String> {
        let body = object(body).unwrap_or_default();
        let said = |member: &str| body[member].as_str().unwrap_or_default();
        let own = |name: &str| self.arn(self.kind(), name, caller);
        match self.verb() {
            Verb::Create => vec![own(said("name"))],
            Verb::Join | Verb::Leave => {
                vec![own(&self.target), self.arn(Kind::Group, said("group"), caller)]
            }
            _ => vec![own(&self.target)],
        }
    }

    fn arn(&self, kind: Kind, name: &str, caller: &Caller) -> String {
        let account = self.account.clone().unwrap_or_else(|| caller.account().to_string());
        let kind = match kind {
            Kind::User => "user",
            Kind::Group => "group",
            Kind::Role => "role",
            Kind::Policy => "policy",
        };
        let name = if name.is_empty() { "*" } else { name };
        format!("arn:aws:iam::{account}:{kind}/{name}")
    }

    /// `requestParameters`: what the body says, and the name in the path.
    pub(in crate::own) fn parameters(&self, body: &Bytes) -> Value {
        let mut parameters = object(body).unwrap_or_else(|_| json!({}));
        if !self.target.is_empty() {
            parameters["name"] = json!(self.target);
        }
        if let Some(account) = &self.account {
            parameters["account"] = json!(account);
        }
        parameters
    }
}

#[cfg(test)]
mod tests;
