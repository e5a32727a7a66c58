//! How CloudTrail shows what goes into an operation and comes out of it.

mod ec2;
mod time;
mod xml;

use crate::decode::Members;
use crate::hide::HIDDEN;
use crate::own::lower_first;
use crate::secret::{Treatment, treatment};
use cairn_operations::{Kind, Member, Operation, Protocol, Shape};
use serde_json::{Map, Value};
use time::TimeForm;

pub(crate) use ec2::{request as ec2_request, response as ec2_response};
pub(crate) use time::read as read_time;

/// Texts shorter than this are not looked for elsewhere: they would be found by chance.
const SECRET_BYTES_MIN: usize = 6;
/// More texts than these are not looked for elsewhere: no call has so many secrets, and looking takes time.
const SECRETS_MAX: usize = 64;

/// Shows members of one operation, and remembers what it did not show.
#[derive(Debug)]
pub(crate) struct Shown {
    operation: Operation,
    time: TimeForm,
    secrets: Vec<String>,
}

impl Shown {
    pub(crate) fn new(operation: Operation) -> Shown {
        Shown { operation, time: TimeForm::of(operation), secrets: Vec::new() }
    }

    /// The operation whose members it shows.
    pub(crate) fn operation(&self) -> Operation {
        self.operation
    }

    /// The texts that were hidden or left out, for looking whether they are told elsewhere.
    pub(crate) fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// The members as one object. Names start with a small letter, the keys of maps stay as they are.
    pub(crate) fn object(&mut self, members: Members) -> Map<String, Value> {
        let shown = |(member, value): (Member, Value)| {
            Some((lower_first(member.name()), self.member(member, value)?))
        };
        members.into_iter().filter_map(shown).collect()
    }

    /// A member's value as it is shown, unless it is left out.
    fn member(&mut self, member: Member, value: Value) -> Option<Value> {
        if value.is_null() {
            return None;
        }
        match treatment(self.operation, member) {
            Treatment::Show => Some(self.value(member.shape(), value)),
            Treatment::Hide => {
                self.remember(&value);
                Some(Value::from(HIDDEN))
            }
            Treatment::Drop => {
                self.remember(&value);
                None
            }
            Treatment::Names => {
                self.remember(&value);
                names(&value)
            }
            Treatment::HideValues => {
                self.remember(&value);
                Some(with_hidden_values(value))
            }
        }
    }

    fn value(&mut self, shape: Shape, value: Value) -> Value {
        match (shape.kind(), value) {
            (Kind::Structure | Kind::Union, Value::Object(members)) => self.structure(shape, members),
            (Kind::List, Value::Array(elements)) => self.list(shape, elements),
            (Kind::Map, Value::Object(entries)) => self.map(shape, entries),
            (Kind::Timestamp(_), value) => self.time.shown(value),
            // What does not fit its shape was not judged by it either.
            (Kind::Structure | Kind::Union | Kind::List | Kind::Map, other) => self.hidden(&other),
            (Kind::Document, document) => document,
            (_, nested @ (Value::Object(_) | Value::Array(_))) => self.hidden(&nested),
            (_, plain) => plain,
        }
    }

    fn structure(&mut self, shape: Shape, members: Map<String, Value>) -> Value {
        let mut shown = Map::new();
        for (name, value) in members {
            match shape.member_by_wire_name(&name) {
                Some(member) => {
                    if let Some(value) = self.member(member, value) {
                        shown.insert(lower_first(member.name()), value);
                    }
                }
                // A newer model may know it, and that it is secret.
                None if !value.is_null() => {
                    let hidden = self.hidden(&value);
                    shown.insert(lower_first(&name), hidden);
                }
                None => {}
            }
        }
        Value::Object(shown)
    }

    fn list(&mut self, shape: Shape, elements: Vec<Value>) -> Value {
        let Some(element) = shape.element() else { return Value::Null };
        elements.into_iter().filter_map(|value| self.member(element, value)).collect()
    }

    fn map(&mut self, shape: Shape, entries: Map<String, Value>) -> Value {
        let (Some(key), Some(value_member)) = (shape.key(), shape.value()) else { return Value::Null };
        if key.is_sensitive() {
            return self.hidden(&Value::Object(entries));
        }
        let shown = |(name, value)| Some((name, self.member(value_member, value)?));
        Value::Object(entries.into_iter().filter_map(shown).collect())
    }

    fn hidden(&mut self, value: &Value) -> Value {
        self.remember(value);
        Value::from(HIDDEN)
    }

    fn remember(&mut self, value: &Value) {
        remember(&mut self.secrets, value);
    }
}

/// Adds the texts in `value` that are worth looking for elsewhere.
pub(crate) fn remember(secrets: &mut Vec<String>, value: &Value) {
    let is_worth_it = |text: &str| text.len() >= SECRET_BYTES_MIN && secrets.len() < SECRETS_MAX;
    match value {
        Value::String(text) if is_worth_it(text) => secrets.push(text.clone()),
        Value::Array(elements) => elements.iter().for_each(|element| remember(secrets, element)),
        Value::Object(members) => members.values().for_each(|member| remember(secrets, member)),
        _ => {}
    }
}

/// Only the names of an object.
fn names(value: &Value) -> Option<Value> {
    let names = value.as_object()?.keys();
    Some(names.map(|name| Value::from(name.as_str())).collect())
}

/// A list of `{"name": ..., "value": ...}` whose values are hidden; anything else as a whole.
fn with_hidden_values(value: Value) -> Value {
    let Value::Array(elements) = value else { return Value::from(HIDDEN) };
    let hidden = |element: Value| match element {
        Value::Object(members) => {
            let shown = |(name, value): (String, Value)| {
                let is_name = name.eq_ignore_ascii_case("name") || name.eq_ignore_ascii_case("type");
                (lower_first(&name), if is_name { value } else { Value::from(HIDDEN) })
            };
            Value::Object(members.into_iter().map(shown).collect())
        }
        _ => Value::from(HIDDEN),
    };
    Value::Array(elements.into_iter().map(hidden).collect())
}

/// `text` if it tells none of `secrets`, which error messages and answers may repeat.
pub(crate) fn telling_none<'a>(text: &'a str, secrets: &[String]) -> &'a str {
    if tells_any(text, secrets) { HIDDEN } else { text }
}

fn tells_any(text: &str, secrets: &[String]) -> bool {
    secrets.iter().any(|secret| text.contains(secret.as_str()))
}

/// Hides every text in `value` that tells one of `secrets`.
pub(crate) fn hide_told(value: &mut Value, secrets: &[String]) {
    match value {
        Value::String(text) if tells_any(text, secrets) => *value = Value::from(HIDDEN),
        Value::Array(elements) => elements.iter_mut().for_each(|element| hide_told(element, secrets)),
        Value::Object(members) => members.values_mut().for_each(|member| hide_told(member, secrets)),
        _ => {}
    }
}

/// Whether an operation's names and lists are shown in EC2's way.
pub(crate) fn is_ec2(operation: Operation) -> bool {
    operation.service().protocol() == Protocol::Ec2
}

#[cfg(test)]
mod tests;
