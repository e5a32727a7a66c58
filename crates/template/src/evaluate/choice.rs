//! `Fn::Select`, `Fn::If` and `Fn::FindInMap`.

use super::{Spelled, arguments, evaluate};
use crate::document::{Member, Node, Tree, member};
use crate::fault::{Fault, Problem};
use crate::scope::Scope;

pub(super) fn select(argument: &Node, scope: &Scope<'_>) -> Result<Tree, Fault> {
    let [index, list] = arguments(argument, "an index and a list")?;
    let text = Spelled::evaluated(index, scope)?.text;
    let index: usize = text.parse().map_err(|_| index.expected("an index from 0"))?;
    let evaluated = evaluate(list, scope)?;
    let elements = evaluated.list()?;
    // What is not made yet may have more parts than the one that stands for it.
    let pending = elements.iter().find(|element| matches!(element.tree, Tree::Pending(_)));
    let length = elements.len();
    let chosen = elements.get(index).or(pending);
    let chosen = chosen.ok_or_else(|| argument.fault(Problem::NoElement { index, length }))?;
    Ok(chosen.tree.clone())
}

pub(super) fn either(argument: &Node, scope: &Scope<'_>) -> Result<Tree, Fault> {
    let [condition, then, otherwise] = arguments(argument, "a condition and two values")?;
    let holds = scope.condition(condition.text()?, condition.mark)?;
    Ok(evaluate(if holds { then } else { otherwise }, scope)?.tree)
}

pub(super) fn find_in_map(argument: &Node, scope: &Scope<'_>) -> Result<Tree, Fault> {
    let [mapping, first, second] = arguments(argument, "the names of a mapping and two keys")?;
    let key = |node| Ok(Spelled::evaluated(node, scope)?.text);
    let (mapping, first, second) = (key(mapping)?, key(first)?, key(second)?);
    let below = |found: &'_ Member, key: &str| member(found.value.map().ok()?, key).cloned();
    let found = member(&scope.template.mappings, &mapping);
    let found = found.and_then(|mapping| below(mapping, &first)).and_then(|keys| below(&keys, &second));
    let unknown = || argument.fault(Problem::UnknownMapping(format!("{mapping}.{first}.{second}")));
    Ok(found.ok_or_else(unknown)?.value.tree)
}
