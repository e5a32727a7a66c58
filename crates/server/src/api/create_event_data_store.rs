//! CreateEventDataStore.

use super::{Answered, Call, Prepared, shapes, store_error};
use crate::clock;
use cairn_decide::stores::{self, CreateStore, Plan, Settings};
use cairn_model::{BillingMode, Change};
use cairn_wire::ApiError;
use cairn_wire::generated::CreateEventDataStoreRequest;

pub(super) async fn prepare(call: Call<'_>) -> Result<Prepared, ApiError> {
    let plan = plan(call)?;
    Ok(Prepared(call.ask(plan.questions()).await))
}

pub(super) fn run(call: Call<'_>, prepared: &Prepared) -> Answered {
    let store = plan(call)?.settle(&prepared.0).map_err(store_error)?;
    let output = shapes::created_store(&store);
    call.write(&output, vec![Change::PutEventDataStore(Box::new(store))])
}

fn plan(call: Call<'_>) -> Result<Plan, ApiError> {
    let input: CreateEventDataStoreRequest = call.input()?;
    let request = CreateStore {
        id: clock::random_uuid(),
        name: input.name,
        tags: shapes::tags_from(input.tags_list.unwrap_or_default()),
        start_ingestion: input.start_ingestion,
        settings: Settings {
            selectors: shapes::advanced_from(input.advanced_event_selectors.unwrap_or_default()),
            multi_region: input.multi_region_enabled,
            organization: input.organization_enabled,
            retention_days: input.retention_period,
            termination_protection: input.termination_protection_enabled,
            kms_key: input.kms_key_id,
            billing_mode: input.billing_mode.as_deref().and_then(BillingMode::from_name),
        },
    };
    let known = call.known();
    stores::create(&call.store_facts(&known), &request).map_err(store_error)
}
