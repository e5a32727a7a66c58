//! CreateTrail.

use super::{Answered, Call, shapes, trail_error};
use cairn_decide::trails::{self, CreateTrail, Unbuilt};
use cairn_model::Change;
use cairn_wire::generated::CreateTrailRequest;

pub(super) async fn run(call: Call<'_>) -> Answered {
    let input: CreateTrailRequest = call.input()?;
    let request = CreateTrail {
        bucket_exists: call.bucket_exists(&input.s3_bucket_name).await,
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
            tags: input.tags_list.map_or(0, |tags| tags.len()),
        },
    };
    let known = call.trails();
    let trail = trails::create(&call.facts(&known), &request).map_err(trail_error)?;
    let mut changes = call.app.signing_key_for(&trail, call.now)?;
    let output = shapes::created(&trail);
    changes.push(Change::PutTrail(Box::new(trail)));
    call.write(&output, changes)
}
