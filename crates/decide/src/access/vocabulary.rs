//! The words that policies of users, groups, roles and sessions may use.
//!
//! A statement that denies under a key that no request has, or an action that there is not, would never hold, and
//! nobody would notice. So it is refused when the policy is put. What was put before is still read.

use crate::policy::{Pattern, Policy, PolicyFault, PolicyReason, Purpose, Statement, Template};

/// The condition keys that requests have, in small letters.
const KEYS: [&str; 30] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principaltype",
    "aws:referer",
    "aws:requestedregion",
    "aws:resourceaccount",
    "aws:securetransport",
    "aws:sourceidentity",
    "aws:sourceip",
    "aws:tagkeys",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:userid",
    "aws:username",
    "s3:authtype",
    "s3:delimiter",
    "s3:prefix",
    "s3:resourceaccount",
    "s3:signatureversion",
    "s3:x-amz-acl",
    "s3:x-amz-copy-source",
    "s3:x-amz-metadata-directive",
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-storage-class",
    "sts:externalid",
    "sts:rolesessionname",
    "sts:sourceidentity",
];

/// Keys that end in the name of a tag.
const TAGS: [&str; 2] = ["aws:principaltag/", "aws:requesttag/"];

/// The calls of Cairn's own.
const CAIRN: [&str; 56] = [
    "AddUserToGroup",
    "AttachGroupPolicy",
    "AttachRolePolicy",
    "AttachUserPolicy",
    "Backup",
    "BeginImport",
    "BreakLock",
    "CountImported",
    "CreateAccount",
    "CreateGroup",
    "CreateKey",
    "CreatePolicy",
    "CreateRole",
    "CreateUser",
    "DeleteGroup",
    "DeleteGroupPolicy",
    "DeleteKey",
    "DeletePolicy",
    "DeleteRole",
    "DeleteRolePolicy",
    "DeleteUser",
    "DeleteUserPolicy",
    "DetachGroupPolicy",
    "DetachRolePolicy",
    "DetachUserPolicy",
    "DisableKey",
    "EnableKey",
    "GetAccount",
    "GetGroup",
    "GetPolicy",
    "GetPublicKeys",
    "GetRole",
    "GetUser",
    "Import",
    "ListAccounts",
    "ListGroups",
    "ListKeys",
    "ListPolicies",
    "ListRoles",
    "ListStacks",
    "ListTags",
    "ListUsers",
    "Lookup",
    "PostEvents",
    "PutGroupPolicy",
    "PutRolePolicy",
    "PutStack",
    "PutTags",
    "PutUserPolicy",
    "Query",
    "RemoveUserFromGroup",
    "RenameAccount",
    "SimulatePolicy",
    "Tail",
    "UpdateAssumeRolePolicy",
    "UpdatePolicy",
];

/// Source: "Actions, resources, and condition keys for AWS CloudTrail" in the Service Authorization Reference, so with
/// those that have no operation of their name.
const CLOUDTRAIL: [&str; 67] = [
    "AddTags",
    "CancelQuery",
    "CreateChannel",
    "CreateDashboard",
    "CreateEventDataStore",
    "CreateServiceLinkedChannel",
    "CreateTrail",
    "DeleteChannel",
    "DeleteDashboard",
    "DeleteEventDataStore",
    "DeleteResourcePolicy",
    "DeleteServiceLinkedChannel",
    "DeleteTrail",
    "DeregisterOrganizationDelegatedAdmin",
    "DescribeQuery",
    "DescribeTrails",
    "DisableFederation",
    "EnableFederation",
    "GenerateQuery",
    "GenerateQueryResultsSummary",
    "GetChannel",
    "GetDashboard",
    "GetEventConfiguration",
    "GetEventDataStore",
    "GetEventDataStoreData",
    "GetEventSelectors",
    "GetImport",
    "GetInsightSelectors",
    "GetQueryResults",
    "GetResourcePolicy",
    "GetServiceLinkedChannel",
    "GetTrail",
    "GetTrailStatus",
    "ListChannels",
    "ListDashboards",
    "ListEventDataStores",
    "ListImportFailures",
    "ListImports",
    "ListInsightsData",
    "ListInsightsMetricData",
    "ListPublicKeys",
    "ListQueries",
    "ListServiceLinkedChannels",
    "ListTags",
    "ListTrails",
    "LookupEvents",
    "PutEventConfiguration",
    "PutEventSelectors",
    "PutInsightSelectors",
    "PutResourcePolicy",
    "RegisterOrganizationDelegatedAdmin",
    "RemoveTags",
    "RestoreEventDataStore",
    "SearchSampleQueries",
    "StartDashboardRefresh",
    "StartEventDataStoreIngestion",
    "StartImport",
    "StartLogging",
    "StartQuery",
    "StopEventDataStoreIngestion",
    "StopImport",
    "StopLogging",
    "UpdateChannel",
    "UpdateDashboard",
    "UpdateEventDataStore",
    "UpdateServiceLinkedChannel",
    "UpdateTrail",
];

/// Checks a document that is put.
pub(super) fn check(document: &str, purpose: Purpose) -> Result<(), PolicyFault> {
    let policy = Policy::parse(document, purpose)?;
    for (index, statement) in policy.statements().iter().enumerate() {
        check_statement(statement).map_err(|(part, reason)| PolicyFault {
            place: format!("Statement {}, {part}", index + 1),
            reason,
        })?;
    }
    Ok(())
}

fn check_statement(statement: &Statement) -> Result<(), (&'static str, PolicyReason)> {
    if let Some(action) = statement.actions().iter().map(Template::text).find(|text| is_misspelt(text)) {
        return Err(("Action", PolicyReason::NoSuchAction(action.to_owned())));
    }
    match statement.conditions().iter().find(|condition| !is_key(condition.key())) {
        Some(condition) => Err(("Condition", PolicyReason::ConditionKey(condition.name().to_owned()))),
        None => Ok(()),
    }
}

/// Whether it names no action of a service whose actions are known; it may have wildcards.
fn is_misspelt(action: &str) -> bool {
    let (service, name) = action.split_once(':').unwrap_or((action, "*"));
    let known: &[&str] = match service.to_ascii_lowercase().as_str() {
        "cairn" => &CAIRN,
        "cloudtrail" => &CLOUDTRAIL,
        _ => return false,
    };
    let pattern = Pattern::new(name);
    !known.iter().any(|known| pattern.matches_ignoring_case(known))
}

/// Whether requests have this condition key, which is in small letters.
pub(crate) fn is_key(key: &str) -> bool {
    KEYS.contains(&key) || TAGS.iter().any(|start| key.starts_with(start))
}
