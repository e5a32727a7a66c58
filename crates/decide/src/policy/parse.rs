//! Reading a policy document, and refusing what is malformed.

use super::fault::{PolicyFault, PolicyReason};
use super::named::{Named, Principals};
use super::statement::{Effect, Listed, Statement};
use super::{Condition, Purpose, Template};
use cairn_model::json::{self, Scanner};
use serde_json::{Map, Value};

/// How the texts of a document are read.
#[derive(Clone, Copy)]
struct Dialect {
    purpose: Purpose,
    /// Since version 2012-10-17.
    has_variables: bool,
}

type Members = Map<String, Value>;

/// The statements of a document.
pub(super) fn statements(text: &str, purpose: Purpose) -> Result<Vec<Statement>, PolicyFault> {
    let whole = |reason: PolicyReason| PolicyFault { place: "the document".to_owned(), reason };
    let (dialect, listed) = document(text, purpose).map_err(whole)?;
    let mut statements: Vec<Statement> = Vec::with_capacity(listed.len());
    for (index, value) in listed.iter().enumerate() {
        let placed = |(place, reason): (&str, PolicyReason)| PolicyFault {
            place: format!("Statement {}{place}", index + 1),
            reason,
        };
        let statement = dialect.statement(value).map_err(placed)?;
        let is_taken = statements.iter().any(|earlier| earlier.sid.is_some() && earlier.sid == statement.sid);
        if is_taken && !matches!(purpose, Purpose::Resource | Purpose::OwnResource) {
            let sid = statement.sid.unwrap_or_default();
            return Err(placed((", Sid", PolicyReason::SidTwice(sid))));
        }
        statements.push(statement);
    }
    Ok(statements)
}

fn document(text: &str, purpose: Purpose) -> Result<(Dialect, Vec<Value>), PolicyReason> {
    // Readers disagree about duplicate keys, so none may pass.
    json::check(&mut Scanner::default(), text)?;
    let value: Value = serde_json::from_str(text).map_err(|_| PolicyReason::Shape("the policy", "JSON"))?;
    let Value::Object(mut policy) = value else {
        return Err(PolicyReason::Shape("the policy", "an object"));
    };
    known_only(&policy, &["Version", "Id", "Statement"])?;
    let has_variables = match policy.get("Version").map(Value::as_str) {
        Some(Some("2012-10-17")) => true,
        None | Some(Some("2008-10-17")) => false,
        Some(_) => return Err(PolicyReason::Version),
    };
    let listed = match policy.remove("Statement") {
        Some(Value::Array(statements)) if !statements.is_empty() => statements,
        Some(one @ Value::Object(_)) => vec![one],
        None | Some(Value::Array(_)) => return Err(PolicyReason::Missing("Statement")),
        Some(_) => return Err(PolicyReason::Shape("Statement", "an array of objects")),
    };
    Ok((Dialect { purpose, has_variables }, listed))
}

const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

impl Dialect {
    /// Reads a statement. An error tells the element that it is in.
    fn statement(self, value: &Value) -> Result<Statement, (&'static str, PolicyReason)> {
        let here = |reason| ("", reason);
        let members = value.as_object().ok_or(here(PolicyReason::Shape("a statement", "an object")))?;
        known_only(members, &ELEMENTS).map_err(here)?;
        let effect = effect(members).map_err(|reason| (", Effect", reason))?;
        let principals = self.principals(members, effect).map_err(|reason| (", Principal", reason))?;
        let actions =
            listed(members, "Action", "NotAction", action).map_err(|reason| (", Action", reason))?;
        let resources = self.resources(members).map_err(|reason| (", Resource", reason))?;
        let conditions = match members.get("Condition") {
            None => Ok(Vec::new()),
            Some(value) => Condition::parse_all(value, |text| self.template(text)),
        };
        Ok(Statement {
            sid: sid(members).map_err(|reason| (", Sid", reason))?,
            effect,
            principals,
            actions,
            resources,
            conditions: conditions.map_err(|reason| (", Condition", reason))?,
        })
    }

    fn template(self, text: &str) -> Result<Template, PolicyReason> {
        match self.has_variables {
            false => Ok(Template::plain(text)),
            true => Template::with_variables(text).map_err(|_| PolicyReason::Variable(text.to_owned())),
        }
    }

