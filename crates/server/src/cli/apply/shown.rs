//! A plan as people read it.

use super::plan::{Plan, Step};
use cairn_template::{Action, Change, Environment, Wanted, shown};
use std::fmt::Write;

/// Everything that is to be done, and at the end how much.
pub(super) fn plan(plan: &Plan, environment: &Environment) -> String {
    let Environment { account, region, stack } = environment;
    let mut out = format!("Stack {stack} in account {account}, region {region}\n\n");
    plan.steps.iter().for_each(|one| step(&mut out, one));
    for gone in &plan.deleted {
        line(&mut out, "delete", &gone.owned.logical_id, gone.owned.kind.type_name(), &gone.owned.id);
    }
    for owned in &plan.retained {
        line(&mut out, "retain", &owned.logical_id, owned.kind.type_name(), &owned.id);
    }
    out.push('\n');
    out.push_str(&summary(plan));
    out
}

fn step(out: &mut String, step: &Step) {
    let Wanted { logical_id, kind, id, .. } = &step.wanted;
    let id = id.as_deref().unwrap_or("(known when it is made)");
    let (verb, changes, was_there) = match &step.action {
        Action::Keep => ("keep", &[] as &[Change], true),
        Action::Adopt => ("adopt", &[] as &[Change], true),
        Action::Create(changes) => ("create", changes.as_slice(), false),
        Action::Update { changes, is_adopted: false, .. } => ("update", changes.as_slice(), true),
        Action::Update { changes, is_adopted: true, .. } => ("adopt", changes.as_slice(), true),
        Action::Replace { changes, .. } => ("replace", changes.as_slice(), true),
    };
    line(out, verb, logical_id, kind.type_name(), id);
    for Change { property, present, wanted } in changes {
        let _ = match was_there {
            true => writeln!(out, "             {property}: {} -> {}", shown(present), shown(wanted)),
            false => writeln!(out, "             {property}: {}", shown(wanted)),
        };
    }
}

fn line(out: &mut String, verb: &str, logical_id: &str, type_name: &str, id: &str) {
    let _ = writeln!(out, "  {verb:<8} {logical_id} ({type_name}) {id}");
}

fn summary(plan: &Plan) -> String {
    let count = |wanted: fn(&Action) -> bool| plan.steps.iter().filter(|step| wanted(&step.action)).count();
    format!(
        "{} to create, {} to update, {} to replace, {} to delete, {} unchanged\n",
        count(|action| matches!(action, Action::Create(_))),
        count(|action| matches!(action, Action::Update { .. })),
        count(|action| matches!(action, Action::Replace { .. })),
        plan.deleted.iter().filter(|gone| !plan.is_replaced(gone)).count(),
        count(|action| matches!(action, Action::Keep | Action::Adopt)),
    )
}

/// The template's outputs; nothing if it has none.
pub(super) fn outputs(outputs: &[(String, String)]) -> String {
    if outputs.is_empty() {
        return String::new();
    }
    let lines = outputs.iter().map(|(name, value)| format!("  {name} = {value}\n"));
    format!("\nOutputs\n\n{}", lines.collect::<String>())
}
