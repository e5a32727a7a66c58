//! The order in which resources are made: what is referred to comes first.

use crate::document::{Member, Node, Tree};
use crate::evaluate::names;
use crate::fault::{Fault, Problem};
use crate::template::{Resource, Template};
use std::collections::BTreeSet;

/// The indices of the resources that `is_made` lets through, each behind those that it needs, else as they stand.
pub(crate) fn order(template: &Template, is_made: impl Fn(&Resource) -> bool) -> Result<Vec<usize>, Fault> {
    let mut waiting: Vec<Waiting> = Vec::new();
    for (index, resource) in template.resources.iter().enumerate().filter(|(_, r)| is_made(r)) {
        waiting.push((index, needs(template, resource)?));
    }
    let mut ordered: Vec<usize> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_waited_for =
            |name: &String| waiting.iter().any(|(index, _)| template.resources[*index].logical_id == *name);
        let ready = waiting.iter().position(|(_, needs)| !needs.iter().any(is_waited_for));
        let Some(ready) = ready else { return Err(cycle(template, waiting)) };
        ordered.push(waiting.remove(ready).0);
    }
    Ok(ordered)
}

type Waiting = (usize, BTreeSet<String>);

fn cycle(template: &Template, mut waiting: Vec<Waiting>) -> Fault {
    let resource = |(index, _): &Waiting| &template.resources[*index];
    // What only waits for the circle and is waited for by nobody is no part of it.
    while let Some(end) = waiting
        .iter()
        .position(|entry| !waiting.iter().any(|(_, needs)| needs.contains(&resource(entry).logical_id)))
    {
        waiting.remove(end);
    }
    let names: Vec<&str> = waiting.iter().map(|entry| resource(entry).logical_id.as_str()).collect();
    resource(&waiting[0]).mark.fault(Problem::Cycle(names.join(", ")))
}

/// The resources that one needs: by DependsOn, or because it refers to them in whatever branch.
fn needs(template: &Template, resource: &Resource) -> Result<BTreeSet<String>, Fault> {
    let mut found = BTreeSet::new();
    for (name, mark) in &resource.depends_on {
        if template.resource(name).is_none() {
            return Err(mark.fault(Problem::UnknownReference(name.clone())));
        }
        found.insert(name.clone());
    }
    collect_members(&resource.properties, &mut found)?;
    found.retain(|name| template.resource(name).is_some());
    Ok(found)
}

fn collect(node: &Node, found: &mut BTreeSet<String>) -> Result<(), Fault> {
    match &node.tree {
        Tree::List(elements) => elements.iter().try_for_each(|element| collect(element, found)),
        Tree::Map(members) => collect_members(members, found),
        _ => Ok(()),
    }
}

fn collect_members(members: &[Member], found: &mut BTreeSet<String>) -> Result<(), Fault> {
    for Member { key, value, .. } in members {
        match (key.as_str(), &value.tree) {
            ("Ref", Tree::Text(name)) => drop(found.insert(name.clone())),
            ("Fn::GetAtt", Tree::Text(text)) => {
                found.extend(text.split('.').next().map(str::to_owned));
            }
            ("Fn::GetAtt", Tree::List(parts)) => {
                found.extend(parts.first().and_then(|part| part.text().ok()).map(str::to_owned));
            }
            ("Fn::Sub", _) => {
                found.extend(names(value)?.into_iter().map(str::to_owned));
                collect(value, found)?;
            }
            _ => collect(value, found)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
