//! Conditions of statements.

use super::network::Network;
use super::parse::{PolicyFault, texts};
use super::pattern::Pattern;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// What is known of a request besides who asks for what. A key without a value is absent.
pub type Circumstances = BTreeMap<ConditionKey, String>;

/// The condition keys that Cairn knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConditionKey {
    /// `aws:SourceIp`: the client's address.
    SourceIp,
    /// `aws:SecureTransport`: `true` over TLS, else `false`.
    SecureTransport,
    /// `aws:PrincipalArn`.
    PrincipalArn,
    /// `aws:PrincipalAccount`.
    PrincipalAccount,
    /// `aws:PrincipalType`: `Account`, `User` or `Anonymous`.
    PrincipalType,
    /// `aws:PrincipalIsAWSService`: `true` or `false`.
    PrincipalIsAwsService,
    /// `aws:username`.
    Username,
    /// `aws:SourceArn`: the trail for which a service acts.
    SourceArn,
    /// `aws:SourceAccount`: the account for which a service acts.
    SourceAccount,
    /// `aws:UserAgent`.
    UserAgent,
    /// `aws:Referer`.
    Referer,
    /// `s3:prefix` of a listing.
    Prefix,
    /// `s3:delimiter` of a listing.
    Delimiter,
    /// `s3:x-amz-acl`.
    Acl,
    /// `s3:x-amz-server-side-encryption`.
    ServerSideEncryption,
    /// `s3:x-amz-copy-source`.
    CopySource,
    /// `s3:x-amz-metadata-directive`.
    MetadataDirective,
    /// `s3:x-amz-storage-class`.
    StorageClass,
    /// `s3:authType`: `REST-HEADER`, `REST-QUERY-STRING` or `POST`.
    AuthType,
    /// `s3:signatureversion`: `AWS4-HMAC-SHA256` or `AWS`.
    SignatureVersion,
    /// `s3:ResourceAccount`: the bucket's.
    ResourceAccount,
}

/// How the values of a key are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Arn,
    Truth,
    Address,
}

const KEYS: [(&str, ConditionKey, Kind); 21] = [
    ("aws:sourceip", ConditionKey::SourceIp, Kind::Address),
    ("aws:securetransport", ConditionKey::SecureTransport, Kind::Truth),
    ("aws:principalarn", ConditionKey::PrincipalArn, Kind::Arn),
    ("aws:principalaccount", ConditionKey::PrincipalAccount, Kind::Text),
    ("aws:principaltype", ConditionKey::PrincipalType, Kind::Text),
    ("aws:principalisawsservice", ConditionKey::PrincipalIsAwsService, Kind::Truth),
    ("aws:username", ConditionKey::Username, Kind::Text),
    ("aws:sourcearn", ConditionKey::SourceArn, Kind::Arn),
    ("aws:sourceaccount", ConditionKey::SourceAccount, Kind::Text),
    ("aws:useragent", ConditionKey::UserAgent, Kind::Text),
    ("aws:referer", ConditionKey::Referer, Kind::Text),
    ("s3:prefix", ConditionKey::Prefix, Kind::Text),
    ("s3:delimiter", ConditionKey::Delimiter, Kind::Text),
    ("s3:x-amz-acl", ConditionKey::Acl, Kind::Text),
    ("s3:x-amz-server-side-encryption", ConditionKey::ServerSideEncryption, Kind::Text),
    ("s3:x-amz-copy-source", ConditionKey::CopySource, Kind::Text),
    ("s3:x-amz-metadata-directive", ConditionKey::MetadataDirective, Kind::Text),
    ("s3:x-amz-storage-class", ConditionKey::StorageClass, Kind::Text),
    ("s3:authtype", ConditionKey::AuthType, Kind::Text),
    ("s3:signatureversion", ConditionKey::SignatureVersion, Kind::Text),
    ("s3:resourceaccount", ConditionKey::ResourceAccount, Kind::Text),
];

/// One operator and key of a statement's `Condition`; several values are alternatives.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    key: ConditionKey,
    test: Test,
    /// `Not...`: holds where none of the values matches, and where the key is absent.
    negated: bool,
    /// `...IfExists`: holds where the key is absent.
    if_exists: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Equals(Vec<String>),
    /// Values are lower case.
    EqualsIgnoringCase(Vec<String>),
    Like(Vec<Pattern>),
    Within(Vec<Network>),
    Is(Vec<bool>),
    /// Whether the key is absent.
    Null(bool),
}

impl Condition {
    /// Reads a statement's `Condition`: operators, in them keys, in them values.
    pub(super) fn parse_all(value: &Value) -> Result<Vec<Condition>, PolicyFault> {
        let operators = value.as_object().ok_or(PolicyFault::Shape("Condition", "an object"))?;
        let mut conditions = Vec::new();
        for (operator, keys) in operators {
            let keys = keys.as_object().ok_or(PolicyFault::Shape("an operator of Condition", "an object"))?;
            for (key, values) in keys {
                conditions.push(Condition::parse(operator, key, values)?);
            }
        }
        Ok(conditions)
    }

