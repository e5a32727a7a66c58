//! Resources that a call touched, by a template of their ARNs.

use crate::document::{Fault, Node, Problem};
use crate::parameters::HIDDEN;
use serde_json::Value;

/// A resource that a call touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// `x-cairn-resource`'s `type`, such as `Example::Billing::Order`.
    pub resource_type: String,
    /// Its ARN.
    pub arn: String,
}

/// `x-cairn-resource: {type, arn}`, where the ARN may hold `{label}`, `{query.name}` and
/// `{request.body.member.of.member}`.
#[derive(Debug)]
pub(crate) struct ResourceTemplate {
    resource_type: String,
    arn: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Letters(String),
    /// Where in the recorded parameters the text stands.
    Member(Vec<String>),
}

impl ResourceTemplate {
    /// Reads one, for an operation whose path has these labels.
    pub(crate) fn read(node: &Node<'_>, labels: &[String]) -> Result<ResourceTemplate, Fault> {
        for (key, member) in node.members() {
            if !matches!(key, "type" | "arn") {
                let hint = "a resource has type and arn";
                return Err(member.fault(Problem::UnknownExtension { key: key.to_owned(), hint }));
            }
        }
        let missing = || node.expected("a resource of type and arn");
        let resource_type = node.text_of("type")?.ok_or_else(missing)?.to_owned();
        let arn = node.get("arn").ok_or_else(missing)?;
        let pieces = pieces(arn.text()?, labels).map_err(|problem| arn.fault(problem))?;
        Ok(ResourceTemplate { resource_type, arn: pieces })
    }

    /// The resource that recorded parameters name; none if a part is missing, secret, or no text or number.
    pub(crate) fn resource(&self, parameters: &Value) -> Option<Resource> {
        let mut arn = String::new();
        for piece in &self.arn {
            match piece {
                Piece::Letters(letters) => arn.push_str(letters),
                Piece::Member(path) => arn.push_str(&text_at(parameters, path)?),
            }
        }
        Some(Resource { resource_type: self.resource_type.clone(), arn })
    }
}

fn pieces(template: &str, labels: &[String]) -> Result<Vec<Piece>, Problem> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((letters, label)) = rest.split_once('{') {
        let (label, behind) = label.split_once('}').ok_or(Problem::Template("a brace is not closed"))?;
        pieces.push(Piece::Letters(letters.to_owned()));
        pieces.push(Piece::Member(
            place_of(label, labels).ok_or_else(|| Problem::UnknownLabel(label.to_owned()))?,
        ));
        rest = behind;
    }
    pieces.push(Piece::Letters(rest.to_owned()));
    Ok(pieces)
}

/// Where in the recorded parameters a label's text stands.
fn place_of(label: &str, labels: &[String]) -> Option<Vec<String>> {
    if labels.iter().any(|known| known == label) {
        return Some(vec!["path".to_owned(), label.to_owned()]);
    }
    if let Some(name) = label.strip_prefix("query.") {
        return Some(vec!["query".to_owned(), name.to_owned()]);
    }
    let members = label.strip_prefix("request.body.")?.split('.').map(str::to_owned);
    Some(std::iter::once("body".to_owned()).chain(members).collect())
}

fn text_at(parameters: &Value, path: &[String]) -> Option<String> {
    let found = path.iter().try_fold(parameters, |value, key| value.get(key))?;
    match found {
        Value::String(text) if !text.is_empty() && text != HIDDEN => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
