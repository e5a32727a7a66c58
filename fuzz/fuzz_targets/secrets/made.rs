//! What calls say, made by the shapes of their operations.

use cairn_operations::{Kind, Labels, Location, Member, Operation, Shape};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};

/// Stands wherever a value must not be shown.
pub(crate) const CANARY: &str = "canary-3f1c9a";
/// Well below what is read of a body.
const DEPTH_MAX: usize = 24;

/// The input's bytes, as far as they are not used up; then everything is left out.
pub(crate) struct Choices<'a>(pub(crate) &'a [u8]);

impl Choices<'_> {
    pub(crate) fn next(&mut self) -> bool {
        let Some((byte, rest)) = self.0.split_first() else { return false };
        self.0 = rest;
        byte % 2 == 1
    }

    pub(crate) fn number(&mut self) -> usize {
        let Some((bytes, rest)) = self.0.split_first_chunk() else { return 0 };
        self.0 = rest;
        usize::from(u16::from_be_bytes(*bytes))
    }
}

/// One side of a call.
#[derive(Default)]
pub(crate) struct Made {
    pub(crate) body: Value,
    pub(crate) labels: Labels,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    /// Whether a sensitive member is there that is no bytes: what these hold is not read, so nobody can tell whether an error
    /// repeats it.
    pub(crate) has_canary: bool,
    depth: usize,
}

impl Made {
    /// Some of the members of a request or an answer, in its body or, if it is REST, where they belong.
    pub(crate) fn of(
        operation: Operation,
        shape: Option<Shape>,
        is_rest: bool,
        choices: &mut Choices<'_>,
    ) -> Made {
        let mut made = Made { body: Value::Object(Map::new()), ..Made::default() };
        for member in shape.into_iter().flat_map(|shape| shape.members()) {
            let has_canary = made.has_canary;
            if !choices.next() {
                continue;
            }
            let value = made.member(operation, member, false, choices);
            let is_there = if is_rest { made.place(member, value) } else { made.add(member, value) };
            made.has_canary &= is_there || has_canary;
        }
        made
    }

    fn add(&mut self, member: Member, value: Value) -> bool {
        match &mut self.body {
            Value::Object(members) => members.insert(member.wire_name().to_owned(), value),
            _ => return false,
        };
        true
    }

    fn place(&mut self, member: Member, value: Value) -> bool {
        if member.location() == Location::Body && member.is_payload() {
            self.body = value;
            return true;
        }
        if member.location() == Location::Body {
            return self.add(member, value);
        }
        let Some(text) = text(&value) else { return false };
        match member.location() {
            Location::Path => self.labels.push((member.name(), text)),
            Location::Query => self.query += &format!("&{}={text}", member.wire_name()),
            Location::Header if !member.is_json_text() => {
                let name = HeaderName::from_bytes(member.wire_name().as_bytes());
                self.headers.extend(name.ok().zip(HeaderValue::from_str(&text).ok()));
            }
            _ => return false,
        }
        true
    }

    /// A structure with some of its members; all of them secret if it is.
    fn members(
        &mut self,
        operation: Operation,
        shape: Shape,
        is_secret: bool,
        choices: &mut Choices<'_>,
    ) -> Value {
        let mut members = Map::new();
        for member in shape.members() {
            if choices.next() {
                let value = self.member(operation, member, is_secret, choices);
                members.insert(member.wire_name().to_owned(), value);
            }
        }
        Value::Object(members)
    }

    fn member(
        &mut self,
        operation: Operation,
        member: Member,
        is_secret: bool,
        choices: &mut Choices<'_>,
    ) -> Value {
        let is_secret = is_secret || is_sensitive(operation, member);
        // What is sent need not be what the shape says.
        if is_secret && member.shape().kind() != Kind::Blob && (choices.next() || self.depth > DEPTH_MAX) {
            return self.canary();
        }
        if self.depth > DEPTH_MAX {
            return Value::Null;
        }
        self.depth += 1;
        let value = self.value(operation, member.shape(), is_secret, choices);
        self.depth -= 1;
        value
    }

    fn value(
        &mut self,
        operation: Operation,
        shape: Shape,
        is_secret: bool,
        choices: &mut Choices<'_>,
    ) -> Value {
        match shape.kind() {
            Kind::Structure | Kind::Union => self.members(operation, shape, is_secret, choices),
            Kind::List => shape
                .element()
                .map(|element| self.member(operation, element, is_secret, choices))
                .into_iter()
                .collect(),
            Kind::Map => {
                let is_secret_key = is_secret || shape.key().is_some_and(|key| key.is_sensitive());
                let key = if is_secret_key { CANARY } else { "name" };
                let value = shape.value().map(|value| self.member(operation, value, is_secret, choices));
                Value::Object(value.map(|value| (key.to_owned(), value)).into_iter().collect())
            }
            // No event shows bytes, sensitive or not.
            Kind::Blob => Value::from(CANARY),
            _ if is_secret => self.canary(),
            Kind::Boolean => Value::from(true),
            Kind::Integer | Kind::Long | Kind::Float | Kind::Double => Value::from(7),
            Kind::Timestamp(_) => Value::from(1_772_352_251),
            Kind::String | Kind::Document => Value::from("shown"),
        }
    }

    fn canary(&mut self) -> Value {
        self.has_canary = true;
        Value::from(CANARY)
    }
}

/// What is written of a value beside the body: of a list its first element.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Array(elements) => text(elements.first()?),
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Object(_) | Value::Null => None,
    }
}

/// Names of keys of KMS are told though S3's model marks them.
fn is_sensitive(operation: Operation, member: Member) -> bool {
    let is_key_name = matches!(member.name(), "SSEKMSKeyId" | "KMSMasterKeyID" | "KeyId");
    member.is_sensitive() && !(is_key_name && operation.service().id() == "s3")
}
