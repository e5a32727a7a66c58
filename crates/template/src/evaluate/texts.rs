//! `Fn::Join` and `Fn::Split`.

use super::{Spelled, arguments, evaluate};
use crate::document::{Node, Tree};
use crate::fault::Fault;
use crate::scope::Scope;

pub(super) fn join(argument: &Node, scope: &Scope<'_>) -> Result<Tree, Fault> {
    let [delimiter, list] = arguments(argument, "a delimiter and a list")?;
    let delimiter = Spelled::evaluated(delimiter, scope)?;
    let mut joined = Spelled { text: String::new(), pending: false };
    for (index, element) in evaluate(list, scope)?.list()?.iter().enumerate() {
        if index > 0 {
            joined.push(&delimiter);
        }
        joined.push(&Spelled::of(element)?);
    }
    Ok(joined.tree())
}

pub(super) fn split(argument: &Node, scope: &Scope<'_>) -> Result<Tree, Fault> {
    let [delimiter, text] = arguments(argument, "a delimiter and a text")?;
    let delimiter = Spelled::evaluated(delimiter, scope)?.text;
    if delimiter.is_empty() {
        return Err(argument.expected("a delimiter"));
    }
    let source = Spelled::evaluated(text, scope)?;
    if source.pending {
        // How many parts there will be is not known either.
        return Ok(Tree::List(vec![Node::new(text.mark, source.tree())]));
    }
    let part = |part: &str| Node::new(text.mark, Tree::Text(part.to_owned()));
    Ok(Tree::List(source.text.split(delimiter.as_str()).map(part).collect()))
}
