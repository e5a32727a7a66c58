//! Reading a policy, and refusing what Cairn could not evaluate.

use super::actions::is_known;
use super::condition::Condition;
use super::pattern::Pattern;
use super::principal::Principals;
use super::{Effect, POLICY_BYTES_MAX, Patterns, Statement};
use cairn_model::json::{JsonError, Scanner, Visit};
use serde_json::{Map, Value};
use std::ops::Range;

/// What is wrong with a policy, or what Cairn cannot evaluate. The text is for whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// It is longer than [`POLICY_BYTES_MAX`].
    #[error("it is longer than {POLICY_BYTES_MAX} bytes")]
    TooLong,
    /// It is not JSON, or an object has a key twice.
    #[error("it is not valid JSON: {0}")]
    Json(#[from] JsonError),
    /// A part has another shape than it must.
    #[error("{0} is not {1}")]
    Shape(&'static str, &'static str),
    /// A part that must be there is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// There is an element that Cairn does not know.
    #[error("the element {0} is not known to Cairn")]
    Element(String),
    /// A principal that is none, or of a kind that Cairn cannot tell.
    #[error("Principal: {0}")]
    Principal(String),
    /// An action that S3 does not have.
    #[error("{0:?} is no action of S3")]
    Action(String),
    /// A resource that is not the bucket or objects in it.
    #[error("{0:?} is neither this bucket nor objects in it")]
    Resource(String),
    /// A condition key that Cairn cannot evaluate.
    #[error("Cairn cannot evaluate the condition key {0}")]
    ConditionKey(String),
    /// An operator that Cairn does not know, or that does not go with the key or its values.
    #[error("Cairn cannot evaluate the condition {operator} of {key}")]
    Operator {
        /// For example `DateGreaterThan`.
        operator: String,
        /// For example `aws:SourceIp`.
        key: String,
    },
    /// A policy variable such as `${aws:username}`.
    #[error("Cairn does not know policy variables: {0:?}")]
    Variable(String),
}

/// Nobody asks for the members that the scanner passes.
struct Unvisited;

impl Visit for Unvisited {
    type Place = ();

    fn enter(&mut self, (): (), _: &str, _: Range<usize>) -> Option<()> {
        None
    }

    fn leave(&mut self, (): (), _: &str, _: Range<usize>, _: Range<usize>) {}
}

/// The statements of the policy `text` of the bucket `bucket`.
pub(super) fn statements(text: &str, bucket: &str) -> Result<Vec<Statement>, PolicyFault> {
    if text.len() > POLICY_BYTES_MAX {
        return Err(PolicyFault::TooLong);
    }
    // Readers disagree about duplicate keys, so none may pass.
    Scanner::default().scan(text, (), &mut Unvisited)?;
    let value: Value = serde_json::from_str(text).map_err(|_| PolicyFault::Shape("the policy", "JSON"))?;
    let policy = value.as_object().ok_or(PolicyFault::Shape("the policy", "an object"))?;
    known_only(policy, &["Version", "Id", "Statement"])?;
    match policy.get("Version").map(Value::as_str) {
        None | Some(Some("2012-10-17" | "2008-10-17")) => {}
        Some(_) => return Err(PolicyFault::Shape("Version", "\"2012-10-17\" or \"2008-10-17\"")),
    }
    let listed = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().collect(),
        Some(one @ Value::Object(_)) => vec![one],
        Some(_) => return Err(PolicyFault::Shape("Statement", "an array of objects")),
        None => return Err(PolicyFault::Missing("Statement")),
    };
    if listed.is_empty() {
        return Err(PolicyFault::Missing("Statement"));
    }
    listed.into_iter().map(|value| statement(value, bucket)).collect()
}

fn statement(value: &Value, bucket: &str) -> Result<Statement, PolicyFault> {
    let members = value.as_object().ok_or(PolicyFault::Shape("a statement", "an object"))?;
    let known = ["Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
    known_only(members, &known)?;
    let effect = match members.get("Effect").and_then(Value::as_str) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => return Err(PolicyFault::Shape("Effect", "\"Allow\" or \"Deny\"")),
    };
    let principal = members.get("Principal").ok_or(PolicyFault::Missing("Principal"))?;
    let conditions = members.get("Condition").map(Condition::parse_all).transpose()?;
    Ok(Statement {
        effect,
        principals: Principals::parse(principal)?,
        actions: patterns(members, "Action", "NotAction", action)?,
        resources: patterns(members, "Resource", "NotResource", |text| resource(text, bucket))?,
        conditions: conditions.unwrap_or_default(),
    })
}

fn known_only(members: &Map<String, Value>, known: &[&str]) -> Result<(), PolicyFault> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => Err(PolicyFault::Element(unknown.clone())),
        None => Ok(()),
    }
}

fn patterns(
    members: &Map<String, Value>,
    name: &'static str,
    not_name: &'static str,
    read: impl Fn(&str) -> Result<Pattern, PolicyFault>,
) -> Result<Patterns, PolicyFault> {
    let read_all =
        |value, name| texts(value, name)?.into_iter().map(&read).collect::<Result<Vec<_>, PolicyFault>>();
    match (members.get(name), members.get(not_name)) {
        (Some(value), None) => Ok(Patterns::AnyOf(read_all(value, name)?)),
        (None, Some(value)) => Ok(Patterns::NoneOf(read_all(value, not_name)?)),
        _ => Err(PolicyFault::Missing(name)),
    }
}

/// Action names are compared in lower case.
fn action(text: &str) -> Result<Pattern, PolicyFault> {
    let pattern = Pattern::new(text.to_ascii_lowercase());
    if is_known(&pattern) { Ok(pattern) } else { Err(PolicyFault::Action(text.to_owned())) }
}

fn resource(text: &str, bucket: &str) -> Result<Pattern, PolicyFault> {
    let foreign = || PolicyFault::Resource(text.to_owned());
    if text != "*" {
        let rest = text.strip_prefix("arn:aws:s3:::").ok_or_else(foreign)?;
        let name = rest.split('/').next().unwrap_or_default();
        if !Pattern::new(name).matches(bucket) {
            return Err(foreign());
        }
    }
    Ok(Pattern::new(text))
}

/// One text, or an array of at least one. No text may hold a policy variable.
pub(super) fn texts<'a>(value: &'a Value, name: &'static str) -> Result<Vec<&'a str>, PolicyFault> {
    let texts: Option<Vec<&str>> = match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(values) => values.iter().map(Value::as_str).collect(),
        _ => None,
    };
    let texts = texts.filter(|texts| !texts.is_empty());
    let texts = texts.ok_or(PolicyFault::Shape(name, "a text or an array of texts"))?;
    match texts.iter().find(|text| text.contains("${")) {
        Some(text) => Err(PolicyFault::Variable((*text).to_owned())),
        None => Ok(texts),
    }
}
