//! What names in a template stand for.

use crate::document::{Node, Tree};
use crate::fault::{Fault, Mark, Problem};
use crate::template::Template;
use std::collections::BTreeMap;

/// Where a template is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// `AWS::AccountId`.
    pub account: String,
    /// `AWS::Region`.
    pub region: String,
    /// `AWS::StackName`.
    pub stack: String,
}

/// What `Ref` and `Fn::GetAtt` give for a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attributes {
    /// It is not made yet.
    Pending,
    /// It is there.
    Made {
        /// For `Ref`.
        reference: String,
        /// For `Fn::GetAtt`, by name.
        values: BTreeMap<&'static str, String>,
    },
}

/// What is known of resources, by logical id. Those that are absent are not made.
pub type Known = BTreeMap<String, Attributes>;

/// All that a function may refer to.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'s> {
    pub(crate) template: &'s Template,
    pub(crate) environment: &'s Environment,
    pub(crate) parameters: &'s BTreeMap<String, Node>,
    pub(crate) conditions: &'s BTreeMap<String, bool>,
    /// `None` where resources may not be referred to.
    pub(crate) resources: Option<&'s Known>,
}

impl Scope<'_> {
    /// `Ref`.
    pub(crate) fn reference(&self, name: &str, mark: Mark) -> Result<Tree, Fault> {
        if let Some(pseudo) = self.pseudo(name) {
            return Ok(pseudo);
        }
        if let Some(parameter) = self.parameters.get(name) {
            return Ok(parameter.tree.clone());
        }
        Ok(match self.attributes(name, mark)? {
            Attributes::Made { reference, .. } => Tree::Text(reference.clone()),
            Attributes::Pending => Tree::Pending(format!("${{{name}}}")),
        })
    }

    /// `Fn::GetAtt`.
    pub(crate) fn attribute(&self, name: &str, attribute: &str, mark: Mark) -> Result<Tree, Fault> {
        let attributes = self.attributes(name, mark)?;
        let kind = self.template.resource(name).expect("it has attributes, so it is declared").kind;
        if !kind.attributes().contains(&attribute) {
            let (attribute, known) = (attribute.to_owned(), kind.attributes().join(", "));
            let type_name = kind.type_name();
            return Err(mark.fault(Problem::UnknownAttribute { type_name, attribute, known }));
        }
        Ok(match attributes {
            // What it has not, such as the topic of a trail without one, is empty.
            Attributes::Made { values, .. } => Tree::Text(values.get(attribute).cloned().unwrap_or_default()),
            Attributes::Pending => Tree::Pending(format!("${{{name}.{attribute}}}")),
        })
    }

    fn attributes(&self, name: &str, mark: Mark) -> Result<&Attributes, Fault> {
        if self.template.resource(name).is_none() {
            return Err(mark.fault(Problem::UnknownReference(name.to_owned())));
        }
        let known = self.resources.ok_or_else(|| mark.fault(Problem::ResourceInCondition))?;
        known.get(name).ok_or_else(|| mark.fault(Problem::NotMade(name.to_owned())))
    }

    fn pseudo(&self, name: &str) -> Option<Tree> {
        let Environment { account, region, stack } = self.environment;
        let text = match name {
            "AWS::AccountId" => account,
            "AWS::Region" => region,
            "AWS::StackName" => stack,
            "AWS::Partition" => "aws",
            "AWS::URLSuffix" => "amazonaws.com",
            "AWS::NoValue" => return Some(Tree::NoValue),
            _ => return None,
        };
        Some(Tree::Text(text.to_owned()))
    }

    pub(crate) fn condition(&self, name: &str, mark: Mark) -> Result<bool, Fault> {
        let holds = self.conditions.get(name).copied();
        holds.ok_or_else(|| mark.fault(Problem::UnknownCondition(name.to_owned())))
    }
}
