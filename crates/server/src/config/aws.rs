//! `[targets]` and `[aws]`: services that trails deliver to, and what their requests are signed with.

use super::{ConfigError, parsed, refused, region};
use cairn_aws::{Credentials, Endpoint};
use std::collections::BTreeMap;

/// Services that trails deliver to.
#[derive(Clone, Debug)]
pub(crate) struct TargetSettings {
    /// `targets.s3_endpoint`.
    pub(crate) s3: Option<Endpoint>,
    /// `targets.sns_endpoint`.
    pub(crate) sns: Option<Endpoint>,
    /// `targets.kms_endpoint`.
    pub(crate) kms: Option<Endpoint>,
    /// `targets.sqs_endpoint`.
    pub(crate) sqs: Option<Endpoint>,
    /// `targets.logs_endpoint`.
    pub(crate) logs: Option<Endpoint>,
    /// What `[aws]` gives to sign with; without it AWS itself is never asked.
    pub(crate) credentials: Option<Credentials>,
    /// Where no name tells the region.
    pub(crate) region: String,
}

/// Reads both tables.
pub(super) fn targets(values: &BTreeMap<&'static str, String>) -> Result<TargetSettings, ConfigError> {
    let text = |key| values.get(key).map(String::as_str).filter(|value| !value.is_empty());
    let home = text("aws.region").or(text("server.region")).unwrap_or("us-east-1");
    let region = region("aws.region", home)?;
    Ok(TargetSettings {
        s3: endpoint("targets.s3_endpoint", text("targets.s3_endpoint"))?,
        sns: endpoint("targets.sns_endpoint", text("targets.sns_endpoint"))?,
        kms: endpoint("targets.kms_endpoint", text("targets.kms_endpoint"))?,
        sqs: endpoint("targets.sqs_endpoint", text("targets.sqs_endpoint"))?,
        logs: endpoint("targets.logs_endpoint", text("targets.logs_endpoint"))?,
        credentials: credentials(&text, &region)?,
        region,
    })
}

fn endpoint(name: &'static str, url: Option<&str>) -> Result<Option<Endpoint>, ConfigError> {
    let read = |url: &str| {
        url.parse().map_err(|_| refused(name, url, "a URL like http://host:port or https://host"))
    };
    url.map(read).transpose()
}

fn credentials<'a>(
    text: &impl Fn(&'static str) -> Option<&'a str>,
    region: &str,
) -> Result<Option<Credentials>, ConfigError> {
    let keys = match (text("aws.access_key_id"), text("aws.secret_access_key"), text("aws.session_token")) {
        (Some(id), Some(secret), token) => Some(Credentials::fixed(id, secret, token.map(str::to_owned))),
        (None, None, None) => None,
        (None, None, Some(_)) => {
            return Err(ConfigError::Combination("aws.session_token goes with aws.access_key_id"));
        }
        _ => {
            return Err(ConfigError::Combination("aws.access_key_id and aws.secret_access_key go together"));
        }
    };
    let profile = text("aws.profile").map(|name| Credentials::profile(name, region));
    let is_ambient: bool = parsed("aws.ambient", text("aws.ambient").unwrap_or("false"), "true or false")?;
    let ambient = is_ambient.then(|| Credentials::ambient(region));
    let mut given = [keys, profile, ambient].into_iter().flatten();
    match (given.next(), given.next()) {
        (credentials, None) => Ok(credentials),
        _ => Err(ConfigError::Combination(
            "of aws.access_key_id, aws.profile and aws.ambient only one can hold",
        )),
    }
}

#[cfg(test)]
mod tests;
