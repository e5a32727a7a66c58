//! Events that belong to no one region, and events that deliveries cause.

use cairn_model::{Event, Field, json};

/// Services without regions. Since 2021-11-22 CloudTrail records their events in us-east-1.
const GLOBAL_SOURCES: [&str; 3] = ["iam.amazonaws.com", "sts.amazonaws.com", "cloudfront.amazonaws.com"];
const GLOBAL_REGION: &str = "us-east-1";

/// Whether the event is one of a global service: IAM, CloudFront, STS at its global endpoint.
pub(super) fn is_global(event: &Event<'_>, region: &str) -> bool {
    let source = event.string(Field::EventSource);
    region == GLOBAL_REGION && source.is_some_and(|source| GLOBAL_SOURCES.contains(&&*source))
}

/// Whether CloudTrail itself caused the event by delivering to `bucket`.
pub(super) fn is_own_delivery(event: &Event<'_>, bucket: &str) -> bool {
    let is = |field, value: &str| event.string(field).is_some_and(|text| text == value);
    is(Field::EventName, "PutObject")
        && is(Field::EventSource, "s3.amazonaws.com")
        && is(Field::UserInvokedBy, "cloudtrail.amazonaws.com")
        && event.raw(Field::RequestParameters).is_some_and(|raw| names_bucket(raw, bucket))
}

fn names_bucket(request_parameters: &str, bucket: &str) -> bool {
    json::members(request_parameters)
        .any(|(key, value)| key == "\"bucketName\"" && json::string(value).is_some_and(|name| name == bucket))
}
