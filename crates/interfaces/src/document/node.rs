//! A place in a document: its value and the pointer to it.

use super::{Fault, Problem};
use serde_json::{Map, Value};

/// How many references may lead to one another.
const REFERENCES_MAX: usize = 32;

/// A value of a document and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node<'d> {
    pub(crate) root: &'d Value,
    pub(crate) value: &'d Value,
    pub(crate) pointer: String,
}

impl<'d> Node<'d> {
    pub(crate) fn root(root: &'d Value) -> Node<'d> {
        Node { root, value: root, pointer: String::new() }
    }

    /// The member of that name, unless it is absent or null.
    pub(crate) fn get(&self, key: &str) -> Option<Node<'d>> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(self.child(key, value))
    }

    /// The members of a map; no members if it is something else.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'d str, Node<'d>)> {
        let members = self.value.as_object().into_iter().flatten();
        members.map(|(key, value)| (key.as_str(), self.child(key, value)))
    }

    /// The elements of a list; no elements if it is something else.
    pub(crate) fn elements(&self) -> impl Iterator<Item = Node<'d>> {
        let elements = self.value.as_array().into_iter().flatten().enumerate();
        elements.map(|(index, value)| self.child(&index.to_string(), value))
    }

    /// The elements of a list, or the value itself.
    pub(crate) fn one_or_more(&self) -> Vec<Node<'d>> {
        if self.value.is_array() { self.elements().collect() } else { vec![self.clone()] }
    }

    pub(crate) fn map(&self) -> Result<&'d Map<String, Value>, Fault> {
        self.value.as_object().ok_or_else(|| self.expected("a map"))
    }

    pub(crate) fn text(&self) -> Result<&'d str, Fault> {
        let text = self.value.as_str().filter(|text| !text.is_empty());
        text.ok_or_else(|| self.expected("a text"))
    }

    pub(crate) fn flag(&self) -> Result<bool, Fault> {
        self.value.as_bool().ok_or_else(|| self.expected("true or false"))
    }

    /// The text of a member, if it is there.
    pub(crate) fn text_of(&self, key: &str) -> Result<Option<&'d str>, Fault> {
        self.get(key).map(|node| node.text()).transpose()
    }

    /// Whether a member is true; false if it is absent.
    pub(crate) fn flag_of(&self, key: &str) -> Result<bool, Fault> {
        self.get(key).map_or(Ok(false), |node| node.flag())
    }

    /// What the node refers to if it is a reference object, else the node itself.
    pub(crate) fn resolved(&self) -> Result<Node<'d>, Fault> {
        let mut node = self.clone();
        for _ in 0..REFERENCES_MAX {
            let Some(reference) = node.reference() else { return Ok(node) };
            node = node.follow(reference)?;
        }
        let reference = self.reference().unwrap_or_default().to_owned();
        Err(self.fault(Problem::CircularReference(reference)))
    }

    /// The text of `$ref`, if the node is a reference object.
    pub(crate) fn reference(&self) -> Option<&'d str> {
        self.value.get("$ref")?.as_str()
    }

    /// What a reference leads to.
    pub(crate) fn follow(&self, reference: &str) -> Result<Node<'d>, Fault> {
        let external = || self.fault(Problem::ExternalReference(reference.to_owned()));
        let fragment = reference.strip_prefix('#').ok_or_else(external)?;
        let pointer = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy().into_owned();
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return Err(external());
        }
        let unknown = || self.fault(Problem::UnknownReference(reference.to_owned()));
        let value = self.root.pointer(&pointer).ok_or_else(unknown)?;
        Ok(Node { root: self.root, value, pointer })
    }

    pub(crate) fn expected(&self, what: &'static str) -> Fault {
        self.fault(Problem::Expected(what))
    }

    pub(crate) fn fault(&self, problem: Problem) -> Fault {
        Fault { line: None, pointer: self.pointer.clone(), problem }
    }

    fn child(&self, key: &str, value: &'d Value) -> Node<'d> {
        let mut pointer = String::with_capacity(self.pointer.len() + 1 + key.len());
        pointer.push_str(&self.pointer);
        push_key(&mut pointer, key);
        Node { root: self.root, value, pointer }
    }
}

/// Adds a key to a JSON pointer (RFC 6901, section 3).
pub(super) fn push_key(pointer: &mut String, key: &str) {
    pointer.push('/');
    for character in key.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            plain => pointer.push(plain),
        }
    }
}
