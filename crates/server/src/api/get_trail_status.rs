//! GetTrailStatus.

use super::{Answered, Call, shapes, trail_error};
use cairn_decide::trails;
use cairn_model::Timestamp;
use cairn_wire::generated::{GetTrailStatusRequest, GetTrailStatusResponse};

pub(super) fn run(call: Call<'_>) -> Answered {
    let input: GetTrailStatusRequest = call.input()?;
    let known = call.trails();
    let trail = trails::status(&call.facts(&known), &input.name).map_err(trail_error)?;
    let delivered = call.app.delivery.status(&trail.arn, &call.caller.region);
    let (started, stopped) = (trail.logging.started(), trail.logging.stopped());
    // The older members are texts, and empty for what never happened.
    let text = |time: Option<Timestamp>| Some(time.map_or_else(String::new, |time| time.to_string()));
    call.read(&GetTrailStatusResponse {
        is_logging: Some(trail.logging.is_on()),
        start_logging_time: started.map(shapes::epoch),
        stop_logging_time: stopped.map(shapes::epoch),
        latest_delivery_time: delivered.latest_delivery_time.map(shapes::epoch),
        latest_delivery_error: delivered.latest_delivery_error,
        latest_digest_delivery_time: delivered.latest_digest_delivery_time.map(shapes::epoch),
        latest_digest_delivery_error: delivered.latest_digest_delivery_error,
        latest_notification_time: delivered.latest_notification_time.map(shapes::epoch),
        latest_notification_error: delivered.latest_notification_error,
        latest_cloud_watch_logs_delivery_time: delivered.latest_log_group_delivery_time.map(shapes::epoch),
        latest_cloud_watch_logs_delivery_error: delivered.latest_log_group_delivery_error,
        latest_delivery_attempt_time: text(delivered.latest_delivery_attempt_time),
        latest_delivery_attempt_succeeded: text(delivered.latest_delivery_attempt_succeeded),
        latest_notification_attempt_time: text(delivered.latest_notification_attempt_time),
        latest_notification_attempt_succeeded: text(delivered.latest_notification_attempt_succeeded),
        time_logging_started: text(started),
        time_logging_stopped: text(stopped),
    })
}
