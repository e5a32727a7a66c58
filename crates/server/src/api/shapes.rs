//! From the model's nouns to the API's shapes and back.

mod dashboards;
mod insights;
mod stores;

pub(super) use dashboards::{created_dashboard, dashboard, schedule_from, updated_dashboard, widgets_from};
pub(super) use insights::{
    aggregations, context_keys, context_keys_from, insight_selectors, insight_selectors_from, templates_from,
};
pub(super) use stores::{
    channel, created_store, destinations, destinations_from, restored_store, store, updated_store,
};

use crate::clock;
use cairn_decide::names::topic_name;
use cairn_decide::tags::{Tag, Tags};
use cairn_decide::trails::has_custom_selectors;
use cairn_model::{ReadWriteType, Selectors, Timestamp, Trail};
use cairn_wire::generated as wire;
use cairn_wire::{ApiError, Epoch, ErrorCode};

pub(super) fn epoch(time: Timestamp) -> Epoch {
    Epoch(clock::jiff(time))
}

pub(super) fn timestamp(epoch: Epoch) -> Timestamp {
    Timestamp::from_micros(epoch.0.as_microsecond())
}

/// A trail as GetTrail and DescribeTrails show it.
pub(super) fn trail(trail: &Trail) -> wire::Trail {
    wire::Trail {
        name: Some(trail.arn.name.clone()),
        s3_bucket_name: Some(trail.bucket.clone()),
        s3_key_prefix: trail.prefix.clone(),
        sns_topic_name: topic(trail),
        sns_topic_arn: trail.sns_topic.clone(),
        cloud_watch_logs_log_group_arn: trail.log_group.as_ref().map(|group| group.arn.clone()),
        cloud_watch_logs_role_arn: trail.log_group.as_ref().map(|group| group.role_arn.clone()),
        kms_key_id: trail.kms_key.clone(),
        include_global_service_events: Some(trail.include_global_service_events),
        is_multi_region_trail: Some(trail.multi_region),
        home_region: Some(trail.arn.region.clone()),
        trail_arn: Some(trail.arn.to_string()),
        log_file_validation_enabled: Some(trail.log_file_validation),
        has_custom_event_selectors: Some(has_custom_selectors(trail)),
        has_insight_selectors: Some(!trail.insights.is_empty()),
        is_organization_trail: Some(trail.organization.is_some()),
        recursive_logging: Some(trail.recursive_logging),
    }
}

/// A trail as CreateTrail answers it.
pub(super) fn created(trail: &Trail) -> wire::CreateTrailResponse {
    wire::CreateTrailResponse {
        name: Some(trail.arn.name.clone()),
        s3_bucket_name: Some(trail.bucket.clone()),
        s3_key_prefix: trail.prefix.clone(),
        sns_topic_name: topic(trail),
        sns_topic_arn: trail.sns_topic.clone(),
        cloud_watch_logs_log_group_arn: trail.log_group.as_ref().map(|group| group.arn.clone()),
        cloud_watch_logs_role_arn: trail.log_group.as_ref().map(|group| group.role_arn.clone()),
        kms_key_id: trail.kms_key.clone(),
        include_global_service_events: Some(trail.include_global_service_events),
        is_multi_region_trail: Some(trail.multi_region),
        trail_arn: Some(trail.arn.to_string()),
        log_file_validation_enabled: Some(trail.log_file_validation),
        is_organization_trail: Some(trail.organization.is_some()),
        recursive_logging: Some(trail.recursive_logging),
    }
}

/// A trail as UpdateTrail answers it.
pub(super) fn updated(trail: &Trail) -> wire::UpdateTrailResponse {
    let created = created(trail);
    wire::UpdateTrailResponse {
        name: created.name,
        s3_bucket_name: created.s3_bucket_name,
        s3_key_prefix: created.s3_key_prefix,
        sns_topic_name: created.sns_topic_name,
        sns_topic_arn: created.sns_topic_arn,
        cloud_watch_logs_log_group_arn: created.cloud_watch_logs_log_group_arn,
        cloud_watch_logs_role_arn: created.cloud_watch_logs_role_arn,
        kms_key_id: created.kms_key_id,
        include_global_service_events: created.include_global_service_events,
        is_multi_region_trail: created.is_multi_region_trail,
        trail_arn: created.trail_arn,
        log_file_validation_enabled: created.log_file_validation_enabled,
        is_organization_trail: created.is_organization_trail,
        recursive_logging: created.recursive_logging,
    }
}

/// `SnsTopicName`, which AWS calls deprecated and older clients read.
fn topic(trail: &Trail) -> Option<String> {
    let arn = trail.sns_topic.as_deref()?;
    Some(topic_name(arn, &trail.arn.region, trail.arn.account).to_owned())
}

/// Tags, in the order of their keys.
pub(super) fn tag_list(tags: &Tags) -> Vec<wire::Tag> {
    let tag = |(key, value): (&String, &String)| wire::Tag {
        key: key.clone(),
        // No caller can give an empty value: this is one that was left out.
        value: Some(value.clone()).filter(|value| !value.is_empty()),
    };
    tags.iter().map(tag).collect()
}

