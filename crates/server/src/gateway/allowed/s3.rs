//! What a call of S3 needs to be allowed.
//!
//! Source: "Required permissions for Amazon S3 API operations" in the Amazon S3 user guide.

use cairn_bucket::{action_of, makes_object, repeated, version_action_of};
use cairn_record::deletions;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// A call of S3.
pub(super) struct Call<'a> {
    /// The API's name, such as `ListObjectsV2`.
    pub(super) operation: &'a str,
    pub(super) parts: &'a Parts,
    /// The bucket and the object that its head names.
    pub(super) named: (Option<String>, Option<String>),
    /// Empty if it was not read.
    pub(super) body: &'a [u8],
}

/// Something that has to be allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) action: Cow<'static, str>,
    /// An ARN, or `*`.
    pub(super) resource: String,
}

/// It cannot be told what a call is about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unclear {
    #[error("{0} is given more than once")]
    Repeated(String),
    #[error("policies are not asked about what forms name")]
    Form,
    #[error("it cannot be told for sure which objects are meant")]
    Objects,
}

/// What a header asks for beside the operation, where that makes an object.
const BESIDES: [(&str, &str); 9] = [
    ("x-amz-tagging", "s3:PutObjectTagging"),
    ("x-amz-acl", "s3:PutObjectAcl"),
    ("x-amz-grant-full-control", "s3:PutObjectAcl"),
    ("x-amz-grant-read", "s3:PutObjectAcl"),
    ("x-amz-grant-read-acp", "s3:PutObjectAcl"),
    ("x-amz-grant-write-acp", "s3:PutObjectAcl"),
    ("x-amz-object-lock-legal-hold", "s3:PutObjectLegalHold"),
    ("x-amz-object-lock-mode", "s3:PutObjectRetention"),
    ("x-amz-object-lock-retain-until-date", "s3:PutObjectRetention"),
];
const BYPASS: (&str, &str) = ("x-amz-bypass-governance-retention", "s3:BypassGovernanceRetention");

/// All that has to be allowed for a call.
pub(super) fn needs(call: &Call<'_>) -> Result<Vec<Need>, Unclear> {
    let Call { operation, parts, named: (bucket, key), body } = call;
    if let Some(name) = repeated(&parts.uri, &parts.headers) {
        return Err(Unclear::Repeated(name));
    }
    let bucket = bucket.as_deref();
    let mut needs = match *operation {
        "PostObject" => return Err(Unclear::Form),
        "DeleteObjects" => deleted(bucket, body)?,
        operation => {
            let version = parameter(parts, |name| name == "versionId").filter(|version| !version.is_empty());
            vec![Need { action: action(operation, version.is_some()), resource: arn(bucket, key.as_deref()) }]
        }
    };
    let resources: Vec<String> = needs.iter().map(|need| need.resource.clone()).collect();
    needs.extend(copied(parts));
    let besides =
        BESIDES.iter().filter(|(header, _)| makes_object(operation) && given(parts, header).is_some());
    let bypass = given(parts, BYPASS.0).filter(|value| !value.eq_ignore_ascii_case("false"));
    for (_, action) in besides.chain(bypass.is_some().then_some(&BYPASS)) {
        let need = |resource: &String| Need { action: Cow::Borrowed(*action), resource: resource.clone() };
        needs.extend(resources.iter().map(need));
    }
    Ok(needs)
}

fn action(operation: &str, is_of_version: bool) -> Cow<'static, str> {
    if is_of_version { version_action_of(operation) } else { action_of(operation) }
}

/// Each object that goes.
fn deleted(bucket: Option<&str>, body: &[u8]) -> Result<Vec<Need>, Unclear> {
    let deletions = deletions(body).ok_or(Unclear::Objects)?;
    let need = |deletion: &cairn_record::Deletion| Need {
        action: action("DeleteObject", deletion.version_id.is_some()),
        resource: arn(bucket, Some(&deletion.key)),
    };
    Ok(deletions.iter().map(need).collect())
}

fn arn(bucket: Option<&str>, key: Option<&str>) -> String {
    match (bucket, key) {
        (Some(bucket), Some(key)) => format!("arn:aws:s3:::{bucket}/{key}"),
        (Some(bucket), None) => format!("arn:aws:s3:::{bucket}"),
        (None, _) => "*".to_owned(),
    }
}

/// The object that a call copies from.
fn copied(parts: &Parts) -> Option<Need> {
    let source = given(parts, "x-amz-copy-source")?;
    let (source, version) = source.split_once("?versionId=").unwrap_or((&source, ""));
    let decoded = percent_decode_str(source.trim_start_matches('/')).decode_utf8_lossy();
    Some(Need {
        action: action("GetObject", !version.is_empty()),
        resource: format!("arn:aws:s3:::{decoded}"),
    })
}

/// What a header says, or the query parameter of its name: signed URLs carry headers there.
fn given(parts: &Parts, name: &str) -> Option<String> {
    if let Some(value) = parts.headers.get(name) {
        return Some(String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    parameter(parts, |found| found.eq_ignore_ascii_case(name))
}

fn parameter(parts: &Parts, is_meant: impl Fn(&str) -> bool) -> Option<String> {
    let decoded = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
    parts.uri.query()?.split('&').find_map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        is_meant(&decoded(name)).then(|| decoded(value))
    })
}

#[cfg(test)]
mod tests;
