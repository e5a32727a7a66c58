//! UpdateTrail.

use super::{Answered, Call, shapes, trail_error};
use cairn_decide::trails::{self, Unbuilt, UpdateTrail};
use cairn_model::Change;
use cairn_wire::generated::UpdateTrailRequest;

pub(super) async fn run(call: Call<'_>) -> Answered {
    let input: UpdateTrailRequest = call.input()?;
    let bucket_exists = match &input.s3_bucket_name {
        Some(bucket) => call.bucket_exists(bucket).await,
        None => true,
    };
    let request = UpdateTrail {
        name: input.name,
        bucket: input.s3_bucket_name,
        prefix: input.s3_key_prefix,
        include_global_service_events: input.include_global_service_events,
        multi_region: input.is_multi_region_trail,
        log_file_validation: input.enable_log_file_validation,
        recursive_logging: input.recursive_logging,
        unbuilt: Unbuilt {
            sns_topic_name: input.sns_topic_name,
            kms_key_id: input.kms_key_id,
            log_group_arn: input.cloud_watch_logs_log_group_arn,
            log_role_arn: input.cloud_watch_logs_role_arn,
            organization: input.is_organization_trail,
            tags: 0,
        },
        bucket_exists,
    };
    let known = call.trails();
    let trail = trails::update(&call.facts(&known), &request).map_err(trail_error)?;
    let mut changes = call.app.signing_key_for(&trail, call.now)?;
    let output = shapes::updated(&trail);
    changes.push(Change::PutTrail(Box::new(trail)));
    call.write(&output, changes)
}
