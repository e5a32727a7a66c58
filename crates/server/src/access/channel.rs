//! Who may put events into a channel: whom the caller's policies and the channel's let, whose account may be another.

use super::{actor_of, context, refusal, resource_policy};
use crate::app::App;
use crate::auth::Caller;
use crate::events::Exchange;
use cairn_decide::policy::{Decision, PolicyKind, ResourceSide};
use cairn_model::ChannelArn;
use cairn_wire::{ApiError, ErrorCode};

const ACTION: &str = "cloudtrail-data:PutAuditEvents";

/// Refuses what policies do not allow. Whoever is of another account than the channel and is not let in by its policy
/// does not learn whether there is such a channel.
pub(crate) fn require_channel(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    channel: &ChannelArn,
    external_id: Option<&str>,
) -> Result<(), ApiError> {
    let state = app.journal.catalog().state();
    let (owner, resource) = (channel.account, channel.to_string());
    let actor = actor_of(app, &state, caller);
    let mut context = context(exchange, caller, &actor, Vec::new());
    if let Some(external_id) = external_id {
        context.set("cloudtrail:externalid", external_id);
    }
    let Ok(policy) = resource_policy(&state, owner, &resource) else {
        let unread = Decision::NotAllowed(PolicyKind::Resource);
        return Err(denied(caller, channel, &unread));
    };
    let side = ResourceSide { owner, policy: policy.as_ref(), is_required: false };
    let decision = actor.may(ACTION, &resource, &context, Some(side));
    if decision.is_allowed() { Ok(()) } else { Err(denied(caller, channel, &decision)) }
}

/// `ChannelInsufficientPermission` is about who owns the channel, all else about what the caller may do.
fn denied(caller: &Caller, channel: &ChannelArn, decision: &Decision<'_>) -> ApiError {
    let is_by_channel = matches!(
        decision,
        Decision::NotAllowed(PolicyKind::Resource) | Decision::Denied { kind: PolicyKind::Resource, .. }
    );
    let code = match is_by_channel && channel.account != caller.account() {
        true => ErrorCode::ChannelInsufficientPermission,
        false => ErrorCode::AccessDeniedException,
    };
    ApiError::new(code, refusal(&caller.arn(), ACTION, &channel.to_string(), decision))
}
