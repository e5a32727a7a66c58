//! A template whose parameters and conditions are known: what it asks for, resource by resource.

use crate::conditions;
use crate::document::Node;
use crate::evaluate::{evaluate, evaluate_members};
use crate::fault::{Fault, Mark, Problem};
use crate::kind::Kind;
use crate::name::generated;
use crate::order::order;
use crate::properties::{self, Properties};
use crate::scope::{Environment, Known, Scope};
use crate::template::{Resource, Template};
use serde_json::Value;
use std::collections::BTreeMap;

/// A template with its parameters.
#[derive(Clone, Debug)]
pub struct Settled<'t> {
    template: &'t Template,
    environment: Environment,
    parameters: BTreeMap<String, Node>,
    conditions: BTreeMap<String, bool>,
    order: Vec<usize>,
}

/// A resource as it should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// Its name in the template.
    pub logical_id: String,
    /// Where it stands there.
    pub mark: Mark,
    /// Its type.
    pub kind: Kind,
    /// Its name, or the ARN of the resource whose policy it is; `None` while that is not made yet.
    pub id: Option<String>,
    /// Whether the template names it.
    pub is_named: bool,
    /// Its properties.
    pub properties: Properties,
    /// Whether it stays when the template has it no more.
    pub retain: bool,
    /// Whether it stays when another takes its place.
    pub retain_replaced: bool,
}

impl Template {
    /// Settles parameters, conditions and order. `given` are the values of parameters.
    pub fn settle(
        &self,
        environment: Environment,
        given: &BTreeMap<String, String>,
    ) -> Result<Settled<'_>, Fault> {
        if let Some(unknown) = given.keys().find(|name| self.parameters.iter().all(|p| p.name != **name)) {
            return Err(Mark::START.fault(Problem::UnknownParameter(unknown.clone())));
        }
        let mut parameters = BTreeMap::new();
        for parameter in &self.parameters {
            let value = parameter.settled(given.get(&parameter.name).map(String::as_str))?;
            parameters.insert(parameter.name.clone(), value);
        }
        let scope = Scope {
            template: self,
            environment: &environment,
            parameters: &parameters,
            conditions: &BTreeMap::new(),
            resources: None,
        };
        let conditions = conditions::solve(&scope)?;
        for (name, mark) in self.conditions_of_others() {
            if !conditions.contains_key(name) {
                return Err(mark.fault(Problem::UnknownCondition(name.clone())));
            }
        }
        let order = order(self, |resource| holds(&conditions, resource.condition.as_ref()))?;
        Ok(Settled { template: self, environment, parameters, conditions, order })
    }

    fn conditions_of_others(&self) -> impl Iterator<Item = &(String, Mark)> {
        let resources = self.resources.iter().filter_map(|resource| resource.condition.as_ref());
        resources.chain(self.outputs.iter().filter_map(|output| output.condition.as_ref()))
    }
}

fn holds(conditions: &BTreeMap<String, bool>, condition: Option<&(String, Mark)>) -> bool {
    condition.is_none_or(|(name, _)| conditions.get(name).copied().unwrap_or_default())
}

impl Settled<'_> {
    /// How many resources there are.
    pub fn count(&self) -> usize {
        self.order.len()
    }

    /// The types of the resources, each as often as there are resources of it.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.order.iter().map(|at| self.template.resources[*at].kind)
    }

    /// Where it is applied.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The resource at that place in their order, from 0 to [`Settled::count`]. `known` has to have all those before.
    pub fn wanted(&self, place: usize, known: &Known) -> Result<Wanted, Fault> {
        let resource = &self.template.resources[self.order[place]];
        let members = evaluate_members(&resource.properties, &self.scope(known))?;
        let mut properties = properties::wanted(resource.kind, &members, resource.mark, &self.environment)?;
        let name_property = resource.kind.name_property();
        let is_named = properties.contains_key(name_property);
        let name = members.iter().find(|member| member.key == name_property);
        let is_pending =
            name.is_some_and(|name| matches!(name.value.tree, crate::document::Tree::Pending(_)));
        if !is_named {
            let name = generated(&self.environment.stack, resource, &properties);
            properties.insert(name_property.to_owned(), Value::String(name));
        }
        let id = properties[name_property].as_str().filter(|_| !is_pending).map(str::to_owned);
        let Resource { logical_id, mark, kind, retain, retain_replaced, .. } = resource.clone();
        Ok(Wanted { logical_id, mark, kind, id, is_named, properties, retain, retain_replaced })
    }

    /// What is shown when all is done, by name.
    pub fn outputs(&self, known: &Known) -> Result<Vec<(String, String)>, Fault> {
        let scope = self.scope(known);
        let outputs = self.template.outputs.iter();
        let shown = outputs.filter(|output| holds(&self.conditions, output.condition.as_ref()));
        shown.map(|output| Ok((output.name.clone(), evaluate(&output.value, &scope)?.scalar()?))).collect()
    }

    /// A text without the values of parameters that are not to be shown.
    pub fn masked(&self, text: &str) -> String {
        let secret = self.template.parameters.iter().filter(|parameter| parameter.no_echo);
        let values = secret.filter_map(|parameter| self.parameters.get(&parameter.name));
        let mut texts: Vec<String> = values.flat_map(secrets).collect();
        // The longest first: one may be a part of another.
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        texts.iter().fold(text.to_owned(), |masked, secret| masked.replace(secret.as_str(), "****"))
    }

    fn scope<'s>(&'s self, known: &'s Known) -> Scope<'s> {
        Scope {
            template: self.template,
            environment: &self.environment,
            parameters: &self.parameters,
            conditions: &self.conditions,
            resources: Some(known),
        }
    }
}

/// The texts of a parameter's value, as they are and as JSON writes them.
fn secrets(value: &Node) -> Vec<String> {
    let elements = value.list().unwrap_or(std::slice::from_ref(value));
    let texts = elements.iter().filter_map(|element| element.text().ok()).filter(|text| !text.is_empty());
    texts
        .flat_map(|text| [text.to_owned(), Value::from(text).to_string().trim_matches('"').to_owned()])
        .collect()
}

#[cfg(test)]
mod tests;
