//! `Fn::Sub`.

use super::{Spelled, arguments, evaluate};
use crate::document::{Member, Node, Tree, member};
use crate::fault::Fault;
use crate::scope::Scope;

/// A part of a text with variables.
#[derive(Debug, PartialEq, Eq)]
enum Part<'t> {
    Literal(&'t str),
    /// The name between `${` and `}`.
    Variable(&'t str),
}

pub(super) fn substitute(argument: &Node, scope: &Scope<'_>) -> Result<Tree, Fault> {
    let (text, own) = text_and_own(argument)?;
    let mut whole = Spelled { text: String::new(), pending: false };
    for part in parts(text)? {
        match part {
            Part::Literal(literal) => whole.text.push_str(literal),
            Part::Variable(name) => whole.push(&variable(name, own, text, scope)?),
        }
    }
    Ok(whole.tree())
}

/// The text, and the variables that it brings along.
fn text_and_own(argument: &Node) -> Result<(&Node, &[Member]), Fault> {
    match &argument.tree {
        Tree::List(_) => {
            let [text, own] = arguments(argument, "a text and a map of variables")?;
            Ok((text, own.map()?))
        }
        _ => Ok((argument, &[])),
    }
}

fn variable(name: &str, own: &[Member], at: &Node, scope: &Scope<'_>) -> Result<Spelled, Fault> {
    if let Some(own) = member(own, name) {
        return Spelled::of(&evaluate(&own.value, scope)?);
    }
    let tree = match name.split_once('.') {
        Some((resource, attribute)) => scope.attribute(resource, attribute, at.mark)?,
        None => scope.reference(name, at.mark)?,
    };
    Spelled::of(&Node::new(at.mark, tree))
}

/// The resources and parameters that a text with variables names.
pub(crate) fn names(argument: &Node) -> Result<Vec<&str>, Fault> {
    let (text, own) = text_and_own(argument)?;
    let name = |part| match part {
        Part::Variable(name) if member(own, name).is_none() => Some(name.split('.').next().unwrap_or(name)),
        _ => None,
    };
    Ok(parts(text)?.into_iter().filter_map(name).collect())
}

fn parts(node: &Node) -> Result<Vec<Part<'_>>, Fault> {
    let mut rest = node.text()?;
    let mut parts = Vec::new();
    while let Some(start) = rest.find("${") {
        let end = rest[start..].find('}').ok_or_else(|| node.expected("} after ${"))?;
        let (literal, name) = (&rest[..start], &rest[start + 2..start + end]);
        parts.push(Part::Literal(literal));
        match name.strip_prefix('!') {
            // `${!x}` stands for `${x}` as it is.
            Some(_) => parts.extend([Part::Literal("${"), Part::Literal(&name[1..]), Part::Literal("}")]),
            None => parts.push(Part::Variable(name.trim())),
        }
        rest = &rest[start + end + 1..];
    }
    parts.push(Part::Literal(rest));
    Ok(parts)
}