    fn parse(operator: &str, name: &str, values: &Value) -> Result<Condition, PolicyFault> {
        let unknown_key = || PolicyFault::ConditionKey(name.to_owned());
        let lower = name.to_ascii_lowercase();
        let (_, key, kind) = *KEYS.iter().find(|(known, ..)| *known == lower).ok_or_else(unknown_key)?;
        let values = values_of(values)?;
        let (base, if_exists) = match operator.strip_suffix("IfExists") {
            Some(base) => (base, true),
            None => (operator, false),
        };
        let misused = || PolicyFault::Operator { operator: operator.to_owned(), key: name.to_owned() };
        let (test, negated) = test(base, kind, &values).ok_or_else(misused)?;
        if if_exists && matches!(test, Test::Null(_)) {
            return Err(misused());
        }
        Ok(Condition { key, test, negated, if_exists })
    }

    pub(super) fn holds(&self, circumstances: &Circumstances) -> bool {
        let value = circumstances.get(&self.key);
        match (&self.test, value) {
            (Test::Null(is_absent), value) => *is_absent == value.is_none(),
            (_, None) => self.negated || self.if_exists,
            (test, Some(value)) => test.matches(value) != self.negated,
        }
    }

    /// Whether it lets through only fixed addresses, accounts or ARNs.
    pub(super) fn narrows_who(&self) -> bool {
        let is_about_who = matches!(
            self.key,
            ConditionKey::SourceIp
                | ConditionKey::SourceArn
                | ConditionKey::SourceAccount
                | ConditionKey::PrincipalArn
                | ConditionKey::PrincipalAccount
        );
        is_about_who
            && !self.negated
            && !self.if_exists
            && match &self.test {
                Test::Equals(_) | Test::EqualsIgnoringCase(_) => true,
                Test::Like(patterns) => !patterns.iter().any(Pattern::has_wildcard),
                Test::Within(networks) => !networks.iter().any(Network::is_nearly_everything),
                Test::Is(_) | Test::Null(_) => false,
            }
    }
}

impl Test {
    fn matches(&self, value: &str) -> bool {
        match self {
            Test::Equals(values) => values.iter().any(|one| one == value),
            Test::EqualsIgnoringCase(values) => values.contains(&value.to_lowercase()),
            Test::Like(patterns) => patterns.iter().any(|pattern| pattern.matches(value)),
            Test::Within(networks) => {
                let address = value.parse::<IpAddr>();
                address.is_ok_and(|address| networks.iter().any(|network| network.contains(address)))
            }
            Test::Is(values) => values.iter().any(|one| one.to_string() == value),
            Test::Null(_) => false,
        }
    }
}

/// What an operator does with values of this kind, and whether it is negated; nothing if it does not go with
/// the kind or the values are none for it.
fn test(operator: &str, kind: Kind, values: &[String]) -> Option<(Test, bool)> {
    let patterns = || values.iter().map(Pattern::new).collect();
    let lower = || values.iter().map(|value| value.to_lowercase()).collect();
    let is_text = matches!(kind, Kind::Text | Kind::Arn);
    Some(match operator {
        "StringEquals" if is_text => (Test::Equals(values.to_vec()), false),
        "StringNotEquals" if is_text => (Test::Equals(values.to_vec()), true),
        "StringEqualsIgnoreCase" if is_text => (Test::EqualsIgnoringCase(lower()), false),
        "StringNotEqualsIgnoreCase" if is_text => (Test::EqualsIgnoringCase(lower()), true),
        "StringLike" if is_text => (Test::Like(patterns()), false),
        "StringNotLike" if is_text => (Test::Like(patterns()), true),
        "ArnEquals" | "ArnLike" if kind == Kind::Arn => (Test::Like(patterns()), false),
        "ArnNotEquals" | "ArnNotLike" if kind == Kind::Arn => (Test::Like(patterns()), true),
        "IpAddress" if kind == Kind::Address => (Test::Within(networks(values)?), false),
        "NotIpAddress" if kind == Kind::Address => (Test::Within(networks(values)?), true),
        "Bool" if kind == Kind::Truth => (Test::Is(truths(values)?), false),
        "Null" => match truths(values)?.as_slice() {
            [is_absent] => (Test::Null(*is_absent), false),
            _ => return None,
        },
        _ => return None,
    })
}

fn networks(values: &[String]) -> Option<Vec<Network>> {
    values.iter().map(|value| value.parse().ok()).collect()
}

fn truths(values: &[String]) -> Option<Vec<bool>> {
    values.iter().map(|value| value.to_ascii_lowercase().parse().ok()).collect()
}

/// One or several values; JSON's booleans count as their texts, as at AWS.
fn values_of(value: &Value) -> Result<Vec<String>, PolicyFault> {
    if let Value::Bool(truth) = value {
        return Ok(vec![truth.to_string()]);
    }
    Ok(texts(value, "a condition")?.into_iter().map(str::to_owned).collect())
}
