//! Whoever asks, with all that policies look at: for what is judged later than when its call came in.

use super::{actor_of, context, denied, manages, resource_policy};
use crate::app::App;
use crate::auth::Caller;
use crate::clock;
use crate::events::Exchange;
use cairn_decide::policy::{Actor, Context, Decision, Policy, PolicyKind, Purpose, ResourceSide};
use cairn_model::{AccountId, EventDataStore, EventDataStoreArn, PolicedArn, Timestamp};
use cairn_store::catalog::CatalogState;
use cairn_wire::ApiError;
use std::net::IpAddr;
use std::sync::Arc;

/// Whoever asks.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    /// The account that is asked for.
    account: AccountId,
    /// As refusals name them.
    arn: String,
    actor: Arc<Actor>,
    context: Context,
}

impl Asking {
    /// The caller of an HTTP request.
    pub(crate) fn of(app: &App, exchange: &Exchange<'_>, caller: &Caller) -> Asking {
        let actor = actor_of(app, &app.journal.catalog().state(), caller);
        let context = context(exchange, caller, &actor, Vec::new());
        Asking::with(caller, actor, context)
    }

    /// A caller of whom this is known.
    pub(super) fn with(caller: &Caller, actor: Arc<Actor>, context: Context) -> Asking {
        Asking { account: caller.account(), arn: caller.arn(), actor, context }
    }

    /// The caller behind a connection that speaks something else than HTTP.
    pub(crate) fn behind(app: &App, caller: &Caller, source: IpAddr, is_secure: bool) -> Asking {
        let actor = actor_of(app, &app.journal.catalog().state(), caller);
        let (mut context, now) = (actor.context.clone(), clock::now());
        context.set("aws:sourceip", source.to_canonical().to_string());
        context.set("aws:securetransport", is_secure.to_string());
        context.set("aws:currenttime", now.to_string());
        context.set("aws:epochtime", now.as_seconds().to_string());
        context.set("aws:requestedregion", caller.region.clone());
        Asking::with(caller, actor, context)
    }

    /// Refuses what the caller's policies, or that of a resource of its account, do not allow.
    pub(crate) fn require(&self, state: &CatalogState, action: &str, resource: &str) -> Result<(), ApiError> {
        if self.actor.is_unbounded() && state.resource_policies.is_empty() {
            return Ok(());
        }
        // Also for what delegated administrators manage, as if it were theirs: its policy binds them as it binds its
        // owner.
        let owner = self.account;
        let Ok(policy) = resource_policy(state, owner, resource) else {
            return Err(denied(&self.arn, action, resource, &Decision::NotAllowed(PolicyKind::Resource)));
        };
        let side =
            policy.as_ref().map(|policy| ResourceSide { owner, policy: Some(policy), is_required: false });
        let decision = self.actor.may(action, resource, &self.context, side);
        match decision.is_allowed() {
            true => Ok(()),
            false => Err(denied(&self.arn, action, resource, &decision)),
        }
    }

    /// The event data store of another account, if its policy lets the caller do this with it and the caller's own do too.
    /// Whom it does not let in learns nothing of it.
    pub(crate) fn lent(
        &self,
        state: &CatalogState,
        action: &str,
        arn: &EventDataStoreArn,
        now: Timestamp,
    ) -> Option<Arc<EventDataStore>> {
        if manages(state, self.account, arn.account) {
            return None;
        }
        let store = state.event_data_stores.get(arn).filter(|store| !store.is_gone(now))?;
        let stored = state.resource_policies.get(&PolicedArn::EventDataStore(arn.clone()))?;
        let policy = Policy::parse(&stored.document, Purpose::OwnResource).ok()?;
        let side = ResourceSide { owner: arn.account, policy: Some(&policy), is_required: false };
        let resource = arn.to_string();
        let decision = self.actor.may(action, &resource, &self.context, Some(side));
        decision.is_allowed().then(|| Arc::clone(store))
    }
}
