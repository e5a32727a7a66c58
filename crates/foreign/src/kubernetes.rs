//! Kubernetes audit events, `audit.k8s.io/v1`.

use crate::draft::{Draft, Failure, Resource, Unique};
use crate::identity::Identity;
use crate::look::{copied, integer, list, put, text, time};
use crate::{Refusal, Skip, Unmapped};
use cairn_decide::secrets::HIDDEN;
use serde_json::{Map, Value};

/// What Google's audit logs call the API of clusters: a cluster of one's own and one of Google's are found
/// by the same look-up.
const SOURCE: &str = "k8s.io";

/// The event without the contents of secrets, and what it says.
pub(crate) fn draft(mut original: Value) -> Result<(Value, Draft), Unmapped> {
    if !text(&original, "/apiVersion").is_none_or(|version| version.starts_with("audit.k8s.io/")) {
        return Err(Refusal::Not("an audit event of Kubernetes").into());
    }
    match text(&original, "/stage") {
        Some("ResponseComplete" | "Panic") => {}
        Some("RequestReceived" | "ResponseStarted") => return Err(Unmapped::Skipped(Skip::EarlyStage)),
        _ => return Err(Refusal::Missing("stage").into()),
    }
    hide_contents(&mut original);
    let draft = drafted(&original)?;
    Ok((original, draft))
}

fn drafted(original: &Value) -> Result<Draft, Refusal> {
    let happened = time(original, "/stageTimestamp").or_else(|| time(original, "/requestReceivedTimestamp"));
    let happened = happened.ok_or(Refusal::Missing("stageTimestamp"))?;
    let verb = text(original, "/verb").ok_or(Refusal::Missing("verb"))?;
    let mut draft = Draft::new(happened, SOURCE, method(original, verb));
    draft.identity = identity(original);
    draft.source_ip = text(original, "/sourceIPs/0").map(str::to_owned);
    draft.user_agent = text(original, "/userAgent").map(str::to_owned);
    draft.failure = failure(original);
    draft.parameters = parameters(original);
    draft.response = original.pointer("/responseObject").cloned();
    draft.request_id = text(original, "/auditID").map(str::to_owned);
    draft.read_only = changes_nothing(original, verb);
    draft.resources = resource(original).into_iter().collect();
    draft.unique = Unique::of(&[text(original, "/auditID"), text(original, "/stage")]);
    Ok(draft)
}

/// `io.k8s.core.v1.pods.exec.create`: group, version, resource, subresource and verb, as Google's audit logs
/// put them; `io.k8s.get` for requests that are for no resource.
fn method(original: &Value, verb: &str) -> String {
    let Some(resource) = text(original, "/objectRef/resource") else { return format!("io.k8s.{verb}") };
    let mut method = reversed(text(original, "/objectRef/apiGroup").unwrap_or_default());
    let version = text(original, "/objectRef/apiVersion");
    let subresource = text(original, "/objectRef/subresource");
    for part in version.into_iter().chain([resource]).chain(subresource).chain([verb]) {
        method.push('.');
        method.push_str(part);
    }
    method
}

/// Groups without a domain are Kubernetes's own: `apps` is `io.k8s.apps`, no group `io.k8s.core`.
fn reversed(group: &str) -> String {
    match group {
        "" => "io.k8s.core".to_owned(),
        group if !group.contains('.') => format!("io.k8s.{group}"),
        group => group.rsplit('.').collect::<Vec<_>>().join("."),
    }
}

/// The one who authenticated; whom they impersonated, for whom they acted.
fn identity(original: &Value) -> Identity {
    let Some(name) = text(original, "/user/username") else { return Identity::unknown() };
    let acted_for = text(original, "/impersonatedUser/username");
    let identity = match name {
        "system:anonymous" => Identity::anonymous(),
        name => Identity::user(SOURCE, text(original, "/user/uid").unwrap_or(name), name),
    };
    let credential = text(original, "/user/extra/authentication.kubernetes.io~1credential-id/0");
    identity.on_behalf_of(acted_for).with("credentialId", credential)
}

