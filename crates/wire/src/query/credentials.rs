//! Answers that hand out temporary credentials.

use super::{NAMESPACE, escape, respond};
use bytes::Bytes;
use http::{Response, StatusCode};

/// Temporary credentials.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// `ASIA...`.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// What requests carry beside the signature.
    pub session_token: String,
    /// RFC 3339.
    pub expiration: String,
}

/// Whose credentials AssumeRole hands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumedRole {
    /// `<role's id>:<session's name>`.
    pub id: String,
    /// `arn:aws:sts::<account>:assumed-role/<role>/<session>`.
    pub arn: String,
    /// Who is behind it.
    pub source_identity: Option<String>,
}

/// The answer to AssumeRole.
pub fn assumed_role(request_id: &str, credentials: &Credentials, user: &AssumedRole) -> Response<Bytes> {
    let identity = user.source_identity.as_deref().map(|identity| element("SourceIdentity", identity));
    let result = format!(
        "{}    <AssumedRoleUser>\n      <AssumedRoleId>{}</AssumedRoleId>\n      <Arn>{}</Arn>\n    </AssumedRoleUser>\n{}",
        shown(credentials),
        escape(&user.id),
        escape(&user.arn),
        identity.unwrap_or_default(),
    );
    answer(request_id, "AssumeRole", &result)
}

/// The answer to GetSessionToken.
pub fn session_token(request_id: &str, credentials: &Credentials) -> Response<Bytes> {
    answer(request_id, "GetSessionToken", &shown(credentials))
}

fn answer(request_id: &str, operation: &str, result: &str) -> Response<Bytes> {
    let id = escape(request_id);
    let xml = format!(
        "<{operation}Response xmlns=\"{NAMESPACE}\">\n  <{operation}Result>\n{result}  </{operation}Result>\n  \
         <ResponseMetadata>\n    <RequestId>{id}</RequestId>\n  </ResponseMetadata>\n</{operation}Response>\n",
    );
    respond(StatusCode::OK, request_id, xml)
}

fn shown(credentials: &Credentials) -> String {
    let Credentials { access_key_id, secret_access_key, session_token, expiration } = credentials;
    format!(
        "    <Credentials>\n      <AccessKeyId>{}</AccessKeyId>\n      <SecretAccessKey>{}</SecretAccessKey>\n      \
         <SessionToken>{}</SessionToken>\n      <Expiration>{}</Expiration>\n    </Credentials>\n",
        escape(access_key_id),
        escape(secret_access_key),
        escape(session_token),
        escape(expiration),
    )
}

fn element(name: &str, text: &str) -> String {
    format!("    <{name}>{}</{name}>\n", escape(text))
}
