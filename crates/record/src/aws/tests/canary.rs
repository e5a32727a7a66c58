//! Whatever the table marks as secret is found nowhere: in all services, in requests and in answers.

use crate::decode::Members;
use crate::decode::xml::Element;
use crate::s3::is_s3;
use crate::secret::{Treatment, treatment};
use crate::shown::{Shown, ec2_request, is_ec2};
use cairn_operations::{Kind, Member, Operation, Shape, services};
use serde_json::{Map, Value};

const CANARY: &str = "canary-3f1c9a";

/// Members that no model marks, and that must be hidden all the same.
const NAMES: [&str; 16] = [
    "authCode",
    "authKey",
    "authorizationApiKeyValue",
    "cak",
    "codeVerifier",
    "connectionString",
    "ConnectionString",
    "deviceCode",
    "DeviceToken",
    "Otp",
    "Passwords",
    "PasswordVerifier",
    "PreSignedUrl",
    "StaticKeyValue",
    "TokenValue",
    "VerificationCode",
];

/// Makes values of shapes, each structure once: a model refers to itself, and its parts are many.
struct Maker {
    operation: Operation,
    made: Vec<Shape>,
    canaries: usize,
}

impl Maker {
    fn members(&mut self, shape: Shape) -> Members {
        shape.members().map(|member| (member, self.member(member, false))).collect()
    }

    fn member(&mut self, member: Member, is_secret: bool) -> Value {
        let is_shown = treatment(self.operation, member) == Treatment::Show && is_key_of_s3(self.operation);
        let is_named = is_text(member) && NAMES.contains(&member.name());
        let is_secret = (is_secret || member.is_sensitive() || is_named) && !is_shown;
        self.value(member.shape(), is_secret)
    }

    fn value(&mut self, shape: Shape, is_secret: bool) -> Value {
        match shape.kind() {
            Kind::Structure | Kind::Union => {
                if self.made.contains(&shape) {
                    return Value::Object(Map::new());
                }
                // What is seen below a secret may be shown elsewhere.
                if !is_secret {
                    self.made.push(shape);
                }
                let depth = self.made.len();
                let members = shape.members().map(|member| {
                    if is_secret {
                        self.made.push(shape);
                    }
                    (member.wire_name().to_owned(), self.member(member, is_secret))
                });
                let whole = members.collect();
                if is_secret {
                    self.made.truncate(depth);
                }
                Value::Object(whole)
            }
            Kind::List => {
                let element = shape.element();
                Value::Array(element.into_iter().map(|element| self.member(element, is_secret)).collect())
            }
            Kind::Map => {
                let name = match shape.key() {
                    Some(key) if is_secret || key.is_sensitive() => CANARY,
                    _ => "name",
                };
                let value = shape.value().map(|value| self.member(value, is_secret));
                Value::Object(value.into_iter().map(|value| (name.to_owned(), value)).collect())
            }
            _ if is_secret => {
                self.canaries += 1;
                Value::from(CANARY)
            }
            Kind::Boolean => Value::Bool(true),
            Kind::Integer | Kind::Long | Kind::Float | Kind::Double => Value::from(7),
            _ => Value::from("shown"),
        }
    }
}

/// Whether a member is a text or a list of texts.
fn is_text(member: Member) -> bool {
    let shape = member.shape();
    let element = shape.element().map(|element| element.shape().kind());
    element.unwrap_or(shape.kind()) == Kind::String
}

/// The names of keys in S3's calls, which are told though the model marks them.
fn is_key_of_s3(operation: Operation) -> bool {
    operation.service().id() == "s3"
}

/// The value as the XML that it would have been.
fn element(name: &str, value: &Value) -> Vec<Element> {
    let one = |text: String, children: Vec<Element>| {
        vec![Element { name: name.to_owned(), text, children, ..Element::default() }]
    };
    match value {
        Value::Object(members) => {
            one(String::new(), members.iter().flat_map(|(name, value)| element(name, value)).collect())
        }
        Value::Array(elements) => {
            one(String::new(), elements.iter().flat_map(|value| element("member", value)).collect())
        }
        Value::String(text) => one(text.clone(), Vec::new()),
        other => one(other.to_string(), Vec::new()),
    }
}

fn check(operation: Operation, shape: Shape, is_input: bool) -> usize {
    let mut maker = Maker { operation, made: Vec::new(), canaries: 0 };
    let members = maker.members(shape);
    let whole: Map<String, Value> =
        members.iter().map(|(member, value)| (member.wire_name().to_owned(), value.clone())).collect();
    let mut shown = Shown::new(operation);
    let as_json =
        if is_ec2(operation) && is_input { ec2_request(&mut shown, members) } else { shown.object(members) };
    let mut told = vec![Value::Object(as_json)];
    // Only EC2's and S3's bodies are shown as the XML that they are.
    if is_ec2(operation) || is_s3(operation) {
        let root = element("Root", &Value::Object(whole)).pop();
        told.extend(root.map(|root| shown.element(shape, &root)));
    }
    for told in told {
        let text = told.to_string();
        let around =
            text.find(CANARY).map(|place| &text[text.floor_char_boundary(place.saturating_sub(300))..]);
        assert_eq!(around, None, "{operation:?}, of what goes {}", if is_input { "in" } else { "out" });
    }
    maker.canaries
}

#[test]
fn no_secret_of_any_service_is_told() {
    let mut canaries = 0;
    for operation in services().iter().flat_map(|service| service.operations()) {
        canaries += operation.input().map_or(0, |shape| check(operation, shape, true));
        canaries += operation.output().map_or(0, |shape| check(operation, shape, false));
    }
    assert!(canaries > 10_000, "the table marks many members, but only {canaries} were tried");
}
