//! CreateTrail.

use super::{Answered, Call, Prepared, shapes, trail_error};
use cairn_decide::trails::{self, CreateTrail, LogGroupSettings, Plan, Settings};
use cairn_model::Change;
use cairn_wire::ApiError;
use cairn_wire::generated::CreateTrailRequest;

pub(super) async fn prepare(call: Call<'_>) -> Result<Prepared, ApiError> {
    let plan = plan(call)?;
    Ok(Prepared(call.ask(plan.questions()).await))
}

pub(super) fn run(call: Call<'_>, prepared: &Prepared) -> Answered {
    let trail = plan(call)?.settle(&prepared.0).map_err(trail_error)?;
    let mut changes = call.app.signing_key_for(&trail, call.now)?;
    let output = shapes::created(&trail);
    changes.push(Change::PutTrail(Box::new(trail)));
    call.write(&output, changes)
}

fn plan(call: Call<'_>) -> Result<Plan, ApiError> {
    let input: CreateTrailRequest = call.input()?;
    let request = CreateTrail {
        name: input.name,
        tags: shapes::tags_from(input.tags_list.unwrap_or_default()),
        settings: Settings {
            bucket: Some(input.s3_bucket_name),
            prefix: input.s3_key_prefix,
            sns_topic: input.sns_topic_name,
            kms_key: input.kms_key_id,
            include_global_service_events: input.include_global_service_events,
            multi_region: input.is_multi_region_trail,
            log_file_validation: input.enable_log_file_validation,
            recursive_logging: input.recursive_logging,
            organization: input.is_organization_trail,
            log_group: LogGroupSettings {
                arn: input.cloud_watch_logs_log_group_arn,
                role_arn: input.cloud_watch_logs_role_arn,
            },
        },
    };
    let known = call.trails();
    trails::create(&call.facts(&known), &request).map_err(trail_error)
}