fn failure(original: &Value) -> Option<Failure> {
    let message = text(original, "/responseStatus/message").map(str::to_owned);
    if text(original, "/stage") == Some("Panic") {
        return Some(Failure { code: "InternalError".to_owned(), message });
    }
    let code = integer(original, "/responseStatus/code")?;
    let reason = text(original, "/responseStatus/reason");
    (code >= 400).then(|| Failure { code: reason.map_or_else(|| code.to_string(), str::to_owned), message })
}

fn parameters(original: &Value) -> Map<String, Value> {
    let mut parameters = copied(
        original,
        &[
            ("verb", "/verb"),
            ("requestURI", "/requestURI"),
            ("apiGroup", "/objectRef/apiGroup"),
            ("apiVersion", "/objectRef/apiVersion"),
            ("resource", "/objectRef/resource"),
            ("subresource", "/objectRef/subresource"),
            ("namespace", "/objectRef/namespace"),
            ("name", "/objectRef/name"),
            ("decision", "/annotations/authorization.k8s.io~1decision"),
            ("requestObject", "/requestObject"),
        ],
    );
    let groups = list(original, "/user/groups");
    put(&mut parameters, "userGroups", (!groups.is_empty()).then(|| groups.to_vec()));
    parameters
}

/// Reviews are created, but nothing remains of them. Opening a way into a container may do anything, though
/// WebSockets make it a `get`.
fn changes_nothing(original: &Value, verb: &str) -> bool {
    let resource = text(original, "/objectRef/resource").unwrap_or_default();
    let opens_way = matches!(
        text(original, "/objectRef/subresource"),
        Some("exec" | "attach" | "portforward" | "proxy" | "ephemeralcontainers")
    );
    let group = text(original, "/objectRef/apiGroup");
    let is_review = matches!(group, Some("authentication.k8s.io" | "authorization.k8s.io"))
        && resource.ends_with("reviews");
    !opens_way && (is_review || matches!(verb, "get" | "list" | "watch" | "head" | "options"))
}

/// `Kubernetes::apps::deployments` named by the path of its API: `apps/v1/namespaces/shop/deployments/cart`.
fn resource(original: &Value) -> Option<Resource> {
    let resource = text(original, "/objectRef/resource")?;
    let group = text(original, "/objectRef/apiGroup");
    let namespace = text(original, "/objectRef/namespace").filter(|_| resource != "namespaces");
    let mut path: Vec<&str> = group.into_iter().chain(text(original, "/objectRef/apiVersion")).collect();
    path.extend(namespace.map(|namespace| ["namespaces", namespace]).iter().flatten());
    path.push(resource);
    path.extend(text(original, "/objectRef/name"));
    Some(Resource::new(format!("Kubernetes::{}::{resource}", group.unwrap_or("core")), path.join("/")))
}

/// What is in Secrets, and tokens that are asked for or shown, is no member of a telling name: all of it goes.
fn hide_contents(original: &mut Value) {
    let resource = text(original, "/objectRef/resource");
    let is_secret = resource == Some("secrets")
        || resource == Some("tokenreviews")
        || (resource == Some("serviceaccounts") && text(original, "/objectRef/subresource") == Some("token"))
        || holds_secrets(original);
    for member in ["requestObject", "responseObject"] {
        if is_secret && let Some(content) = original.get_mut(member).filter(|content| !content.is_null()) {
            *content = Value::from(HIDDEN);
        }
    }
}

/// An event may lack its `objectRef`, or a list hold objects of several kinds.
fn holds_secrets(original: &Value) -> bool {
    let is_secret = |object: &Value| {
        matches!(text(object, "/kind"), Some("Secret" | "SecretList" | "TokenReview" | "TokenRequest"))
    };
    ["/requestObject", "/responseObject"]
        .iter()
        .filter_map(|object| original.pointer(object))
        .any(|object| is_secret(object) || list(object, "/items").iter().any(is_secret))
}

#[cfg(test)]
mod tests;
