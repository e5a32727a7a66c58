//! Which row a change writes, and which change a row is.

use super::table::Table;
use cairn_model::{AccountId, Change, StackId};
use serde::Serialize;

/// What a change does to the database.
pub(super) enum Write {
    Put { table: Table, name: String, json: String },
    Delete { table: Table, name: String },
}

impl Write {
    pub(super) fn of(change: &Change) -> Write {
        match change {
            Change::PutAccount(account) => put(Table::Accounts, account.id.to_string(), account),
            Change::PutKey(key) => put(Table::Keys, key.access_key_id.clone(), key),
            Change::DeleteKey { access_key_id } => delete(Table::Keys, access_key_id.clone()),
            Change::PutTrail(trail) => put(Table::Trails, trail.arn.to_string(), trail),
            Change::DeleteTrail { arn } => delete(Table::Trails, arn.to_string()),
            Change::PutSigningKey(key) => {
                put(Table::SigningKeys, format!("{}/{}", key.account, key.fingerprint), key)
            }
            Change::PutSession(session) => put(Table::Sessions, session.access_key_id.clone(), session),
            Change::PutEventDataStore(store) => put(Table::EventDataStores, store.arn.to_string(), store),
            Change::DeleteEventDataStore { arn } => delete(Table::EventDataStores, arn.to_string()),
            Change::PutChannel(channel) => put(Table::Channels, channel.arn.to_string(), channel),
            Change::DeleteChannel { arn } => delete(Table::Channels, arn.to_string()),
            Change::PutDashboard(dashboard) => put(Table::Dashboards, dashboard.arn.to_string(), dashboard),
            Change::DeleteDashboard { arn } => delete(Table::Dashboards, arn.to_string()),
            Change::PutResourcePolicy(policy) => {
                put(Table::ResourcePolicies, policy.resource.to_string(), policy)
            }
            Change::DeleteResourcePolicy { arn } => delete(Table::ResourcePolicies, arn.to_string()),
            Change::PutUser(user) => put(Table::Users, of_account(user.account, &user.name), user),
            Change::DeleteUser { account, name } => delete(Table::Users, of_account(*account, name)),
            Change::PutGroup(group) => put(Table::Groups, of_account(group.account, &group.name), group),
            Change::DeleteGroup { account, name } => delete(Table::Groups, of_account(*account, name)),
            Change::PutRole(role) => put(Table::Roles, of_account(role.account, &role.name), role),
            Change::DeleteRole { account, name } => delete(Table::Roles, of_account(*account, name)),
            Change::PutPolicy(policy) => {
                put(Table::Policies, of_account(policy.account, &policy.name), policy)
            }
            Change::DeletePolicy { account, name } => delete(Table::Policies, of_account(*account, name)),
            Change::PutOrganization(organization) => {
                put(Table::Organizations, organization.id.to_string(), organization)
            }
            Change::DeleteOrganization { id } => delete(Table::Organizations, id.to_string()),
            Change::PutStack(stack) => put(Table::Stacks, of_stack(&stack.id), stack),
            Change::DeleteStack { id } => delete(Table::Stacks, of_stack(id)),
        }
    }
}

/// What a change puts or deletes, for people: nothing of its content.
pub fn name_of(change: &Change) -> String {
    match Write::of(change) {
        Write::Put { table, name, .. } => format!("put {}/{name}", table.name()),
        Write::Delete { table, name } => format!("delete {}/{name}", table.name()),
    }
}

/// The change that deletes what another one put. `None`: such things are never deleted, or the change puts nothing.
pub(super) fn deletion(put: &Change) -> Option<Change> {
    Some(match put {
        Change::PutKey(key) => Change::DeleteKey { access_key_id: key.access_key_id.clone() },
        Change::PutTrail(trail) => Change::DeleteTrail { arn: trail.arn.clone() },
        Change::PutEventDataStore(store) => Change::DeleteEventDataStore { arn: store.arn.clone() },
        Change::PutChannel(channel) => Change::DeleteChannel { arn: channel.arn.clone() },
        Change::PutDashboard(dashboard) => Change::DeleteDashboard { arn: dashboard.arn.clone() },
        Change::PutResourcePolicy(policy) => Change::DeleteResourcePolicy { arn: policy.resource.clone() },
        Change::PutUser(user) => Change::DeleteUser { account: user.account, name: user.name.clone() },
        Change::PutGroup(group) => Change::DeleteGroup { account: group.account, name: group.name.clone() },
        Change::PutRole(role) => Change::DeleteRole { account: role.account, name: role.name.clone() },
        Change::PutPolicy(policy) => {
            Change::DeletePolicy { account: policy.account, name: policy.name.clone() }
        }
        Change::PutOrganization(organization) => Change::DeleteOrganization { id: organization.id.clone() },
        Change::PutStack(stack) => Change::DeleteStack { id: stack.id.clone() },
        Change::PutAccount(_)
        | Change::PutSigningKey(_)
        | Change::PutSession(_)
        | Change::DeleteKey { .. }
        | Change::DeleteTrail { .. }
        | Change::DeleteEventDataStore { .. }
        | Change::DeleteChannel { .. }
        | Change::DeleteDashboard { .. }
        | Change::DeleteResourcePolicy { .. }
        | Change::DeleteUser { .. }
        | Change::DeleteGroup { .. }
        | Change::DeleteRole { .. }
        | Change::DeletePolicy { .. }
        | Change::DeleteOrganization { .. }
        | Change::DeleteStack { .. } => return None,
    })
}

fn put<T: Serialize>(table: Table, name: String, value: &T) -> Write {
    let json = serde_json::to_string(value).expect("the model's types have string keys only");
    Write::Put { table, name, json }
}

pub(super) fn delete(table: Table, name: String) -> Write {
    Write::Delete { table, name }
}

fn of_account(account: AccountId, name: &str) -> String {
    format!("{account}/{name}")
}

fn of_stack(id: &StackId) -> String {
    format!("{}/{}/{}", id.account, id.region, id.name)
}

/// The change that wrote a row of `table`.
pub(super) fn change_of(table: Table, json: &str) -> Result<Change, serde_json::Error> {
    Ok(match table {
        Table::Accounts => Change::PutAccount(serde_json::from_str(json)?),
        Table::Keys => Change::PutKey(serde_json::from_str(json)?),
        Table::Trails => Change::PutTrail(serde_json::from_str(json)?),
        Table::SigningKeys => Change::PutSigningKey(serde_json::from_str(json)?),
        Table::Sessions => Change::PutSession(serde_json::from_str(json)?),
        Table::EventDataStores => Change::PutEventDataStore(serde_json::from_str(json)?),
        Table::Channels => Change::PutChannel(serde_json::from_str(json)?),
        Table::Dashboards => Change::PutDashboard(serde_json::from_str(json)?),
        Table::ResourcePolicies => Change::PutResourcePolicy(serde_json::from_str(json)?),
        Table::Users => Change::PutUser(serde_json::from_str(json)?),
        Table::Groups => Change::PutGroup(serde_json::from_str(json)?),
        Table::Roles => Change::PutRole(serde_json::from_str(json)?),
        Table::Policies => Change::PutPolicy(serde_json::from_str(json)?),
        Table::Organizations => Change::PutOrganization(serde_json::from_str(json)?),
        Table::Stacks => Change::PutStack(serde_json::from_str(json)?),
    })
}
