//! What has to be done so that what is there becomes what should be there.

use crate::fault::{Fault, Problem};
use crate::kind::Kind;
use crate::present::Present;
use crate::properties::{Change, Properties, changes};
use crate::settled::Wanted;
use crate::stack::{Owned, Stacks};
use serde_json::Value;

/// What is done about a resource that should be there.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// It is as it should be.
    Keep,
    /// It is as it should be, and belonged to no stack.
    Adopt,
    /// It is made.
    Create(Vec<Change>),
    /// It gets other properties. If `is_adopted`, it belonged to no stack.
    Update {
        /// Where it is.
        arn: String,
        /// What changes.
        changes: Vec<Change>,
        /// Whether it belonged to no stack.
        is_adopted: bool,
    },
    /// Another is made, and then this one deleted, unless the template retains it.
    Replace {
        /// The name of the one that goes.
        old: String,
        /// What changes.
        changes: Vec<Change>,
    },
}

/// Decides about one resource. `at_id` is what is there under its name, `former` what earlier runs made for it under
/// other names and is still there.
pub fn decide(
    wanted: &Wanted,
    at_id: Option<&Present>,
    former: &[&Present],
    stacks: &Stacks,
) -> Result<Action, Fault> {
    if let Some(present) = at_id {
        return settle(wanted, present, stacks);
    }
    let Some(old) = former.first() else {
        return Ok(Action::Create(changes(wanted.kind, &Properties::new(), &wanted.properties)));
    };
    let changes = changes(wanted.kind, &old.properties, &wanted.properties);
    if wanted.kind.is_renamable() && fixed(wanted.kind, &changes).is_none() {
        return update(wanted, old, changes, false);
    }
    Ok(Action::Replace { old: old.id.clone(), changes })
}

/// Decides about one that is there under the right name.
fn settle(wanted: &Wanted, present: &Present, stacks: &Stacks) -> Result<Action, Fault> {
    if let Some(stack) = stacks.other_owner(present.kind, &present.id) {
        let problem = Problem::OtherStack { id: present.id.clone(), stack: stack.to_owned() };
        return Err(wanted.mark.fault(problem));
    }
    let is_adopted = !stacks.owns(present.kind, &present.id);
    let changes = changes(wanted.kind, &present.properties, &wanted.properties);
    if let Some(property) = fixed(wanted.kind, &changes) {
        let property = property.to_owned();
        return Err(wanted.mark.fault(Problem::NamedReplacement { property, id: present.id.clone() }));
    }
    match (changes.is_empty(), is_adopted) {
        (true, true) => Ok(Action::Adopt),
        (true, false) => Ok(Action::Keep),
        (false, _) => update(wanted, present, changes, is_adopted),
    }
}

fn update(
    wanted: &Wanted,
    present: &Present,
    changes: Vec<Change>,
    is_adopted: bool,
) -> Result<Action, Fault> {
    let stays = |change: &&Change| change.property == "KmsKeyId" && change.wanted.is_null();
    if wanted.kind == Kind::EventDataStore
        && let Some(change) = changes.iter().find(stays)
    {
        return Err(wanted.mark.fault(Problem::Stays(change.property)));
    }
    Ok(Action::Update { arn: present.arn.clone(), changes, is_adopted })
}

/// The property that only a new resource can have otherwise, if it is to change.
fn fixed(kind: Kind, changes: &[Change]) -> Option<&'static str> {
    let fixed = |change: &&Change| kind.fixed_properties().contains(&change.property);
    changes.iter().find(fixed).map(|change| change.property)
}

/// What a stack has and its template has not: what of it is deleted, the newest first, and what stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leftovers {
    /// Deleted.
    pub deleted: Vec<Owned>,
    /// Retained: the stack lets go of them.
    pub retained: Vec<Owned>,
}

/// Decides about what is in the stack's record and not among `kept`. `replaced` names those whose place another takes,
/// with whether the template retains them.
pub fn leftovers(stacks: &Stacks, kept: &[(Kind, String)], replaced: &[(Kind, String, bool)]) -> Leftovers {
    let mut leftovers = Leftovers::default();
    for owned in stacks.own().iter().rev() {
        if kept.iter().any(|(kind, id)| *kind == owned.kind && *id == owned.id) {
            continue;
        }
        let replaced = replaced.iter().find(|(kind, id, _)| *kind == owned.kind && *id == owned.id);
        match replaced.map_or(owned.retain, |(_, _, retain)| *retain) {
            true => leftovers.retained.push(owned.clone()),
            false => leftovers.deleted.push(owned.clone()),
        }
    }
    leftovers
}

/// Refuses to plan what the API would refuse when half is done.
pub fn refuse_protected(wanted: Option<&Wanted>, present: &Present) -> Result<(), Fault> {
    let mark = wanted.map_or(crate::fault::Mark::START, |wanted| wanted.mark);
    match present.is_protected() {
        true => Err(mark.fault(Problem::Protected(present.id.clone()))),
        false => Ok(()),
    }
}

/// The value of a property as people read it.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => "default".to_owned(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests;
