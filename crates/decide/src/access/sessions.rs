//! What AssumeRole and GetSessionToken may be asked for.
//!
//! Source: AWS STS API Reference.

use super::vocabulary;
use crate::policy::Purpose;

/// The longest policy that a session is given, in characters.
const POLICY_MAX: usize = 2048;
/// The shortest session, in seconds.
const SECONDS_MIN: u32 = 900;
/// The longest that a session of a session lasts, and one of an account's root.
const CHAINED_SECONDS_MAX: u32 = 3600;
/// How long sessions of users last at most, and if nothing is said.
const TOKEN_SECONDS_MAX: u32 = 129_600;
const TOKEN_SECONDS: u32 = 43_200;
/// How long sessions of roles last if nothing is said.
const ROLE_SECONDS: u32 = 3600;

/// A parameter of `AssumeRole` that Cairn does not act on, so none may be given.
const NOT_TAKEN: [&str; 5] = ["PolicyArns", "Tags", "TransitiveTagKeys", "SerialNumber", "TokenCode"];

/// What AssumeRole asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeRole {
    /// The role.
    pub role_arn: String,
    /// What the session is called.
    pub session_name: String,
    /// How long it lasts; within the role's bounds.
    pub seconds: Option<u32>,
    /// What narrows it.
    pub policy: Option<String>,
    /// What a third party has to know.
    pub external_id: Option<String>,
    /// Who is behind it.
    pub source_identity: Option<String>,
}

/// Why a session is not begun.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// A parameter breaks a rule.
    #[error("1 validation error detected: {0}")]
    Parameter(String),
    /// The session's policy is malformed.
    #[error("MalformedPolicyDocument: {0}")]
    Policy(String),
    /// Cairn does not act on a parameter.
    #[error("Cairn does not have the parameter {0} of this operation.")]
    NotTaken(String),
    /// A session's source identity stays what it is.
    #[error("The source identity of a session cannot be changed.")]
    SourceIdentity,
}

impl AssumeRole {
    /// Reads the parameters, by name.
    pub fn read<'a>(
        parameters: impl Iterator<Item = &'a str>,
        get: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<AssumeRole, SessionError> {
        refuse_others(parameters)?;
        let required = |name: &str| {
            let missing = || parameter(name, "", "Member must not be null");
            get(name).filter(|text| !text.is_empty()).ok_or_else(missing)
        };
        let policy = get("Policy").map(str::to_owned);
        policy.as_deref().map_or(Ok(()), check_policy)?;
        let source_identity = get("SourceIdentity").map(|text| named("SourceIdentity", text)).transpose()?;
        Ok(AssumeRole {
            role_arn: required("RoleArn")?.to_owned(),
            session_name: named("RoleSessionName", required("RoleSessionName")?)?,
            seconds: seconds(get("DurationSeconds"))?,
            policy,
            external_id: get("ExternalId").map(external_id).transpose()?,
            source_identity,
        })
    }

    /// Who is behind the session: whoever is behind the caller's, if it is one and that is known.
    pub fn source_identity<'a>(
        &'a self,
        of_caller: Option<&'a str>,
    ) -> Result<Option<&'a str>, SessionError> {
        match (of_caller, self.source_identity.as_deref()) {
            (Some(known), Some(asked)) if known != asked => Err(SessionError::SourceIdentity),
            (known, asked) => Ok(known.or(asked)),
        }
    }

    /// How long the session lasts: no longer than the role allows, and a session of a session no longer than an hour.
    pub fn duration(&self, role_max: u32, is_chained: bool) -> Result<u32, SessionError> {
        let max = if is_chained { CHAINED_SECONDS_MAX } else { role_max };
        bounded(self.seconds.unwrap_or(ROLE_SECONDS), max)
    }
}

/// How long a session of a user lasts, or of an account's root.
pub fn token_duration<'a>(
    parameters: impl Iterator<Item = &'a str>,
    asked: Option<&str>,
    is_root: bool,
) -> Result<u32, SessionError> {
    refuse_others(parameters)?;
    let max = if is_root { CHAINED_SECONDS_MAX } else { TOKEN_SECONDS_MAX };
    match seconds(asked)? {
        None => Ok(TOKEN_SECONDS.min(max)),
        // AWS gives roots an hour whatever they ask for.
        Some(seconds) if is_root => bounded(seconds, TOKEN_SECONDS_MAX).map(|seconds| seconds.min(max)),
        Some(seconds) => bounded(seconds, max),
    }
}

fn refuse_others<'a>(mut parameters: impl Iterator<Item = &'a str>) -> Result<(), SessionError> {
    let is_other = |name: &&str| NOT_TAKEN.contains(&name.split('.').next().unwrap_or_default());
    match parameters.find(is_other) {
        Some(name) => Err(SessionError::NotTaken(name.to_owned())),
        None => Ok(()),
    }
}

fn bounded(seconds: u32, max: u32) -> Result<u32, SessionError> {
    match (SECONDS_MIN..=max).contains(&seconds) {
        true => Ok(seconds),
        false => {
            let rule = format!("Member must have value from {SECONDS_MIN} to {max}");
            Err(parameter("DurationSeconds", &seconds.to_string(), &rule))
        }
    }
}

fn seconds(text: Option<&str>) -> Result<Option<u32>, SessionError> {
    let invalid = |text| parameter("DurationSeconds", text, "Member must be a number");
    text.map(|text| text.parse().map_err(|_| invalid(text))).transpose()
}

/// 2 to 64 letters, digits or any of `+=,.@_-`: session names and source identities.
fn named(name: &str, text: &str) -> Result<String, SessionError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
    match (2..=64).contains(&text.len()) && text.bytes().all(allowed) {
        true => Ok(text.to_owned()),
        false => {
            Err(parameter(name, text, "Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}"))
        }
    }
}

fn external_id(text: &str) -> Result<String, SessionError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@:\\/_-".contains(&byte);
    match (2..=1224).contains(&text.len()) && text.bytes().all(allowed) {
        true => Ok(text.to_owned()),
        false => Err(parameter(
            "ExternalId",
            text,
            "Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]{2,1224}",
        )),
    }
}

fn check_policy(policy: &str) -> Result<(), SessionError> {
    if policy.chars().count() > POLICY_MAX {
        return Err(parameter("Policy", "...", "Member must have length less than or equal to 2048"));
    }
    vocabulary::check(policy, Purpose::Identity).map_err(|fault| SessionError::Policy(fault.to_string()))
}

fn parameter(name: &str, value: &str, rule: &str) -> SessionError {
    let mut member = name.to_owned();
    member[..1].make_ascii_lowercase();
    SessionError::Parameter(format!("Value '{value}' at '{member}' failed to satisfy constraint: {rule}"))
}

#[cfg(test)]
mod tests;
