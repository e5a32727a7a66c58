//! Doing what was planned.

use super::super::Failure;
use super::super::cloudtrail::CloudTrail;
use super::super::output::tell;
use super::plan::{Gone, Plan};
use super::record::{Record, owned};
use cairn_template::{
    Action, Call, Fault, Known, Owned, Present, Settled, Stacks, Wanted, act as calls, made,
};
use serde_json::Value;

/// What an exception is called that says of a resource that it is gone already.
const GONE: &str = "NotFoundException";

/// Does what was planned and returns the template's outputs.
pub(super) async fn act(
    api: &mut CloudTrail,
    settled: &Settled<'_>,
    plan: &Plan,
    stacks: &Stacks,
    place: &impl Fn(Fault) -> Failure,
) -> Result<Vec<(String, String)>, Failure> {
    let mut record = Record::new(&api.environment.stack, stacks);
    record.add(api, plan.steps.iter().filter_map(|step| owned(&step.wanted)).collect()).await?;
    let mut known = Known::new();
    let mut kept = Vec::new();
    for (at, step) in plan.steps.iter().enumerate() {
        // What was not made yet when the plan was made, is known by now.
        let wanted = settled.wanted(at, &known).map_err(place)?;
        let owned: Option<Owned> = owned(&wanted);
        record.add(api, owned.clone().into_iter().collect()).await?;
        let present = one(api, &wanted, &step.action).await?;
        known.insert(wanted.logical_id.clone(), present.attributes);
        kept.extend(owned);
    }
    for gone in &plan.deleted {
        delete(api, gone).await?;
    }
    record.settle(api, kept).await?;
    settled.outputs(&known).map_err(place)
}

/// Makes one resource what it should be, and reads what it came to.
async fn one(api: &mut CloudTrail, wanted: &Wanted, action: &Action) -> Result<Present, Failure> {
    let id = wanted.id.as_deref().unwrap_or_default();
    match action {
        Action::Keep | Action::Adopt => {}
        Action::Update { arn, .. } => {
            let present = by_arn(api, wanted, arn).await?;
            run(api, wanted, &calls::updates(&present, wanted)).await?;
            api.directory.put(wanted.kind, id, arn);
            told(wanted, "updated");
        }
        Action::Create(_) | Action::Replace { .. } if restored(api, wanted).await? => {
            let present = read(api, wanted).await?;
            run(api, wanted, &calls::updates(&present, wanted)).await?;
            told(wanted, "restored: it was pending deletion");
        }
        Action::Create(_) | Action::Replace { .. } => {
            let answer = run(api, wanted, &[calls::create(wanted)]).await?;
            let arn = made(wanted.kind, &answer).unwrap_or_default();
            run(api, wanted, &calls::updates(&calls::created(wanted, arn), wanted)).await?;
            api.directory.put(wanted.kind, id, arn);
            told(wanted, "created");
        }
    }
    read(api, wanted).await
}

/// Whether a resource of that name was pending deletion, and was brought back.
async fn restored(api: &CloudTrail, wanted: &Wanted) -> Result<bool, Failure> {
    let arn = api.directory.arn(wanted.kind, wanted.id.as_deref().unwrap_or_default());
    match arn.and_then(|arn| calls::restore(wanted.kind, arn)) {
        Some(call) => run(api, wanted, &[call]).await.map(|_| true),
        None => Ok(false),
    }
}

/// The resource at an ARN, under whatever name it has until now.
async fn by_arn(api: &CloudTrail, wanted: &Wanted, arn: &str) -> Result<Present, Failure> {
    let at = api.directory.all().into_iter().find(|(kind, _, at)| *kind == wanted.kind && *at == arn);
    let id = at.map_or(arn, |(_, id, _)| id);
    api.read(wanted.kind, id).await?.ok_or_else(|| vanished(wanted))
}

async fn read(api: &CloudTrail, wanted: &Wanted) -> Result<Present, Failure> {
    let id = wanted.id.as_deref().unwrap_or_default();
    api.read(wanted.kind, id).await?.ok_or_else(|| vanished(wanted))
}

fn vanished(wanted: &Wanted) -> Failure {
    Failure::Failed(format!("{} is gone: somebody else deletes it", wanted.logical_id))
}

/// Makes calls one after the other and returns the last answer.
async fn run(api: &CloudTrail, wanted: &Wanted, calls: &[Call]) -> Result<Value, Failure> {
    let mut last = Value::Null;
    for call in calls {
        let answer = api.call(call).await;
        last = answer.map_err(|refused| {
            Failure::Failed(format!("{}: {}: {refused}", wanted.logical_id, call.operation))
        })?;
    }
    Ok(last)
}

async fn delete(api: &CloudTrail, Gone { owned, present }: &Gone) -> Result<(), Failure> {
    for call in calls::deletes(present) {
        match api.call(&call).await {
            Ok(_) => {}
            // Deleting its resource took a policy along, or somebody else was faster.
            Err(refused) if refused.exception.ends_with(GONE) => {}
            Err(refused) => {
                let why = format!("{}: {}: {refused}", owned.logical_id, call.operation);
                return Err(Failure::Failed(why));
            }
        }
    }
    tell(&format!("{} deleted", owned.id));
    Ok(())
}

fn told(wanted: &Wanted, what: &str) {
    tell(&format!("{} {what}", wanted.logical_id));
}
