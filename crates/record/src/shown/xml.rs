//! XML as JSON, the way in which S3's bodies and the younger part of EC2 stand in events: attributes and
//! elements are members, what repeats is a list, numbers and truth values are read from the text.

use super::Shown;
use crate::decode::xml::Element;
use crate::hide::HIDDEN;
use crate::secret::{Treatment, treatment};
use cairn_operations::{Kind, Shape};
use serde_json::{Map, Number, Value};

impl Shown {
    /// An element that has this shape.
    pub(crate) fn element(&mut self, shape: Shape, element: &Element) -> Value {
        if element.children.is_empty() && element.attributes.is_empty() {
            return plain(&element.text);
        }
        let mut object = Map::new();
        for (name, value) in &element.attributes {
            object.insert(name.clone(), Value::from(value.as_str()));
        }
        for child in &element.children {
            if let Some(value) = self.child(shape, child) {
                add(&mut object, &child.name, value);
            }
        }
        if element.children.is_empty() && !element.text.trim().is_empty() {
            object.insert("content".to_owned(), plain(&element.text));
        }
        Value::Object(object)
    }

    /// An answer that has no shape: that it succeeded, and its id.
    pub(crate) fn bare_element(&mut self, element: &Element) -> Value {
        let mut object = Map::new();
        for (name, value) in &element.attributes {
            object.insert(name.clone(), Value::from(value.as_str()));
        }
        for name in ["requestId", "return"] {
            object.extend(element.child(name).map(|child| (name.to_owned(), plain(&child.text))));
        }
        Value::Object(object)
    }

    fn child(&mut self, shape: Shape, child: &Element) -> Option<Value> {
        let list_element = shape.element();
        let member = match list_element {
            Some(element) => Some(element),
            // A flattened list's elements may have its element's name.
            None => shape.member_by_wire_name(&child.name).or_else(|| {
                shape.members().find(|member| {
                    let element = member.shape().element();
                    member.is_flattened() && element.is_some_and(|element| element.wire_name() == child.name)
                })
            }),
        };
        // Every answer has its id, whatever its shape is.
        let Some(member) = member else {
            return Some(if child.name == "requestId" {
                plain(&child.text)
            } else {
                self.hidden_element(child)
            });
        };
        match treatment(self.operation, member) {
            Treatment::Show => {
                let is_flat = list_element.is_none() && member.is_flattened();
                let flat =
                    member.shape().element().filter(|_| is_flat && member.shape().kind() == Kind::List);
                Some(match flat {
                    // The element itself may be secret.
                    Some(element) if treatment(self.operation, element) != Treatment::Show => {
                        self.hidden_element(child)
                    }
                    Some(element) => self.element(element.shape(), child),
                    None => self.element(member.shape(), child),
                })
            }
            Treatment::Drop => {
                self.hidden_element(child);
                None
            }
            _ => Some(self.hidden_element(child)),
        }
    }

    fn hidden_element(&mut self, element: &Element) -> Value {
        self.remember(&Value::from(element.text.trim()));
        for child in &element.children {
            self.hidden_element(child);
        }
        Value::from(HIDDEN)
    }
}

/// What comes again under a name makes a list of it.
fn add(object: &mut Map<String, Value>, name: &str, value: Value) {
    match object.get_mut(name) {
        None => {
            object.insert(name.to_owned(), value);
        }
        Some(Value::Array(elements)) => elements.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
    }
}

/// Text that reads as a truth value or a number is one.
fn plain(text: &str) -> Value {
    let text = text.trim();
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => integer(text).map_or_else(|| Value::from(text), Value::Number),
    }
}

/// Numbers that begin with a zero are names: of accounts, for one.
fn integer(text: &str) -> Option<Number> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = !digits.starts_with('0') || digits == "0";
    text.parse::<i64>().ok().filter(|_| is_number).map(Number::from)
}
