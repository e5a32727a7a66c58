//! A template's text as a tree in which every value knows its place.

mod json;
mod yaml;

use crate::fault::{Fault, Mark, Problem};
use serde_json::{Map, Number, Value};

/// The longest template that is read, as at AWS.
pub(crate) const BYTES_MAX: usize = 1 << 20;
/// How deep lists and maps may nest; what reads the tree recurses that deep.
pub(crate) const DEPTH_MAX: usize = 100;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) mark: Mark,
    pub(crate) tree: Tree,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    Null,
    Flag(bool),
    Number(Number),
    Text(String),
    /// A text that hangs on what is not made yet; this is how people see it.
    Pending(String),
    List(Vec<Node>),
    Map(Vec<Member>),
    /// What `AWS::NoValue` leaves: whoever holds it has it not.
    NoValue,
}

/// A member of a map.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    /// Where its key stands.
    pub(crate) mark: Mark,
    pub(crate) key: String,
    pub(crate) value: Node,
}

/// Reads a text of either form: what begins with a brace is JSON, all else YAML.
pub(crate) fn load(text: &str) -> Result<Node, Fault> {
    if text.len() > BYTES_MAX {
        return Err(Mark::START.fault(Problem::TooLong));
    }
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') { json::load(text) } else { yaml::load(text) }
}

impl Node {
    pub(crate) fn new(mark: Mark, tree: Tree) -> Node {
        Node { mark, tree }
    }

    pub(crate) fn fault(&self, problem: Problem) -> Fault {
        self.mark.fault(problem)
    }

    pub(crate) fn expected(&self, what: &'static str) -> Fault {
        self.fault(Problem::Expected(what))
    }

    pub(crate) fn map(&self) -> Result<&[Member], Fault> {
        match &self.tree {
            Tree::Map(members) => Ok(members),
            _ => Err(self.expected("a map")),
        }
    }

    pub(crate) fn list(&self) -> Result<&[Node], Fault> {
        match &self.tree {
            Tree::List(elements) => Ok(elements),
            _ => Err(self.expected("a list")),
        }
    }

    pub(crate) fn text(&self) -> Result<&str, Fault> {
        match &self.tree {
            Tree::Text(text) => Ok(text),
            _ => Err(self.expected("a text")),
        }
    }

    /// A flag, or a text that says one.
    pub(crate) fn flag(&self) -> Result<bool, Fault> {
        match &self.tree {
            Tree::Flag(flag) => Ok(*flag),
            Tree::Text(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Tree::Text(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err(self.expected("true or false")),
        }
    }

    /// A scalar as text: numbers and flags are taken for the text that they are written as.
    pub(crate) fn scalar(&self) -> Result<String, Fault> {
        match &self.tree {
            Tree::Text(text) | Tree::Pending(text) => Ok(text.clone()),
            Tree::Number(number) => Ok(number.to_string()),
            Tree::Flag(flag) => Ok(flag.to_string()),
            _ => Err(self.expected("a text")),
        }
    }

    /// The value as JSON.
    pub(crate) fn json(&self) -> Value {
        match &self.tree {
            Tree::Null | Tree::NoValue => Value::Null,
            Tree::Flag(flag) => Value::Bool(*flag),
            Tree::Number(number) => Value::Number(number.clone()),
            Tree::Text(text) | Tree::Pending(text) => Value::String(text.clone()),
            Tree::List(elements) => elements.iter().map(Node::json).collect(),
            Tree::Map(members) => {
                let members = members.iter().map(|member| (member.key.clone(), member.value.json()));
                Value::Object(members.collect::<Map<String, Value>>())
            }
        }
    }
}

/// The member of that key.
pub(crate) fn member<'m>(members: &'m [Member], key: &str) -> Option<&'m Member> {
    members.iter().find(|member| member.key == key)
}

/// Adds a member, unless the key is there.
fn add(members: &mut Vec<Member>, member: Member) -> Result<(), Fault> {
    if self::member(members, &member.key).is_some() {
        return Err(member.mark.fault(Problem::DuplicateKey(member.key)));
    }
    members.push(member);
    Ok(())
}

/// A plain scalar as YAML's core schema and JSON have it; numbers that JSON cannot write are texts.
fn plain(text: &str) -> Tree {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Tree::Null,
        "true" | "True" | "TRUE" => return Tree::Flag(true),
        "false" | "False" | "FALSE" => return Tree::Flag(false),
        _ => {}
    }
    let may_be_number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let number = may_be_number.then(|| serde_json::from_str::<Number>(text).ok()).flatten();
    number.map_or_else(|| Tree::Text(text.to_owned()), Tree::Number)
}

#[cfg(test)]
mod tests;
