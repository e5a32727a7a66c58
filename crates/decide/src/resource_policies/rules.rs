//! What a resource's policy may say.

use super::error::Rule;
use crate::access;
use crate::policy::{Policy, Purpose, Statement};
use cairn_model::PolicedArn;

/// Statements of a channel's policy.
const STATEMENTS_MAX: usize = 20;

/// Principals of a statement of a channel's policy.
const PRINCIPALS_MAX: usize = 50;

const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";
const OF_CHANNELS: [&str; 1] = ["cloudtrail-data:PutAuditEvents"];
const OF_DASHBOARDS: [&str; 1] = ["cloudtrail:StartDashboardRefresh"];
const OF_STORES: [&str; 8] = [
    "cloudtrail:StartQuery",
    "cloudtrail:CancelQuery",
    "cloudtrail:ListQueries",
    "cloudtrail:DescribeQuery",
    "cloudtrail:GetQueryResults",
    "cloudtrail:GenerateQuery",
    "cloudtrail:GenerateQueryResultsSummary",
    "cloudtrail:GetEventDataStore",
];

/// Condition keys that calls on these resources have beside those of all calls, in small letters.
const KEYS: [&str; 3] = ["aws:sourceaccount", "aws:sourcearn", "cloudtrail:externalid"];

/// Refuses a document that the resource cannot have.
pub(super) fn check(resource: &PolicedArn, document: &str) -> Result<(), Rule> {
    let purpose = match resource {
        PolicedArn::Channel(_) => Purpose::Resource,
        PolicedArn::EventDataStore(_) | PolicedArn::Dashboard(_) => Purpose::OwnResource,
    };
    let policy = Policy::parse(document, purpose)?;
    if matches!(resource, PolicedArn::Channel(_)) && policy.statements().len() > STATEMENTS_MAX {
        return Err(Rule::Statements { count: policy.statements().len(), max: STATEMENTS_MAX });
    }
    (1..).zip(policy.statements()).try_for_each(|(number, statement)| {
        check_any(resource, number, statement)?;
        match resource {
            PolicedArn::Channel(_) => check_channels(number, statement),
            PolicedArn::EventDataStore(_) => Ok(()),
            PolicedArn::Dashboard(_) => check_dashboards(number, statement),
        }
    })
}

/// What holds for all kinds.
fn check_any(resource: &PolicedArn, number: usize, statement: &Statement) -> Result<(), Rule> {
    if statement.says_what_it_is_not_about() {
        return Err(Rule::Exception(number));
    }
    let possible: &[&str] = match resource {
        PolicedArn::EventDataStore(_) => &OF_STORES,
        PolicedArn::Channel(_) => &OF_CHANNELS,
        PolicedArn::Dashboard(_) => &OF_DASHBOARDS,
    };
    let is_possible = |action: &str| possible.iter().any(|known| known.eq_ignore_ascii_case(action));
    if let Some(odd) = statement.actions().iter().find(|action| !is_possible(action.text())) {
        return Err(Rule::Action { statement: number, action: odd.text().to_owned() });
    }
    // Under a key that no call has nothing would ever be denied.
    let is_key = |key: &str| KEYS.contains(&key) || access::is_key(key);
    if let Some(odd) = statement.conditions().iter().find(|condition| !is_key(condition.key())) {
        return Err(Rule::ConditionKey { statement: number, key: odd.name().to_owned() });
    }
    let own = resource.to_string();
    let odd = statement.resources().iter().find(|given| given.text() != own);
    odd.map_or(Ok(()), |odd| Err(Rule::Resource { statement: number, resource: odd.text().to_owned() }))
}

fn check_channels(number: usize, statement: &Statement) -> Result<(), Rule> {
    let count = statement.principal_count();
    if count > PRINCIPALS_MAX {
        return Err(Rule::Principals { statement: number, count, max: PRINCIPALS_MAX });
    }
    let mut external = statement.conditions().iter().filter(|held| held.key() == "cloudtrail:externalid");
    match external.all(|condition| condition.operator() == "StringEquals") {
        true => Ok(()),
        false => Err(Rule::ExternalId(number)),
    }
}

/// CloudTrail refreshes the dashboard on the account's behalf, and nobody else's.
fn check_dashboards(number: usize, statement: &Statement) -> Result<(), Rule> {
    if !statement.is_for_service_only(CLOUDTRAIL) {
        return Err(Rule::OnlyCloudTrail(number));
    }
    let has = |key: &str| statement.conditions().iter().any(|held| held.key().eq_ignore_ascii_case(key));
    let missing = ["AWS:SourceArn", "AWS:SourceAccount"].into_iter().find(|key| !has(key));
    missing.map_or(Ok(()), |key| Err(Rule::Condition { statement: number, key }))
}
