//! YAML 1.2 to the tree, with CloudFormation's short forms of its functions: `!Ref name` is `{Ref: name}`.

use super::{DEPTH_MAX, Member, Node, Tree, add, plain};
use crate::fault::{Fault, Mark, Problem};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput, Tag};
use std::borrow::Cow;

pub(super) fn load(text: &str) -> Result<Node, Fault> {
    Loader { parser: Parser::new_from_str(text), mark: Mark::START }.document()
}

struct Loader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    /// Where the last event began.
    mark: Mark,
}

impl<'t> Loader<'t> {
    /// The one document of the text.
    fn document(&mut self) -> Result<Node, Fault> {
        let mut root = None;
        loop {
            match self.next()? {
                Event::StreamEnd => {
                    return root.ok_or_else(|| Mark::START.fault(Problem::Expected("a template")));
                }
                Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd => {}
                event if root.is_none() => root = Some(self.node(event, 0)?),
                _ => return Err(self.mark.fault(Problem::Expected("one document"))),
            }
        }
    }

    fn next(&mut self) -> Result<Event<'t>, Fault> {
        let Some(event) = self.parser.next() else { return Ok(Event::StreamEnd) };
        let (event, span) = event.map_err(|cause| {
            mark(cause.marker()).fault(Problem::Syntax(format!("not YAML: {}", cause.info())))
        })?;
        self.mark = mark(&span.start);
        Ok(event)
    }

    fn node(&mut self, event: Event<'t>, depth: usize) -> Result<Node, Fault> {
        let mark = self.mark;
        if depth > DEPTH_MAX {
            return Err(mark.fault(Problem::TooDeep));
        }
        let (tree, tag) = match event {
            Event::Scalar(text, style, _, tag) => (scalar(text, style, tag.as_deref()), tag),
            Event::SequenceStart(_, tag) => (Tree::List(self.list(depth)?), tag),
            Event::MappingStart(_, tag) => (Tree::Map(self.map(depth)?), tag),
            Event::Alias(_) => return Err(mark.fault(Problem::Alias)),
            _ => return Err(mark.fault(Problem::Expected("a value"))),
        };
        let node = Node::new(mark, tree);
        Ok(match tag.as_deref().and_then(function) {
            Some(function) => called(function, node),
            None => node,
        })
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node>, Fault> {
        let mut elements = Vec::new();
        loop {
            match self.next()? {
                Event::SequenceEnd => return Ok(elements),
                event => elements.push(self.node(event, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Vec<Member>, Fault> {
        let mut members = Vec::new();
        loop {
            let (key, style) = match self.next()? {
                Event::MappingEnd => return Ok(members),
                Event::Scalar(key, style, ..) => (key.into_owned(), style),
                _ => return Err(self.mark.fault(Problem::Expected("a text as key"))),
            };
            let mark = self.mark;
            if key == "<<" && style == ScalarStyle::Plain {
                return Err(mark.fault(Problem::Alias));
            }
            let event = self.next()?;
            add(&mut members, Member { mark, key, value: self.node(event, depth + 1)? })?;
        }
    }
}

fn mark(marker: &Marker) -> Mark {
    Mark { line: marker.line(), column: marker.col() + 1 }
}

fn scalar(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>) -> Tree {
    let is_text = style != ScalarStyle::Plain || tag.is_some_and(|tag| !is_core(tag) || tag.suffix == "str");
    if is_text { Tree::Text(text.into_owned()) } else { plain(&text) }
}

/// Whether a tag is one of YAML's own, such as `!!str`.
fn is_core(tag: &Tag) -> bool {
    tag.handle != "!"
}

/// The function that a tag is short for.
fn function(tag: &Tag) -> Option<String> {
    match tag.suffix.as_str() {
        _ if is_core(tag) => None,
        plain @ ("Ref" | "Condition") => Some(plain.to_owned()),
        name => Some(format!("Fn::{name}")),
    }
}

/// The map that a tagged value is short for.
fn called(function: String, argument: Node) -> Node {
    let mark = argument.mark;
    let value = match &argument.tree {
        Tree::Text(text) if function == "Fn::GetAtt" => attribute(mark, text),
        _ => argument,
    };
    Node::new(mark, Tree::Map(vec![Member { mark, key: function, value }]))
}

/// `Resource.Attribute`.
fn attribute(mark: Mark, text: &str) -> Node {
    let parts = text.splitn(2, '.').map(|part| Node::new(mark, Tree::Text(part.to_owned())));
    Node::new(mark, Tree::List(parts.collect()))
}
