//! What accounts let others see of their own: their event data stores.

use super::{actor_of, context, manages};
use crate::app::App;
use crate::auth::Caller;
use crate::events::Exchange;
use cairn_decide::policy::{Policy, Purpose, ResourceSide};
use cairn_model::{EventDataStore, EventDataStoreArn, PolicedArn};
use std::sync::Arc;

/// The event data store of another account that a caller names by its ARN, if its policy lets the caller do this with it
/// and the caller's own do too. Whom it does not let in learns nothing of it: they are told what any ARN of another account
/// is answered.
pub(crate) fn lent_store(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    action: &str,
    named: &str,
) -> Option<Arc<EventDataStore>> {
    let state = app.journal.catalog().state();
    if state.resource_policies.is_empty() {
        return None;
    }
    let arn: EventDataStoreArn = named.parse().ok()?;
    if arn.region != caller.region || manages(&state, caller.account(), arn.account) {
        return None;
    }
    let store = state.event_data_stores.get(&arn).filter(|store| !store.is_gone(exchange.now))?;
    let stored = state.resource_policies.get(&PolicedArn::EventDataStore(arn.clone()))?;
    let policy = Policy::parse(&stored.document, Purpose::OwnResource).ok()?;
    let actor = actor_of(app, &state, caller);
    let context = context(exchange, caller, &actor, Vec::new());
    let side = ResourceSide { owner: arn.account, policy: Some(&policy), is_required: false };
    actor.may(action, named, &context, Some(side)).is_allowed().then(|| Arc::clone(store))
}
