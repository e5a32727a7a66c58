//! Events that were CloudTrail's before somebody, such as Security Lake, put them into OCSF. Names of 1.0 and
//! 1.1 are both known.

use crate::draft::{Draft, Unique};
use crate::identity::Identity;
use crate::look::{boolean, copied, first_text, put, text, time, time_in_millis};
use cairn_model::Category;
use serde_json::{Map, Value};

/// Puts back what only CloudTrail's events have.
pub(super) fn restore(original: &Value, draft: &mut Draft) {
    draft.identity = Identity::given(identity(original));
    draft.region = first_text(original, &["/cloud/region", "/unmapped/awsRegion"]).map(str::to_owned);
    let account =
        first_text(original, &["/unmapped/recipientAccountId", "/cloud/account/uid", "/cloud/account_uid"]);
    draft.account = account.and_then(|account| account.parse().ok());
    if let Some(id) = text(original, "/metadata/uid") {
        draft.unique = Unique::EventId(id.to_owned());
    }
    if let Some(event_type) = first_text(original, &["/metadata/event_code", "/unmapped/eventType"]) {
        draft.event_type = event_type.to_owned();
    }
    if let Some(flag) = boolean(original, "/unmapped/readOnly") {
        draft.read_only = flag;
    }
    draft.category = category(original);
}

fn category(original: &Value) -> Category {
    let named = text(original, "/unmapped/eventCategory").map(Category::from_name);
    match (named, boolean(original, "/unmapped/managementEvent")) {
        (Some(category), _) if category != Category::Other => category,
        (_, Some(false)) => Category::Data,
        _ => Category::Management,
    }
}

fn identity(original: &Value) -> Map<String, Value> {
    let arn = ["/actor/user/uid", "/actor/user/uuid"]
        .into_iter()
        .find(|pointer| text(original, pointer).is_some_and(|text| text.starts_with("arn:")));
    // What is no ARN is the id.
    let principal = ["/actor/user/uid_alt", "/actor/user/uid"]
        .into_iter()
        .find(|pointer| arn != Some(*pointer) && text(original, pointer).is_some());
    let mut identity = copied(
        original,
        &[
            ("type", "/actor/user/type"),
            ("principalId", principal.unwrap_or("/none")),
            ("arn", arn.unwrap_or("/none")),
            ("accountId", "/actor/user/account_uid"),
            ("accountId", "/actor/user/account/uid"),
            ("accessKeyId", "/actor/user/credential_uid"),
            ("userName", "/actor/user/name"),
            ("identityProvider", "/actor/idp/name"),
            ("invokedBy", "/actor/invoked_by"),
        ],
    );
    let session = session(original);
    put(&mut identity, "sessionContext", (!session.is_empty()).then_some(session));
    identity
}

fn session(original: &Value) -> Map<String, Value> {
    let mut session = Map::new();
    put(&mut session, "sessionIssuer", text(original, "/actor/session/issuer").map(issuer));
    let created = time_in_millis(original, "/actor/session/created_time")
        .or_else(|| time(original, "/actor/session/created_time_dt"));
    let with_mfa =
        boolean(original, "/actor/session/is_mfa").or_else(|| boolean(original, "/actor/session/mfa"));
    let mut attributes = Map::new();
    put(&mut attributes, "creationDate", created.map(|created| created.to_string()));
    put(&mut attributes, "mfaAuthenticated", with_mfa.map(|flag| flag.to_string()));
    put(&mut session, "attributes", (!attributes.is_empty()).then_some(attributes));
    session
}

/// `arn:aws:iam::111122223333:role/path/Deployer`.
fn issuer(arn: &str) -> Map<String, Value> {
    let mut issuer = Map::new();
    let (kind, name) = match arn.rsplit_once('/') {
        Some((start, name)) if start.contains(":role") => (Some("Role"), Some(name)),
        Some((start, name)) if start.contains(":user") => (Some("IAMUser"), Some(name)),
        _ => (arn.ends_with(":root").then_some("Root"), None),
    };
    put(&mut issuer, "type", kind);
    put(&mut issuer, "arn", Some(arn));
    put(&mut issuer, "accountId", arn.split(':').nth(4).filter(|account| !account.is_empty()));
    put(&mut issuer, "userName", name);
    issuer
}
