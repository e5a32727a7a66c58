//! UpdateEventDataStore.

use super::{Answered, Call, Prepared, shapes, store_error};
use cairn_decide::stores::{self, Plan, Settings};
use cairn_model::{BillingMode, Change};
use cairn_wire::ApiError;
use cairn_wire::generated::UpdateEventDataStoreRequest;

pub(super) async fn prepare(call: Call<'_>) -> Result<Prepared, ApiError> {
    let plan = plan(call)?;
    Ok(Prepared(call.ask(plan.questions()).await))
}

pub(super) fn run(call: Call<'_>, prepared: &Prepared) -> Answered {
    let store = plan(call)?.settle(&prepared.0).map_err(store_error)?;
    let output = shapes::updated_store(&store, call.app.federation.status(&store));
    call.write(&output, vec![Change::PutEventDataStore(Box::new(store))])
}

fn plan(call: Call<'_>) -> Result<Plan, ApiError> {
    let input: UpdateEventDataStoreRequest = call.input()?;
    let settings = Settings {
        selectors: shapes::advanced_from(input.advanced_event_selectors.unwrap_or_default()),
        multi_region: input.multi_region_enabled,
        organization: input.organization_enabled,
        retention_days: input.retention_period,
        termination_protection: input.termination_protection_enabled,
        kms_key: input.kms_key_id,
        billing_mode: input.billing_mode.as_deref().and_then(BillingMode::from_name),
    };
    let (known, name) = (call.known(), input.name.as_deref());
    stores::update(&call.store_facts(&known), &input.event_data_store, name, &settings).map_err(store_error)
}