    fn principals(self, members: &Members, effect: Effect) -> Result<Principals, PolicyReason> {
        let (named, excluded) = (members.get("Principal"), members.get("NotPrincipal"));
        match (self.purpose, named, excluded) {
            (Purpose::Identity, None, None) => Ok(Principals::Holder),
            (Purpose::Identity, ..) => Err(PolicyReason::Prohibited("Principal")),
            (_, Some(_), Some(_)) => Err(PolicyReason::Both("Principal")),
            (_, Some(value), None) => Ok(Principals::AnyOf(principals(value)?)),
            (_, None, Some(_)) if effect == Effect::Allow => Err(PolicyReason::AllowNotPrincipal),
            (_, None, Some(value)) => Ok(Principals::NoneOf(principals(value)?)),
            (_, None, None) => Err(PolicyReason::Missing("Principal")),
        }
    }

    fn resources(self, members: &Members) -> Result<Listed, PolicyReason> {
        let has_some = members.contains_key("Resource") || members.contains_key("NotResource");
        match (self.purpose, has_some) {
            (Purpose::Trust, true) => Err(PolicyReason::Prohibited("Resource")),
            (Purpose::Trust | Purpose::OwnResource, false) => Ok(Listed::Everything),
            _ => listed(members, "Resource", "NotResource", |text| self.resource(text)),
        }
    }

    fn resource(self, text: &str) -> Result<Template, PolicyReason> {
        let is_arn = text.starts_with("arn:") && text.splitn(6, ':').count() == 6;
        match text == "*" || is_arn || (text.starts_with("arn:") && text.contains('*')) {
            true => self.template(text),
            false => Err(PolicyReason::Resource(text.to_owned())),
        }
    }
}

fn sid(members: &Members) -> Result<Option<String>, PolicyReason> {
    match members.get("Sid") {
        None => Ok(None),
        Some(Value::String(sid)) => Ok(Some(sid.clone()).filter(|sid| !sid.is_empty())),
        Some(_) => Err(PolicyReason::Shape("Sid", "a text")),
    }
}

fn effect(members: &Members) -> Result<Effect, PolicyReason> {
    match members.get("Effect") {
        None => Err(PolicyReason::Missing("Effect")),
        Some(Value::String(text)) if text == "Allow" => Ok(Effect::Allow),
        Some(Value::String(text)) if text == "Deny" => Ok(Effect::Deny),
        Some(other) => {
            Err(PolicyReason::Effect(other.as_str().map_or_else(|| other.to_string(), str::to_owned)))
        }
    }
}

fn known_only(members: &Members, known: &[&str]) -> Result<(), PolicyReason> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => Err(PolicyReason::Unknown(unknown.clone())),
        None => Ok(()),
    }
}

/// `"*"`, or lists by kind.
fn principals(value: &Value) -> Result<Vec<Named>, PolicyReason> {
    if value == "*" {
        return Ok(vec![Named::Everyone]);
    }
    let kinds = value.as_object().filter(|kinds| !kinds.is_empty());
    let kinds = kinds.ok_or(PolicyReason::Shape("Principal", "\"*\" or an object"))?;
    let mut named = Vec::new();
    for (kind, values) in kinds {
        for text in texts(values, "Principal")? {
            named.push(Named::parse(kind, &text)?);
        }
    }
    Ok(named)
}

fn listed(
    members: &Members,
    name: &'static str,
    not_name: &'static str,
    read: impl Fn(&str) -> Result<Template, PolicyReason>,
) -> Result<Listed, PolicyReason> {
    let read_all = |value| {
        texts(value, name)?.iter().map(|text| read(text)).collect::<Result<Vec<Template>, PolicyReason>>()
    };
    match (members.get(name), members.get(not_name)) {
        (Some(value), None) => Ok(Listed::AnyOf(read_all(value)?)),
        (None, Some(value)) => Ok(Listed::NoneOf(read_all(value)?)),
        (None, None) => Err(PolicyReason::Missing(name)),
        (Some(_), Some(_)) => Err(PolicyReason::Both(name)),
    }
}

/// `service:Name` with wildcards, or `*`. Variables have no meaning here.
fn action(text: &str) -> Result<Template, PolicyReason> {
    let has_service =
        text.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
    match text == "*" || has_service {
        true => Ok(Template::plain(text)),
        false => Err(PolicyReason::Action(text.to_owned())),
    }
}

/// One text, or an array of at least one; numbers and booleans count as their JSON.
pub(super) fn texts(value: &Value, name: &'static str) -> Result<Vec<String>, PolicyReason> {
    let one = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    };
    let texts: Option<Vec<String>> = match value {
        Value::Array(values) => values.iter().map(one).collect(),
        value => one(value).map(|text| vec![text]),
    };
    let texts = texts.filter(|texts| !texts.is_empty());
    texts.ok_or(PolicyReason::Shape(name, "a text or an array of texts"))
}
