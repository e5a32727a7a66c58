//! Statements.

use super::named::{Principals, Reach};
use super::{Condition, Context, Request, Template};

/// What a statement does with what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Lets it happen, unless another statement denies it.
    Allow,
    /// Keeps it from happening, whatever other statements say.
    Deny,
}

/// One statement of a policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub(super) sid: Option<String>,
    pub(super) effect: Effect,
    pub(super) principals: Principals,
    pub(super) actions: Listed,
    pub(super) resources: Listed,
    pub(super) conditions: Vec<Condition>,
}

/// `Action` and `NotAction`, `Resource` and `NotResource`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Listed {
    AnyOf(Vec<Template>),
    NoneOf(Vec<Template>),
    /// A trust policy's resource is its role.
    Everything,
}

impl Statement {
    /// `Sid`, if it has one.
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// `Effect`.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// What stands in `Action` or `NotAction`.
    pub fn actions(&self) -> &[Template] {
        self.actions.templates()
    }

    /// What stands in `Resource` or `NotResource`.
    pub fn resources(&self) -> &[Template] {
        self.resources.templates()
    }

    /// `Condition`: all of them have to hold.
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// How directly it names who asks; `None` if it is not about the request.
    pub(super) fn reaches(&self, request: &Request<'_>) -> Option<Reach> {
        let reach = self.principals.reach(&request.principal)?;
        let is_about = self.names_action(request.action)
            && self.names_resource(request.resource, request.context)
            && self.conditions.iter().all(|condition| condition.holds(request.context));
        is_about.then_some(reach)
    }

    fn names_action(&self, action: &str) -> bool {
        let nothing = Context::default();
        let fits = |template: &Template| {
            template.pattern(&nothing).is_some_and(|pattern| pattern.matches_ignoring_case(action))
        };
        match &self.actions {
            Listed::AnyOf(templates) => templates.iter().any(fits),
            Listed::NoneOf(templates) => !templates.iter().any(fits),
            Listed::Everything => true,
        }
    }

    fn names_resource(&self, resource: &str, context: &Context) -> bool {
        let fits = |template: &Template| template.pattern(context).map(|pattern| pattern.matches(resource));
        match &self.resources {
            Listed::AnyOf(templates) => templates.iter().any(|template| fits(template) == Some(true)),
            // What is excluded cannot be told, so nothing is allowed.
            Listed::NoneOf(templates) if self.effect == Effect::Allow => {
                templates.iter().all(|template| fits(template) == Some(false))
            }
            Listed::NoneOf(templates) => !templates.iter().any(|template| fits(template) == Some(true)),
            Listed::Everything => true,
        }
    }
}

impl Listed {
    fn templates(&self) -> &[Template] {
        match self {
            Listed::AnyOf(templates) | Listed::NoneOf(templates) => templates,
            Listed::Everything => &[],
        }
    }
}
