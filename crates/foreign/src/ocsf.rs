//! OCSF's API Activity, class 6003. What was an event of CloudTrail becomes that event again.

mod cloudtrail;

use crate::Refusal;
use crate::draft::{Draft, Failure, Resource, Unique};
use crate::identity::Identity;
use crate::look::{first_text, integer, list, text, text_or_number, time, time_in_millis, unpacked};
use cairn_model::Timestamp;
use serde_json::{Map, Value};

const CLASS_API_ACTIVITY: i64 = 6003;
const ACTIVITY_READ: i64 = 2;
const STATUS_FAILURE: i64 = 2;

/// What an event says.
pub(crate) fn draft(original: &Value) -> Result<Draft, Refusal> {
    let was_cloudtrail = text(original, "/metadata/product/name") == Some("CloudTrail");
    // Early versions put sign-ins and changes of users that CloudTrail tells of into classes of their own.
    if integer(original, "/class_uid") != Some(CLASS_API_ACTIVITY) && !was_cloudtrail {
        return Err(Refusal::Not("API Activity of OCSF (class_uid 6003)"));
    }
    let operation = text(original, "/api/operation").ok_or(Refusal::Missing("api.operation"))?;
    let source = first_text(original, &["/api/service/name", "/metadata/product/name"]);
    let source = source.ok_or(Refusal::Missing("api.service.name"))?;
    let happened = happened(original).ok_or(Refusal::Missing("time"))?;
    let mut draft = Draft::new(happened, source, operation);
    draft.identity = identity(original, source);
    draft.source_ip = first_text(
        original,
        &["/src_endpoint/ip", "/src_endpoint/domain", "/src_endpoint/svc_name", "/src_endpoint/hostname"],
    )
    .map(str::to_owned);
    draft.user_agent = text(original, "/http_request/user_agent").map(str::to_owned);
    draft.failure = failure(original);
    draft.parameters = parameters(original);
    draft.response = unpacked(original, "/api/response/data");
    draft.request_id = first_text(original, &["/api/request/uid", "/http_request/uid"]).map(str::to_owned);
    draft.read_only = integer(original, "/activity_id") == Some(ACTIVITY_READ);
    draft.resources = list(original, "/resources").iter().filter_map(resource).collect();
    draft.unique = Unique::of(&[text(original, "/metadata/product/name"), text(original, "/metadata/uid")]);
    if was_cloudtrail {
        cloudtrail::restore(original, &mut draft);
    }
    Ok(draft)
}

fn happened(original: &Value) -> Option<Timestamp> {
    time_in_millis(original, "/time").or_else(|| time(original, "/time_dt"))
}

fn identity(original: &Value, source: &str) -> Identity {
    let user_name = first_text(
        original,
        &["/actor/user/name", "/actor/user/email_addr", "/actor/user/uid", "/actor/app_name"],
    );
    let invoked_by = text(original, "/actor/invoked_by");
    let identity = match (user_name, invoked_by) {
        (Some(name), _) => {
            let provider = first_text(original, &["/actor/idp/name", "/actor/user/domain"]);
            let principal = text(original, "/actor/user/uid").unwrap_or(name);
            Identity::user(provider.unwrap_or(source), principal, name)
        }
        (None, Some(service)) => return Identity::service(service),
        (None, None) => Identity::unknown(),
    };
    identity.with("accessKeyId", text(original, "/actor/user/credential_uid")).with("invokedBy", invoked_by)
}

fn failure(original: &Value) -> Option<Failure> {
    let error = text(original, "/api/response/error");
    if integer(original, "/status_id") != Some(STATUS_FAILURE) && error.is_none() {
        return None;
    }
    let code = error
        .map(str::to_owned)
        .or_else(|| text_or_number(original, "/status_code"))
        .or_else(|| text_or_number(original, "/api/response/code"));
    let message =
        first_text(original, &["/api/response/error_message", "/api/response/message", "/status_detail"]);
    Some(Failure { code: code.unwrap_or_else(|| "Failure".to_owned()), message: message.map(str::to_owned) })
}

/// The request's data by its own names, if it is an object.
fn parameters(original: &Value) -> Map<String, Value> {
    match unpacked(original, "/api/request/data") {
        Some(Value::Object(members)) => members,
        Some(other) => Map::from_iter([("data".to_owned(), other)]),
        None => Map::new(),
    }
}

fn resource(resource: &Value) -> Option<Resource> {
    Some(Resource {
        resource_type: text(resource, "/type").map(str::to_owned),
        name: first_text(resource, &["/uid", "/name"])?.to_owned(),
        account: first_text(resource, &["/owner/account/uid", "/account_uid"]).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests;
