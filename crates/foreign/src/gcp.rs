//! Google Cloud's audit logs: log entries whose payload is `google.cloud.audit.AuditLog`.

use crate::draft::{Draft, Failure, Resource, Unique};
use crate::identity::Identity;
use crate::look::{copied, first_text, integer, list, text, time};
use crate::verbs::only_reads;
use crate::{Refusal, original, walk};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cairn_model::Category;
use serde_json::{Map, Value};

const PAYLOAD_TYPE: &str = "type.googleapis.com/google.cloud.audit.AuditLog";
const PROVIDER: &str = "accounts.google.com";

/// The log entry, out of the message that Pub/Sub may have put it into, and what it says.
pub(crate) fn draft(event: Value) -> Result<(Value, Draft), Refusal> {
    let entry = match text(&event, "/message/data") {
        Some(data) => delivered(data)?,
        None => event,
    };
    let draft = drafted(&entry)?;
    Ok((entry, draft))
}

fn delivered(data: &str) -> Result<Value, Refusal> {
    let bytes = STANDARD.decode(data).map_err(|_| Refusal::Missing("message.data"))?;
    let text = String::from_utf8(bytes).map_err(|_| Refusal::Missing("message.data"))?;
    original::parse(walk::checked(&text)?)
}

fn drafted(entry: &Value) -> Result<Draft, Refusal> {
    if text(entry, "/protoPayload/@type") != Some(PAYLOAD_TYPE) {
        return Err(Refusal::Not("an entry of Cloud Audit Logs"));
    }
    let happened = time(entry, "/timestamp").or_else(|| time(entry, "/receiveTimestamp"));
    let happened = happened.ok_or(Refusal::Missing("timestamp"))?;
    let service = text(entry, "/protoPayload/serviceName").ok_or(Refusal::Missing("serviceName"))?;
    let method = text(entry, "/protoPayload/methodName").ok_or(Refusal::Missing("methodName"))?;
    let log = text(entry, "/logName").unwrap_or_default();
    let permissions = permissions(entry);
    let mut draft = Draft::new(happened, service, method);
    draft.identity = identity(entry, log, service);
    draft.source_ip = text(entry, "/protoPayload/requestMetadata/callerIp").map(str::to_owned);
    draft.user_agent =
        text(entry, "/protoPayload/requestMetadata/callerSuppliedUserAgent").map(str::to_owned);
    draft.failure = failure(entry);
    draft.parameters = parameters(entry);
    draft.response = entry.pointer("/protoPayload/response").cloned();
    draft.request_id = first_text(entry, &["/operation/id", "/insertId"]).map(str::to_owned);
    draft.read_only = match permissions.as_slice() {
        [] => only_reads(method),
        permissions => permissions.iter().all(|permission| permission.ends_with("_READ")),
    };
    draft.category = category(log, &permissions);
    draft.resources = resource(entry, service).into_iter().collect();
    draft.unique = Unique::of(&[Some(log), text(entry, "/timestamp"), text(entry, "/insertId")]);
    Ok(draft)
}

/// `ADMIN_READ`, `ADMIN_WRITE`, `DATA_READ` or `DATA_WRITE`, where the entry tells.
fn permissions(entry: &Value) -> Vec<&str> {
    let checks = list(entry, "/protoPayload/authorizationInfo").iter();
    checks.filter_map(|check| text(check, "/permissionType")).collect()
}

/// The log of data access has reads of configuration too; they are management events.
fn category(log: &str, permissions: &[&str]) -> Category {
    let is_configuration =
        !permissions.is_empty() && permissions.iter().all(|permission| permission.starts_with("ADMIN_"));
    if log.ends_with("data_access") && !is_configuration { Category::Data } else { Category::Management }
}

/// Who called, and who had to take on the identity of a service account for it.
fn identity(entry: &Value, log: &str, service: &str) -> Identity {
    const INFO: &str = "/protoPayload/authenticationInfo";
    let at = |member: &str| text(entry, &format!("{INFO}/{member}"));
    let (email, subject) = (at("principalEmail"), at("principalSubject"));
    let Some(name) = email.or(subject) else {
        let is_by_google = log.ends_with("system_event");
        return if is_by_google { Identity::service(service) } else { Identity::unknown() };
    };
    let delegate = list(entry, &format!("{INFO}/serviceAccountDelegationInfo")).iter().find_map(|delegate| {
        first_text(delegate, &["/firstPartyPrincipal/principalEmail", "/principalSubject"])
    });
    let key = at("serviceAccountKeyName").and_then(|name| name.rsplit('/').next());
    Identity::user(PROVIDER, subject.unwrap_or(name), name).with("accessKeyId", key).taken_on_by(delegate)
}

fn failure(entry: &Value) -> Option<Failure> {
    let code = integer(entry, "/protoPayload/status/code").filter(|code| *code != 0)?;
    let message = text(entry, "/protoPayload/status/message").map(str::to_owned);
    Some(Failure { code: code_name(code).map_or_else(|| code.to_string(), str::to_owned), message })
}

/// Source: google/rpc/code.proto.
fn code_name(code: i64) -> Option<&'static str> {
    const NAMES: [&str; 16] = [
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ];
    usize::try_from(code).ok()?.checked_sub(1).and_then(|index| NAMES.get(index).copied())
}

fn parameters(entry: &Value) -> Map<String, Value> {
    copied(
        entry,
        &[
            ("resourceName", "/protoPayload/resourceName"),
            ("request", "/protoPayload/request"),
            ("resourceType", "/resource/type"),
            ("resourceLabels", "/resource/labels"),
            ("resourceLocation", "/protoPayload/resourceLocation"),
            ("authorizationInfo", "/protoPayload/authorizationInfo"),
            ("serviceData", "/protoPayload/serviceData"),
            ("logName", "/logName"),
            ("operation", "/operation"),
        ],
    )
}

/// The full resource name, `//storage.googleapis.com/projects/_/buckets/b`.
fn resource(entry: &Value, service: &str) -> Option<Resource> {
    let name = text(entry, "/protoPayload/resourceName")?;
    let name = if name.starts_with("//") { name.to_owned() } else { format!("//{service}/{name}") };
    Some(Resource::new(format!("GCP::{}", text(entry, "/resource/type").unwrap_or("resource")), name))
}

#[cfg(test)]
mod tests;
