//! From the model's organizations to the shapes of AWS Organizations.

use crate::clock;
use cairn_model::{AccountId, Member, Organization, Timestamp};
use cairn_wire::Epoch;
use serde_json::{Value, json};

/// `Organization`.
pub(super) fn organization(organization: &Organization) -> Value {
    let Organization { id, management, members, .. } = organization;
    let mut shown = json!({
        "Id": id,
        "Arn": format!("arn:aws:organizations::{management}:organization/{id}"),
        "FeatureSet": "ALL",
        "MasterAccountArn": account_arn(organization, management.as_str()),
        "MasterAccountId": management,
        "AvailablePolicyTypes": [],
    });
    if let Some(email) = members.get(management).and_then(|member| member.email.as_ref()) {
        shown["MasterAccountEmail"] = email.as_str().into();
    }
    shown
}

/// `Account`; its name is that which Cairn's operator gave it.
pub(super) fn account(
    organization: &Organization,
    account: AccountId,
    member: &Member,
    name: Option<&str>,
) -> Value {
    let mut shown = json!({
        "Id": account,
        "Arn": account_arn(organization, account.as_str()),
        "Status": "ACTIVE",
        "State": "ACTIVE",
        "JoinedMethod": "INVITED",
        "JoinedTimestamp": date(member.joined),
    });
    for (key, value) in [("Email", member.email.as_deref()), ("Name", name)] {
        if let Some(value) = value {
            shown[key] = value.into();
        }
    }
    shown
}

/// `Root`: there is one, and all accounts are directly below it.
pub(super) fn root(organization: &Organization) -> Value {
    let Organization { id, management, .. } = organization;
    let root = format!("r-{}", id.as_str().trim_start_matches("o-"));
    json!({
        "Id": root,
        "Arn": format!("arn:aws:organizations::{management}:root/{id}/{root}"),
        "Name": "Root",
        "PolicyTypes": [],
    })
}

/// The ARN of an account of the organization.
pub(super) fn account_arn(organization: &Organization, account: &str) -> String {
    let Organization { id, management, .. } = organization;
    format!("arn:aws:organizations::{management}:account/{id}/{account}")
}

/// Seconds since 1970.
pub(super) fn date(time: Timestamp) -> Value {
    serde_json::to_value(Epoch(clock::jiff(time))).expect("a number")
}
