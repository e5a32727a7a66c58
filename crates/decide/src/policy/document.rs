//! The elements of a policy document.

use super::{Conditions, ServiceRequest, is_like, is_like_ignoring_case};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Document {
    statement: OneOrMany<Statement>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Statement {
    pub(super) sid: Option<String>,
    pub(super) effect: Effect,
    principal: Option<Principal>,
    not_principal: Option<Principal>,
    action: Option<OneOrMany<String>>,
    not_action: Option<OneOrMany<String>>,
    resource: Option<OneOrMany<String>>,
    not_resource: Option<OneOrMany<String>>,
    #[serde(default)]
    condition: Conditions,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// `"*"`, or lists by kind: `AWS`, `Service`, `Federated`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Principal {
    Everyone(String),
    Listed(BTreeMap<String, OneOrMany<String>>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl Document {
    pub(super) fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.statement.iter()
    }
}

impl Statement {
    pub(super) fn is_about(&self, request: &ServiceRequest<'_>) -> bool {
        let is_principal = |principal: &Principal| principal.has_service(request.service);
        let is_action = |patterns: &OneOrMany<String>| {
            patterns.iter().any(|pattern| is_like_ignoring_case(pattern, request.action))
        };
        let is_resource =
            |patterns: &OneOrMany<String>| patterns.iter().any(|pattern| is_like(pattern, request.resource));
        named(&self.principal, &self.not_principal, is_principal)
            && named(&self.action, &self.not_action, is_action)
            && named(&self.resource, &self.not_resource, is_resource)
            && self.condition.hold(request.context)
    }
}

/// Whether an element or its `Not` form takes the request; a statement without both is about nothing.
fn named<T>(element: &Option<T>, excluded: &Option<T>, is_in: impl Fn(&T) -> bool) -> bool {
    match (element, excluded) {
        (Some(element), None) => is_in(element),
        (None, Some(excluded)) => !is_in(excluded),
        _ => false,
    }
}

impl Principal {
    fn has_service(&self, service: &str) -> bool {
        match self {
            Principal::Everyone(text) => text == "*",
            Principal::Listed(kinds) => kinds.iter().any(|(kind, names)| {
                names.iter().any(|name| match kind.as_str() {
                    "Service" => name == service,
                    "AWS" => name == "*",
                    _ => false,
                })
            }),
        }
    }
}

impl<T> OneOrMany<T> {
    pub(super) fn iter(&self) -> std::slice::Iter<'_, T> {
        match self {
            OneOrMany::One(one) => std::slice::from_ref(one).iter(),
            OneOrMany::Many(many) => many.iter(),
        }
    }
}
