//! GitHub's audit logs of organizations and enterprises, as streamed, exported or listed by its API.

use crate::Refusal;
use crate::draft::{Draft, Failure, Resource, Unique};
use crate::identity::Identity;
use crate::look::{integer, text, text_or_number, time, time_in_millis};
use crate::verbs::only_reads;
use cairn_model::{Category, Timestamp};
use serde_json::{Map, Value};

const SOURCE: &str = "github.com";

/// Members that are told elsewhere in the record, or say nothing.
const NO_PARAMETERS: [&str; 9] = [
    "@timestamp",
    "action",
    "actor",
    "actor_id",
    "actor_ip",
    "user_agent",
    "_document_id",
    "request_id",
    "created_at",
];

/// What an event says.
pub(crate) fn draft(original: &Value) -> Result<Draft, Refusal> {
    let action = text(original, "/action").ok_or(Refusal::Missing("action"))?;
    let happened = happened(original).ok_or(Refusal::Missing("@timestamp"))?;
    let mut draft = Draft::new(happened, SOURCE, action);
    draft.identity = identity(original);
    draft.source_ip = text(original, "/actor_ip").map(str::to_owned);
    draft.user_agent = text(original, "/user_agent").map(str::to_owned);
    draft.failure = failure(original);
    draft.parameters = parameters(original);
    draft.request_id = text(original, "/request_id").map(str::to_owned);
    draft.read_only = reads(original, action);
    draft.category = if action.starts_with("git.") { Category::Data } else { Category::Management };
    draft.resources = resources(original);
    draft.unique = Unique::of(&[text(original, "/_document_id")]);
    Ok(draft)
}

fn happened(original: &Value) -> Option<Timestamp> {
    let millis =
        || time_in_millis(original, "/@timestamp").or_else(|| time_in_millis(original, "/created_at"));
    millis().or_else(|| time(original, "/@timestamp")).or_else(|| time(original, "/created_at"))
}

fn identity(original: &Value) -> Identity {
    let Some(actor) = text(original, "/actor") else { return Identity::unknown() };
    let actor_id = text_or_number(original, "/actor_id");
    Identity::user(SOURCE, actor_id.as_deref().unwrap_or(actor), actor)
        .with("credentialId", text_or_number(original, "/token_id").as_deref())
}

/// Only calls of the API and sign-ins that failed are told of.
fn failure(original: &Value) -> Option<Failure> {
    if let Some(status) = integer(original, "/status_code").filter(|status| *status >= 400) {
        return Some(Failure { code: status.to_string(), message: None });
    }
    let failed = text(original, "/action").is_some_and(|action| action.ends_with("failed_login"));
    failed.then(|| Failure { code: "FailedAuthentication".to_owned(), message: None })
}

fn parameters(original: &Value) -> Map<String, Value> {
    let members = original.as_object().into_iter().flatten();
    let told = members.filter(|(name, value)| !value.is_null() && !NO_PARAMETERS.contains(&name.as_str()));
    told.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn reads(original: &Value, action: &str) -> bool {
    if let Some(method) = text(original, "/request_method") {
        return only_reads(method);
    }
    let is_access = text(original, "/operation_type") == Some("access");
    is_access || matches!(action, "git.clone" | "git.fetch" | "repo.download_zip") || only_reads(action)
}

/// The innermost things that are named; a list of repositories is not one.
fn resources(original: &Value) -> Vec<Resource> {
    const KINDS: [(&str, &str); 6] = [
        ("/repo", "GitHub::Repository"),
        ("/repository", "GitHub::Repository"),
        ("/team", "GitHub::Team"),
        ("/user", "GitHub::User"),
        ("/org", "GitHub::Organization"),
        ("/business", "GitHub::Enterprise"),
    ];
    let mut resources: Vec<Resource> = Vec::new();
    for (pointer, kind) in KINDS {
        if let Some(name) = text(original, pointer) {
            let resource = Resource::new(kind, name);
            if !resources.contains(&resource) {
                resources.push(resource);
            }
        }
    }
    resources
}

#[cfg(test)]
mod tests;
