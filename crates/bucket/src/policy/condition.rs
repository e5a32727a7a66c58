//! The condition keys that requests of S3 carry.

use super::PolicyFault;
use cairn_decide::policy::{Condition, Family};

/// Keys in small letters, and what their values are. Source: "Actions, resources, and condition keys for Amazon S3"
/// in the Service Authorization Reference; "AWS global condition context keys" in the IAM User Guide.
const KEYS: [(&str, Family); 31] = [
    ("aws:currenttime", Family::Date),
    ("aws:epochtime", Family::Date),
    ("aws:multifactorauthage", Family::Number),
    ("aws:multifactorauthpresent", Family::Truth),
    ("aws:principalaccount", Family::Text),
    ("aws:principalarn", Family::Arn),
    ("aws:principalisawsservice", Family::Truth),
    ("aws:principalservicename", Family::Text),
    ("aws:principaltype", Family::Text),
    ("aws:referer", Family::Text),
    ("aws:requestedregion", Family::Text),
    ("aws:resourceaccount", Family::Text),
    ("aws:securetransport", Family::Truth),
    ("aws:sourceaccount", Family::Text),
    ("aws:sourcearn", Family::Arn),
    ("aws:sourceidentity", Family::Text),
    ("aws:sourceip", Family::Address),
    ("aws:tokenissuetime", Family::Date),
    ("aws:useragent", Family::Text),
    ("aws:userid", Family::Text),
    ("aws:username", Family::Text),
    ("s3:authtype", Family::Text),
    ("s3:delimiter", Family::Text),
    ("s3:prefix", Family::Text),
    ("s3:resourceaccount", Family::Text),
    ("s3:signatureversion", Family::Text),
    ("s3:x-amz-acl", Family::Text),
    ("s3:x-amz-copy-source", Family::Text),
    ("s3:x-amz-metadata-directive", Family::Text),
    ("s3:x-amz-server-side-encryption", Family::Text),
    ("s3:x-amz-storage-class", Family::Text),
];

/// Keys that end in the name of a tag.
const TAGS: [&str; 1] = ["aws:principaltag/"];

/// Refuses a key that no request carries, and an operator that no value of the key ever fits.
pub(super) fn check(condition: &Condition) -> Result<(), PolicyFault> {
    let key = condition.key();
    let is_tag = TAGS.iter().any(|start| key.starts_with(start));
    let known = KEYS.iter().find(|(known, _)| *known == key).map(|(_, family)| *family);
    let family = known.or(is_tag.then_some(Family::Text));
    let family = family.ok_or_else(|| PolicyFault::ConditionKey(condition.name().to_owned()))?;
    let goes = match condition.family() {
        Family::Null => true,
        Family::Text => matches!(family, Family::Text | Family::Arn),
        Family::Number => matches!(family, Family::Number | Family::Date),
        other => other == family,
    };
    let misused = || PolicyFault::Operator {
        operator: condition.operator().to_owned(),
        key: condition.name().to_owned(),
    };
    if goes { Ok(()) } else { Err(misused()) }
}
