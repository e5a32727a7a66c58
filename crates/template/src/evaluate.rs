//! What the functions in a value come to.

mod choice;
mod substitute;
mod texts;

pub(crate) use substitute::names;

use crate::document::{Member, Node, Tree};
use crate::fault::{Fault, Problem};
use crate::scope::Scope;

/// The functions that are known where values stand.
const FUNCTIONS: &str = "Ref, Fn::GetAtt, Fn::Sub, Fn::Join, Fn::Split, Fn::Select, Fn::If and Fn::FindInMap";

/// The value with all its functions done. What `AWS::NoValue` takes away is not in it, but for the value itself.
pub(crate) fn evaluate(node: &Node, scope: &Scope<'_>) -> Result<Node, Fault> {
    let tree = match &node.tree {
        Tree::List(elements) => {
            let elements = elements.iter().map(|element| evaluate(element, scope));
            let is_there = |element: &Result<Node, Fault>| !is_no_value(element.as_ref().ok());
            Tree::List(elements.filter(is_there).collect::<Result<_, _>>()?)
        }
        Tree::Map(members) => match function(members)? {
            Some(function) => call(function, scope)?,
            None => Tree::Map(evaluate_members(members, scope)?),
        },
        scalar => scalar.clone(),
    };
    Ok(Node::new(node.mark, tree))
}

/// The members of a map with all their functions done.
pub(crate) fn evaluate_members(members: &[Member], scope: &Scope<'_>) -> Result<Vec<Member>, Fault> {
    let mut evaluated = Vec::with_capacity(members.len());
    for Member { mark, key, value } in members {
        let value = evaluate(value, scope)?;
        if !is_no_value(Some(&value)) {
            evaluated.push(Member { mark: *mark, key: key.clone(), value });
        }
    }
    Ok(evaluated)
}

fn is_no_value(node: Option<&Node>) -> bool {
    node.is_some_and(|node| node.tree == Tree::NoValue)
}

/// The function that a map is, if it is one.
pub(crate) fn function(members: &[Member]) -> Result<Option<&Member>, Fault> {
    let is_function = |member: &&Member| member.key == "Ref" || member.key.starts_with("Fn::");
    match (members.iter().find(is_function), members.len()) {
        (Some(function), 1) => Ok(Some(function)),
        (Some(function), _) if function.key != "Ref" => {
            Err(function.mark.fault(Problem::Expected("a function alone in its map")))
        }
        // A map may have a key of that name.
        _ => Ok(None),
    }
}

fn call(function: &Member, scope: &Scope<'_>) -> Result<Tree, Fault> {
    let argument = &function.value;
    match function.key.as_str() {
        "Ref" => scope.reference(argument.text()?, argument.mark),
        "Fn::GetAtt" => attribute(argument, scope),
        "Fn::Sub" => substitute::substitute(argument, scope),
        "Fn::Join" => texts::join(argument, scope),
        "Fn::Split" => texts::split(argument, scope),
        "Fn::Select" => choice::select(argument, scope),
        "Fn::If" => choice::either(argument, scope),
        "Fn::FindInMap" => choice::find_in_map(argument, scope),
        unknown => Err(function
            .mark
            .fault(Problem::Unsupported(format!("the function {unknown} here; {FUNCTIONS} it does")))),
    }
}

fn attribute(argument: &Node, scope: &Scope<'_>) -> Result<Tree, Fault> {
    let (resource, attribute) = match &argument.tree {
        Tree::Text(text) => text.split_once('.').ok_or_else(|| argument.expected("RESOURCE.ATTRIBUTE"))?,
        Tree::List(_) => {
            let [resource, attribute] = arguments(argument, "a list of a resource and an attribute")?;
            (resource.text()?, attribute.text()?)
        }
        _ => return Err(argument.expected("RESOURCE.ATTRIBUTE")),
    };
    scope.attribute(resource, attribute, argument.mark)
}

/// The arguments of a function that takes so many.
pub(crate) fn arguments<'n, const N: usize>(
    argument: &'n Node,
    what: &'static str,
) -> Result<&'n [Node; N], Fault> {
    argument.list()?.try_into().map_err(|_| argument.expected(what))
}

/// A text, and whether it hangs on what is not made yet.
struct Spelled {
    text: String,
    pending: bool,
}

impl Spelled {
    fn of(node: &Node) -> Result<Spelled, Fault> {
        Ok(Spelled { text: node.scalar()?, pending: matches!(node.tree, Tree::Pending(_)) })
    }

    fn evaluated(node: &Node, scope: &Scope<'_>) -> Result<Spelled, Fault> {
        Spelled::of(&evaluate(node, scope)?)
    }

    fn push(&mut self, more: &Spelled) {
        self.text.push_str(&more.text);
        self.pending |= more.pending;
    }

    fn tree(self) -> Tree {
        if self.pending { Tree::Pending(self.text) } else { Tree::Text(self.text) }
    }
}

#[cfg(test)]
mod tests;
