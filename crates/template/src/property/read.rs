//! Values of templates, checked against the shape that they should have.

use super::{Property, Shape};
use crate::document::{Member, Node, Tree, member};
use crate::fault::{Fault, Problem};
use serde_json::{Map, Number, Value};

/// A tag's members.
const TAG: [Property; 2] =
    [Property::new("Key", Shape::Text).required(), Property::new("Value", Shape::Text).required()];

impl Shape {
    /// The value as JSON of this shape. Texts that say a flag or a number are taken for it, as CloudFormation does.
    pub(crate) fn read(&self, node: &Node) -> Result<Value, Fault> {
        match self {
            Shape::Text | Shape::Key => node.scalar().map(Value::String),
            Shape::Flag => node.flag().map(Value::Bool),
            Shape::Number => number(node),
            Shape::List(shape) => node.list()?.iter().map(|element| shape.read(element)).collect(),
            Shape::Structure(properties) => structure(node, properties),
            Shape::Texts => {
                let text = |member: &Member| Ok((member.key.clone(), Value::String(member.value.scalar()?)));
                Ok(Value::Object(node.map()?.iter().map(text).collect::<Result<_, _>>()?))
            }
            Shape::Tags => node.list()?.iter().map(|tag| structure(tag, &TAG)).collect(),
            Shape::Policy => policy(node),
        }
    }
}

fn number(node: &Node) -> Result<Value, Fault> {
    let number = node.scalar()?.parse::<i64>();
    number.map(|number| Value::Number(Number::from(number))).map_err(|_| node.expected("a whole number"))
}

fn structure(node: &Node, properties: &[Property]) -> Result<Value, Fault> {
    let members = node.map()?;
    let mut read = Map::new();
    for Member { mark, key, value } in members {
        let property = properties.iter().find(|property| property.name == key);
        let property = property.ok_or_else(|| {
            let known: Vec<&str> = properties.iter().map(|property| property.name).collect();
            mark.fault(Problem::UnknownKey { key: key.clone(), known: known.join(", ") })
        })?;
        read.insert(key.clone(), property.shape.read(value)?);
    }
    match properties.iter().find(|property| property.required && member(members, property.name).is_none()) {
        Some(missing) => Err(node.fault(Problem::Missing(missing.name.to_owned()))),
        None => Ok(Value::Object(read)),
    }
}

fn policy(node: &Node) -> Result<Value, Fault> {
    let policy = match &node.tree {
        Tree::Text(text) => serde_json::from_str(text).unwrap_or_default(),
        _ => node.json(),
    };
    if policy.is_object() { Ok(policy) } else { Err(node.expected("a policy")) }
}
