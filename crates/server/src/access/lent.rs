//! What accounts let others see of their own: their event data stores.

use super::Asking;
use crate::app::App;
use crate::auth::Caller;
use crate::events::Exchange;
use cairn_model::{EventDataStore, EventDataStoreArn};
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
    if arn.region != caller.region {
        return None;
    }
    Asking::of(app, exchange, caller).lent(&state, action, &arn, exchange.now)
}
