//! Names of columns: paths into structs, and what the columns of a result are called.

use super::NUMBERED;
use datafusion::sql::sqlparser::ast::{AccessExpr, Expr, Ident, SelectItem, Value};
use std::collections::HashSet;

/// A path of names as a column and the members in it, if it has any. `is_table` tells whether its first name can
/// be a table's.
pub(super) fn split(names: &[Ident], is_table: impl Fn(&str) -> bool) -> Option<Expr> {
    let column = if names.len() > 1 && is_table(&names[0].value) { 2 } else { 1 };
    (names.len() > column).then(|| access(names, column, Vec::new()))
}

/// Makes the names in front of an access that the parser took apart a path as above, and those behind it members.
pub(super) fn settle_access(expr: &mut Expr, is_table: impl Fn(&str) -> bool) {
    let Expr::CompoundFieldAccess { root, access_chain } = expr else { return };
    let mut chain = std::mem::take(access_chain);
    let mut names = match root.as_ref() {
        Expr::Identifier(name) => vec![name.clone()],
        Expr::CompoundIdentifier(names) => names.clone(),
        _ => Vec::new(),
    };
    if names.is_empty() {
        *access_chain = chain.into_iter().map(settled).collect();
        return;
    }
    let is_name = |access: &AccessExpr| matches!(access, AccessExpr::Dot(Expr::Identifier(_)));
    let leading = chain.iter().position(|access| !is_name(access)).unwrap_or(chain.len());
    names.extend(chain.drain(..leading).filter_map(|access| match access {
        AccessExpr::Dot(Expr::Identifier(name)) => Some(name),
        _ => None,
    }));
    let column = if names.len() > 1 && is_table(&names[0].value) { 2 } else { 1 };
    *expr = access(&names, column, chain);
}

/// The first `column` names as a column, the others and `chain` as what is accessed in it.
fn access(names: &[Ident], column: usize, chain: Vec<AccessExpr>) -> Expr {
    let root = match &names[..column] {
        [name] => Expr::Identifier(name.clone()),
        names => Expr::CompoundIdentifier(names.to_vec()),
    };
    let members = names[column..].iter().cloned().map(|name| AccessExpr::Dot(Expr::Identifier(name)));
    let chain = members.chain(chain).map(settled).collect();
    Expr::CompoundFieldAccess { root: Box::new(root), access_chain: chain }
}

/// The planner takes a member's name as a string, and not as a column's name.
fn settled(access: AccessExpr) -> AccessExpr {
    match access {
        AccessExpr::Dot(Expr::Identifier(name)) => {
            let text = Value::SingleQuotedString(name.value).with_span(name.span);
            AccessExpr::Dot(Expr::Value(text))
        }
        access => access,
    }
}

/// Gives every column of a SELECT a name: the last one of a path, or `_col` and a number; and a number behind names
/// that come twice, which the planner refuses.
pub(super) fn name_all(items: &mut [SelectItem]) {
    let everything =
        |item: &SelectItem| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..));
    let has_wildcard = items.iter().any(everything);
    let mut taken = HashSet::new();
    for item in items.iter() {
        if let SelectItem::ExprWithAlias { alias, .. } = item {
            taken.insert(alias.value.clone());
        }
    }
    let mut given = HashSet::new();
    for (index, item) in items.iter_mut().enumerate() {
        name_item(item, index, has_wildcard, &taken, &mut given);
    }
}

fn name_item(
    item: &mut SelectItem,
    index: usize,
    has_wildcard: bool,
    taken: &HashSet<String>,
    given: &mut HashSet<String>,
) {
    match item {
        SelectItem::UnnamedExpr(expr) => {
            let (mut name, is_column) = name(expr, index);
            let is_free = !taken.contains(&name.value) && given.insert(name.value.clone());
            if is_free && is_column && !has_wildcard {
                return;
            }
            if !is_free || is_column {
                name.value = format!("{}{NUMBERED}{index}", name.value);
            }
            let expr = std::mem::replace(expr, Expr::Identifier(name.clone()));
            *item = SelectItem::ExprWithAlias { expr, alias: name };
        }
        SelectItem::ExprWithAlias { alias, .. } if !given.insert(alias.value.clone()) => {
            alias.value = format!("{}{NUMBERED}{index}", alias.value);
        }
        _ => {}
    }
}

/// What an expression is called, and whether it is a column.
fn name(expr: &Expr, index: usize) -> (Ident, bool) {
    match expr {
        Expr::Identifier(name) => (name.clone(), true),
        Expr::CompoundIdentifier(names) => match names.last() {
            Some(name) => (name.clone(), true),
            None => (unnamed(index), false),
        },
        Expr::CompoundFieldAccess { access_chain, .. } => match access_chain.last() {
            Some(AccessExpr::Dot(Expr::Value(value))) => match &value.value {
                Value::SingleQuotedString(text) => (Ident::with_span(value.span, text.clone()), false),
                _ => (unnamed(index), false),
            },
            _ => (unnamed(index), false),
        },
        _ => (unnamed(index), false),
    }
}

fn unnamed(index: usize) -> Ident {
    Ident::new(format!("_col{index}"))
}
