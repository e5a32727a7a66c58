//! What is to be done, found by asking what is there.

use super::super::Failure;
use super::super::cloudtrail::CloudTrail;
use cairn_template::{
    Action, Attributes, Fault, Kind, Known, Owned, Present, Problem, Settled, Stacks, Wanted, decide,
    leftovers, refuse_protected,
};

/// What is to be done.
pub(super) struct Plan {
    /// About what the template has, in the order in which it is done.
    pub(super) steps: Vec<Step>,
    /// What is deleted after that: what the template has no more, and what was replaced.
    pub(super) deleted: Vec<Gone>,
    /// What the stack lets go of.
    pub(super) retained: Vec<Owned>,
}

/// One resource of the template.
pub(super) struct Step {
    pub(super) wanted: Wanted,
    pub(super) action: Action,
}

/// One that is deleted.
pub(super) struct Gone {
    pub(super) owned: Owned,
    pub(super) present: Present,
}

impl Plan {
    /// Whether anything is not as the template has it.
    pub(super) fn is_drift(&self) -> bool {
        let is_drift = |step: &Step| !matches!(step.action, Action::Keep | Action::Adopt);
        self.steps.iter().any(is_drift) || !self.deleted.is_empty()
    }

    /// Whether anything is to be done at all, taking into the stack or letting go included.
    pub(super) fn is_something(&self) -> bool {
        let is_adopted = |step: &Step| step.action == Action::Adopt;
        self.is_drift() || self.steps.iter().any(is_adopted) || !self.retained.is_empty()
    }

    /// Whether one that is deleted makes place for another.
    pub(super) fn is_replaced(&self, gone: &Gone) -> bool {
        let is_old = |step: &Step| match &step.action {
            Action::Replace { old, .. } => step.wanted.kind == gone.owned.kind && *old == gone.owned.id,
            _ => false,
        };
        self.steps.iter().any(is_old)
    }

    /// The former names of resources that go on under new ones.
    fn renamed(&self, stacks: &Stacks) -> Vec<(Kind, String)> {
        let renamed = |step: &Step| match &step.action {
            Action::Update { .. } => {
                let Wanted { logical_id, kind, id, .. } = &step.wanted;
                let former = stacks.former(logical_id, *kind, id.as_deref());
                former.into_iter().map(|owned| (owned.kind, owned.id.clone())).collect()
            }
            _ => Vec::new(),
        };
        self.steps.iter().filter(|step| step.is_renamed()).flat_map(renamed).collect()
    }
}

impl Step {
    fn is_renamed(&self) -> bool {
        match &self.action {
            Action::Update { changes, .. } => changes.iter().any(|change| change.property == "Name"),
            _ => false,
        }
    }
}

/// Plans resource by resource. `place` says where a fault is.
pub(super) async fn plan(
    api: &CloudTrail,
    settled: &Settled<'_>,
    stacks: &Stacks,
    place: &impl Fn(Fault) -> Failure,
) -> Result<Plan, Failure> {
    let mut plan = Plan { steps: Vec::new(), deleted: Vec::new(), retained: Vec::new() };
    let mut known = Known::new();
    let mut replaced = Vec::new();
    for at in 0..settled.count() {
        let wanted = settled.wanted(at, &known).map_err(place)?;
        refuse_twice(&plan.steps, &wanted).map_err(place)?;
        let (action, present) = step(api, &wanted, stacks, place).await?;
        if let Action::Replace { old, .. } = &action {
            replaced.push((wanted.kind, old.clone(), wanted.retain_replaced));
        }
        let attributes = present.map_or(Attributes::Pending, |present| present.attributes);
        known.insert(wanted.logical_id.clone(), attributes);
        plan.steps.push(Step { wanted, action });
    }
    let mut kept: Vec<(Kind, String)> = plan.steps.iter().filter_map(named).collect();
    kept.extend(plan.renamed(stacks));
    let left = leftovers(stacks, &kept, &replaced);
    plan.retained = left.retained;
    for owned in left.deleted {
        let Some(present) = api.read(owned.kind, &owned.id).await? else { continue };
        refuse_protected(wanted_of(&plan.steps, &owned), &present).map_err(place)?;
        plan.deleted.push(Gone { owned, present });
    }
    Ok(plan)
}

/// What is done about one resource, and what of it is there and stays.
async fn step(
    api: &CloudTrail,
    wanted: &Wanted,
    stacks: &Stacks,
    place: &impl Fn(Fault) -> Failure,
) -> Result<(Action, Option<Present>), Failure> {
    let at_id = match &wanted.id {
        Some(id) => api.read(wanted.kind, id).await?,
        None => None,
    };
    let mut former = Vec::new();
    if at_id.is_none() {
        for owned in stacks.former(&wanted.logical_id, wanted.kind, wanted.id.as_deref()) {
            former.extend(api.read(owned.kind, &owned.id).await?);
        }
    }
    let action = decide(wanted, at_id.as_ref(), &former.iter().collect::<Vec<_>>(), stacks).map_err(place)?;
    let stays = !matches!(action, Action::Create(_) | Action::Replace { .. });
    Ok((action, at_id.or_else(|| former.into_iter().next()).filter(|_| stays)))
}

fn refuse_twice(steps: &[Step], wanted: &Wanted) -> Result<(), Fault> {
    let is_same =
        |step: &&Step| wanted.id.is_some() && step.wanted.kind == wanted.kind && step.wanted.id == wanted.id;
    match steps.iter().find(is_same) {
        Some(step) => {
            let names = (step.wanted.logical_id.clone(), wanted.logical_id.clone());
            Err(Fault { mark: wanted.mark, problem: Problem::Twice(names.0, names.1) })
        }
        None => Ok(()),
    }
}

fn named(step: &Step) -> Option<(Kind, String)> {
    Some((step.wanted.kind, step.wanted.id.clone()?))
}

/// The resource that takes the place of one that goes.
fn wanted_of<'p>(steps: &'p [Step], owned: &Owned) -> Option<&'p Wanted> {
    let of_name = |wanted: &&Wanted| wanted.logical_id == owned.logical_id;
    steps.iter().map(|step| &step.wanted).find(of_name)
}
