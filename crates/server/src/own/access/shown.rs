//! Users, groups, roles and policies as answers have them.

use cairn_decide::access::Builtin;
use cairn_model::{AccountId, Grants, Group, ManagedPolicy, Role, User};
use cairn_store::catalog::Named;
use serde_json::{Value, json};

/// Those of an account, by name.
pub(super) fn all<T>(things: &Named<T>, account: AccountId, shown: impl Fn(&T) -> Value) -> Vec<Value> {
    things.get(&account).into_iter().flat_map(|named| named.values()).map(|thing| shown(thing)).collect()
}

pub(super) fn user(user: &User) -> Value {
    let arn = format!("arn:aws:iam::{}:user/{}", user.account, user.name);
    let mut shown = held(&arn, &user.name, &user.grants, user.created.to_string());
    shown["groups"] = json!(user.groups);
    shown["tags"] = json!(user.tags);
    shown
}

pub(super) fn group(group: &Group) -> Value {
    let arn = format!("arn:aws:iam::{}:group/{}", group.account, group.name);
    held(&arn, &group.name, &group.grants, group.created.to_string())
}

pub(super) fn role(role: &Role) -> Value {
    let mut shown = held(&role.arn(), &role.name, &role.grants, role.created.to_string());
    shown["id"] = json!(role.id);
    shown["description"] = json!(role.description);
    shown["trust"] = json!(role.trust);
    shown["maxSessionSeconds"] = json!(role.session_seconds_max);
    shown["tags"] = json!(role.tags);
    shown
}

pub(super) fn policy(policy: &ManagedPolicy) -> Value {
    json!({
        "name": policy.name, "arn": policy.arn(), "description": policy.description, "document": policy.document,
        "created": policy.created.to_string(), "updated": policy.updated.to_string(),
    })
}

pub(super) fn builtin(policy: &Builtin) -> Value {
    let name = policy.arn.rsplit('/').next().unwrap_or_default();
    json!({ "name": name, "arn": policy.arn, "description": policy.description, "document": policy.document })
}

fn held(arn: &str, name: &str, grants: &Grants, created: String) -> Value {
    json!({
        "name": name, "arn": arn, "attached": grants.attached, "inline": grants.inline, "created": created,
    })
}