/// Tags as callers give them.
pub(super) fn tags_from(tags: Vec<wire::Tag>) -> Vec<Tag> {
    tags.into_iter().map(|tag| Tag { key: tag.key, value: tag.value }).collect()
}

type WireSelectors = (Option<Vec<wire::EventSelector>>, Option<Vec<wire::AdvancedEventSelector>>);

/// Selectors as Get- and PutEventSelectors show them: basic ones or advanced ones.
pub(super) fn selectors(selectors: &Selectors) -> WireSelectors {
    match selectors {
        Selectors::Default => (Some(Vec::new()), None),
        Selectors::Basic(basic) => (Some(basic.iter().map(basic_selector).collect()), None),
        Selectors::Advanced(advanced) => (None, Some(advanced_selectors(advanced))),
    }
}

fn basic_selector(selector: &cairn_model::EventSelector) -> wire::EventSelector {
    let read_write_type = match selector.read_write_type {
        ReadWriteType::ReadOnly => "ReadOnly",
        ReadWriteType::WriteOnly => "WriteOnly",
        ReadWriteType::All => "All",
    };
    let resource = |resource: &cairn_model::DataResource| wire::DataResource {
        r#type: Some(resource.resource_type.clone()),
        values: Some(resource.values.clone()),
    };
    wire::EventSelector {
        read_write_type: Some(read_write_type.to_owned()),
        include_management_events: Some(selector.include_management_events),
        data_resources: Some(selector.data_resources.iter().map(resource).collect()),
        exclude_management_event_sources: Some(selector.exclude_management_event_sources.clone()),
    }
}

/// Advanced selectors.
pub(super) fn advanced_selectors(
    selectors: &[cairn_model::AdvancedEventSelector],
) -> Vec<wire::AdvancedEventSelector> {
    selectors.iter().map(advanced_selector).collect()
}

fn advanced_selector(selector: &cairn_model::AdvancedEventSelector) -> wire::AdvancedEventSelector {
    let some = |values: &[String]| (!values.is_empty()).then(|| values.to_vec());
    let field = |field: &cairn_model::AdvancedFieldSelector| wire::AdvancedFieldSelector {
        field: field.field.clone(),
        equals: some(&field.equals),
        starts_with: some(&field.starts_with),
        ends_with: some(&field.ends_with),
        not_equals: some(&field.not_equals),
        not_starts_with: some(&field.not_starts_with),
        not_ends_with: some(&field.not_ends_with),
    };
    wire::AdvancedEventSelector {
        name: selector.name.clone(),
        field_selectors: selector.field_selectors.iter().map(field).collect(),
    }
}

/// Basic selectors as callers put them; what is absent has AWS's defaults.
pub(super) fn basic_from(
    selectors: Vec<wire::EventSelector>,
) -> Result<Vec<cairn_model::EventSelector>, ApiError> {
    selectors
        .into_iter()
        .map(|selector| {
            let resources = selector.data_resources.unwrap_or_default().into_iter();
            Ok(cairn_model::EventSelector {
                read_write_type: read_write_type(selector.read_write_type.as_deref())?,
                include_management_events: selector.include_management_events.unwrap_or(true),
                data_resources: resources
                    .map(|resource| cairn_model::DataResource {
                        resource_type: resource.r#type.unwrap_or_default(),
                        values: resource.values.unwrap_or_default(),
                    })
                    .collect(),
                exclude_management_event_sources: selector
                    .exclude_management_event_sources
                    .unwrap_or_default(),
            })
        })
        .collect()
}

fn read_write_type(name: Option<&str>) -> Result<ReadWriteType, ApiError> {
    let parsed = cairn_decide::selectors::read_write_type(name.unwrap_or("All"));
    parsed.map_err(|error| ApiError::new(ErrorCode::InvalidEventSelectorsException, error.to_string()))
}

/// Advanced selectors as callers put them.
pub(super) fn advanced_from(
    selectors: Vec<wire::AdvancedEventSelector>,
) -> Vec<cairn_model::AdvancedEventSelector> {
    let field = |field: wire::AdvancedFieldSelector| cairn_model::AdvancedFieldSelector {
        field: field.field,
        equals: field.equals.unwrap_or_default(),
        starts_with: field.starts_with.unwrap_or_default(),
        ends_with: field.ends_with.unwrap_or_default(),
        not_equals: field.not_equals.unwrap_or_default(),
        not_starts_with: field.not_starts_with.unwrap_or_default(),
        not_ends_with: field.not_ends_with.unwrap_or_default(),
    };
    selectors
        .into_iter()
        .map(|selector| cairn_model::AdvancedEventSelector {
            name: selector.name,
            field_selectors: selector.field_selectors.into_iter().map(field).collect(),
        })
        .collect()
}
