//! Azure's Activity Log, in the form that diagnostic settings export (Event Hub, storage) and in the one that
//! the REST API lists; resource logs have the former too.

use crate::Refusal;
use crate::draft::{Draft, Failure, Resource, Unique};
use crate::identity::Identity;
use crate::look::{copied, first_text, integer, put, text, text_or_number, time, unpacked};
use crate::verbs::only_reads;
use cairn_model::{Category, Timestamp};
use serde_json::{Map, Value};

/// Of operations that name no resource provider.
const SOURCE: &str = "management.azure.com";
const NAME_CLAIMS: [&str; 3] = [
    "/http:~1~1schemas.xmlsoap.org~1ws~12005~105~1identity~1claims~1upn",
    "/http:~1~1schemas.xmlsoap.org~1ws~12005~105~1identity~1claims~1name",
    "/appid",
];
const OBJECT_CLAIM: &str = "/http:~1~1schemas.microsoft.com~1identity~1claims~1objectidentifier";
/// Categories of logs that tell how data was used, not how resources were managed.
const DATA_CATEGORIES: [&str; 4] = ["auditevent", "storageread", "storagewrite", "storagedelete"];

/// What an event says.
pub(crate) fn draft(original: &Value) -> Result<Draft, Refusal> {
    let operation = first_text(original, &["/operationName/value", "/operationName"])
        .ok_or(Refusal::Missing("operationName"))?
        // The two forms write the same operation in different cases, and Azure makes no difference.
        .to_ascii_lowercase();
    let happened = happened(original).ok_or(Refusal::Missing("time"))?;
    let properties = unpacked(original, "/properties").unwrap_or(Value::Null);
    let mut draft = Draft::new(happened, provider(original, &operation), operation.as_str());
    draft.identity = identity(original);
    draft.source_ip = source_ip(original);
    draft.user_agent =
        first_text(original, &["/properties/userAgentHeader", "/properties/clientInfo"]).map(str::to_owned);
    draft.failure = failure(original, &properties);
    draft.response = unpacked(&properties, "/responseBody");
    draft.parameters = parameters(original, properties);
    draft.request_id = text(original, "/correlationId").map(str::to_owned);
    draft.read_only = operation.ends_with("/read") || only_reads(&operation);
    draft.category = category(original);
    draft.resources = resource(original).into_iter().collect();
    draft.unique = Unique::of(&[text(original, "/eventDataId")]);
    Ok(draft)
}

fn happened(original: &Value) -> Option<Timestamp> {
    ["/time", "/eventTimestamp", "/Time"].iter().find_map(|pointer| time(original, pointer))
}

/// `microsoft.compute` of `microsoft.compute/virtualmachines/write`; else the provider of the resource.
fn provider(original: &Value, operation: &str) -> String {
    if let Some((provider, _)) = operation.split_once('/').filter(|(provider, _)| provider.contains('.')) {
        return provider.to_owned();
    }
    let named = first_text(original, &["/resourceProviderName/value", "/resourceProviderName"]);
    let provider = named.map(str::to_ascii_lowercase).or_else(|| {
        let resource_id = resource_id(original)?.to_ascii_lowercase();
        let (_, behind) = resource_id.split_once("/providers/")?;
        behind.split('/').next().filter(|provider| !provider.is_empty()).map(str::to_owned)
    });
    provider.unwrap_or_else(|| SOURCE.to_owned())
}

fn resource_id(original: &Value) -> Option<&str> {
    first_text(original, &["/resourceId", "/resourceUri", "/resourceID"])
}

/// Claims that Entra ID made, or the caller's name alone.
fn identity(original: &Value) -> Identity {
    let claims = original.pointer("/claims").or_else(|| original.pointer("/identity/claims"));
    let claims = claims.unwrap_or(&Value::Null);
    let name = first_text(original, &["/caller", "/properties/caller", "/identity/authorization/caller"])
        .or_else(|| first_text(claims, &NAME_CLAIMS))
        .or_else(|| text(original, "/identity"));
    let Some(name) = name else { return Identity::unknown() };
    if name.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("microsoft.")) {
        return Identity::service(name);
    }
    let issuer =
        text(claims, "/iss").map(|issuer| issuer.trim_start_matches("https://").trim_end_matches('/'));
    let principal = first_text(claims, &[OBJECT_CLAIM, "/oid"]).unwrap_or(name);
    Identity::user(issuer.unwrap_or("sts.windows.net"), principal, name)
        .with("credentialId", text(claims, "/uti"))
}

