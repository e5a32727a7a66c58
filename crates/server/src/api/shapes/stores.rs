//! Event data stores and channels as the API shows them.

use super::{advanced_selectors, epoch, tag_list};
use cairn_decide::audit_events::IngestionStatus;
use cairn_decide::channels::Destination;
use cairn_decide::stores::Status;
use cairn_model::{Channel, EventDataStore, EventDataStoreArn};
use cairn_wire::generated as wire;

/// A response about a store: what all of them have, and more members.
macro_rules! store_response {
    ($response:ident, $store:expr, $status:expr, { $($member:ident: $value:expr),* $(,)? }) => {{
        let store: &EventDataStore = $store;
        wire::$response {
            event_data_store_arn: Some(store.arn.to_string()),
            name: Some(store.name.clone()),
            status: Some($status.name().to_owned()),
            advanced_event_selectors: Some(advanced_selectors(&store.selectors)),
            multi_region_enabled: Some(store.multi_region),
            organization_enabled: Some(store.organization),
            retention_period: Some(store.retention_days.into()),
            termination_protection_enabled: Some(store.termination_protection),
            created_timestamp: Some(epoch(store.created)),
            updated_timestamp: Some(epoch(store.updated)),
            kms_key_id: store.kms_key.clone(),
            billing_mode: Some(store.billing_mode.name().to_owned()),
            $($member: $value),*
        }
    }};
}

/// A store as CreateEventDataStore answers it.
pub(in crate::api) fn created_store(store: &EventDataStore) -> wire::CreateEventDataStoreResponse {
    let tags = (!store.tags.is_empty()).then(|| tag_list(&store.tags));
    store_response!(CreateEventDataStoreResponse, store, Status::Created, { tags_list: tags })
}

/// A store as UpdateEventDataStore answers it.
pub(in crate::api) fn updated_store(
    store: &EventDataStore,
    federation: &'static str,
) -> wire::UpdateEventDataStoreResponse {
    store_response!(UpdateEventDataStoreResponse, store, Status::of(store), {
        federation_status: Some(federation.to_owned()),
        federation_role_arn: store.federation_role.clone(),
    })
}

/// A store as RestoreEventDataStore answers it.
pub(in crate::api) fn restored_store(store: &EventDataStore) -> wire::RestoreEventDataStoreResponse {
    store_response!(RestoreEventDataStoreResponse, store, Status::of(store), {})
}

/// A store as GetEventDataStore shows it.
pub(in crate::api) fn store(
    store: &EventDataStore,
    federation: &'static str,
) -> wire::GetEventDataStoreResponse {
    store_response!(GetEventDataStoreResponse, store, Status::of(store), {
        federation_status: Some(federation.to_owned()),
        federation_role_arn: store.federation_role.clone(),
        // Cairn does not keep a store's events yet, so it has not divided them either.
        partition_keys: None,
    })
}

/// A channel as GetChannel shows it.
pub(in crate::api) fn channel(channel: &Channel, status: IngestionStatus) -> wire::GetChannelResponse {
    wire::GetChannelResponse {
        channel_arn: Some(channel.arn.to_string()),
        name: Some(channel.name.clone()),
        source: Some(channel.source.clone()),
        destinations: Some(destinations(&channel.destinations)),
        ingestion_status: (status != IngestionStatus::default()).then(|| shown_status(status)),
        ..wire::GetChannelResponse::default()
    }
}

fn shown_status(status: IngestionStatus) -> wire::IngestionStatus {
    let (success_time, success_id) = status.success.unzip();
    let (attempt_time, attempt_id) = status.attempt.unzip();
    wire::IngestionStatus {
        latest_ingestion_success_time: success_time.map(epoch),
        latest_ingestion_success_event_id: success_id,
        latest_ingestion_error_code: status.error_code,
        latest_ingestion_attempt_time: attempt_time.map(epoch),
        latest_ingestion_attempt_event_id: attempt_id.flatten(),
    }
}

/// The stores that a channel's events go to.
pub(in crate::api) fn destinations(stores: &[EventDataStoreArn]) -> Vec<wire::Destination> {
    let destination = |arn: &EventDataStoreArn| wire::Destination {
        r#type: "EVENT_DATA_STORE".to_owned(),
        location: arn.to_string(),
    };
    stores.iter().map(destination).collect()
}

/// Destinations as callers give them.
pub(in crate::api) fn destinations_from(destinations: Vec<wire::Destination>) -> Vec<Destination> {
    let destination = |given: wire::Destination| Destination { kind: given.r#type, location: given.location };
    destinations.into_iter().map(destination).collect()
}
