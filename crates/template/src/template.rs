//! The sections of a template, each checked where it stands.

mod parameter;
mod resource;
mod section;

pub(crate) use parameter::Parameter;
pub(crate) use resource::Resource;

use crate::document::{self, Member, Node, member};
use crate::fault::{Fault, Mark, Problem};
use section::{known_keys, text_of};

/// The sections that a template may have.
const SECTIONS: [&str; 8] = [
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Mappings",
    "Conditions",
    "Resources",
    "Outputs",
];

/// Sections that CloudFormation has and Cairn has not.
const UNSUPPORTED: [&str; 3] = ["Transform", "Rules", "Hooks"];

/// A template that was read. What its functions come to is not known yet.
#[derive(Clone, Debug)]
pub struct Template {
    pub(crate) parameters: Vec<Parameter>,
    /// Maps of maps.
    pub(crate) mappings: Vec<Member>,
    pub(crate) conditions: Vec<Member>,
    /// In the order in which they stand.
    pub(crate) resources: Vec<Resource>,
    pub(crate) outputs: Vec<Output>,
}

/// A value that is shown when a template has been applied.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) name: String,
    pub(crate) condition: Option<(String, Mark)>,
    pub(crate) value: Node,
}

impl Template {
    /// Reads a template, YAML or JSON.
    pub fn parse(text: &str) -> Result<Template, Fault> {
        let root = document::load(text)?;
        let sections = root.map()?;
        if let Some(section) = sections.iter().find(|section| UNSUPPORTED.contains(&section.key.as_str())) {
            return Err(section.mark.fault(Problem::Unsupported(format!("the section {}", section.key))));
        }
        known_keys(sections, &SECTIONS)?;
        if let Some(version) = member(sections, "AWSTemplateFormatVersion")
            && version.value.scalar()? != "2010-09-09"
        {
            return Err(version.value.expected("2010-09-09"));
        }
        let resources = member(sections, "Resources");
        let resources = resources.ok_or_else(|| root.fault(Problem::Missing("Resources".to_owned())))?;
        let template = Template {
            parameters: of_section(sections, "Parameters", Parameter::parse)?,
            mappings: of_section(sections, "Mappings", |mapping| Ok(mapping.clone()))?,
            conditions: of_section(sections, "Conditions", |condition| Ok(condition.clone()))?,
            resources: resources.value.map()?.iter().map(Resource::parse).collect::<Result<_, _>>()?,
            outputs: of_section(sections, "Outputs", Output::parse)?,
        };
        template.refuse_shared_names()?;
        Ok(template)
    }

    pub(crate) fn resource(&self, logical_id: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.logical_id == logical_id)
    }

    /// `Ref` would not know which is meant.
    fn refuse_shared_names(&self) -> Result<(), Fault> {
        let shared = |resource: &&Resource| self.parameters.iter().any(|p| p.name == resource.logical_id);
        match self.resources.iter().find(shared) {
            Some(resource) => Err(resource.mark.fault(Problem::DuplicateKey(resource.logical_id.clone()))),
            None => Ok(()),
        }
    }
}

fn of_section<T>(
    sections: &[Member],
    name: &str,
    parse: impl Fn(&Member) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let Some(section) = member(sections, name) else { return Ok(Vec::new()) };
    let members = section.value.map()?;
    members.iter().map(|member| section::check_name(member).and_then(|()| parse(member))).collect()
}

impl Output {
    fn parse(output: &Member) -> Result<Output, Fault> {
        let members = output.value.map()?;
        if let Some(export) = member(members, "Export") {
            return Err(export.mark.fault(Problem::Unsupported("exports between stacks".to_owned())));
        }
        known_keys(members, &["Condition", "Description", "Value"])?;
        let value = member(members, "Value");
        let value = value.ok_or_else(|| output.mark.fault(Problem::Missing("Value".to_owned())))?;
        Ok(Output {
            name: output.key.clone(),
            condition: text_of(members, "Condition")?,
            value: value.value.clone(),
        })
    }
}

#[cfg(test)]
mod tests;