/// Exports of some services put a port behind the address.
fn source_ip(original: &Value) -> Option<String> {
    let address =
        first_text(original, &["/callerIpAddress", "/httpRequest/clientIpAddress", "/CallerIPAddress"])?;
    let address = match address.split_once(':') {
        Some((address, port)) if !port.contains(':') => address,
        _ => address,
    };
    Some(address.to_owned())
}

/// The code and message of the answer if it is there, else what the log itself says.
fn failure(original: &Value, properties: &Value) -> Option<Failure> {
    let result = first_text(original, &["/status/value", "/resultType", "/status"])?;
    let status = integer(original, "/resultSignature").or_else(|| integer(properties, "/statusCode"));
    let is_failure = ["fail", "error", "clienterror", "servererror", "denied"]
        .iter()
        .any(|start| result.to_ascii_lowercase().starts_with(start));
    if !is_failure && status.is_none_or(|status| status < 400) {
        return None;
    }
    let answer = unpacked(properties, "/statusMessage").unwrap_or(Value::Null);
    let signature = first_text(original, &["/subStatus/value", "/resultSignature"]);
    let signature = signature.map(|signature| signature.trim_start_matches("Failed."));
    let code = first_text(&answer, &["/error/code", "/code", "/Code"])
        .or(signature.filter(|signature| !signature.is_empty()))
        .map(str::to_owned)
        .or_else(|| text_or_number(properties, "/statusCode"))
        .unwrap_or_else(|| result.to_owned());
    let message = first_text(&answer, &["/error/message", "/message", "/Message"])
        .or_else(|| text(original, "/resultDescription"))
        .map(str::to_owned);
    Some(Failure { code, message })
}

fn parameters(original: &Value, properties: Value) -> Map<String, Value> {
    let mut parameters = copied(
        original,
        &[
            ("resourceId", "/resourceId"),
            ("resourceId", "/resourceUri"),
            ("subscriptionId", "/subscriptionId"),
            ("tenantId", "/tenantId"),
            ("resourceGroupName", "/resourceGroupName"),
            ("location", "/location"),
            ("category", "/category/value"),
            ("category", "/category"),
            ("status", "/status/value"),
            ("status", "/resultType"),
            ("httpRequest", "/httpRequest"),
            ("authorization", "/identity/authorization"),
            ("authorization", "/authorization"),
        ],
    );
    if let Some(category) = text(original, "/category/value") {
        parameters.insert("category".to_owned(), Value::from(category));
    }
    let request = unpacked(&properties, "/requestbody");
    if let Value::Object(mut members) = properties {
        // It is told as `responseElements`.
        members.remove("responseBody");
        put(&mut members, "requestbody", request);
        parameters.insert("properties".to_owned(), Value::Object(members));
    }
    parameters
}

fn category(original: &Value) -> Category {
    let name = first_text(original, &["/category/value", "/category"]).unwrap_or_default();
    match DATA_CATEGORIES.contains(&name.to_ascii_lowercase().as_str()) {
        true => Category::Data,
        false => Category::Management,
    }
}

/// `Azure::microsoft.compute/virtualmachines`, named by its id in lower case, as ids have no case.
fn resource(original: &Value) -> Option<Resource> {
    let id = resource_id(original)?.to_ascii_lowercase();
    let kind = id.rsplit_once("/providers/").map(|(_, behind)| {
        let mut parts = behind.split('/');
        let provider = parts.next().unwrap_or_default();
        let types: Vec<&str> = parts.step_by(2).collect();
        format!("{provider}/{}", types.join("/"))
    });
    Some(Resource::new(format!("Azure::{}", kind.as_deref().unwrap_or("microsoft.resources")), id))
}

#[cfg(test)]
mod tests;
