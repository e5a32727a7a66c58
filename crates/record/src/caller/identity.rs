//! `userIdentity`.

use super::{Caller, TEXT_BYTES_MAX, truncated, user_id};
use cairn_model::{AccountId, Session, SessionHolder};
use serde::Serialize;
use serde_json::{Map, Value};

/// `userIdentity`, made here or taken from the operator's map.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum UserIdentity<'a> {
    Made(Box<Identity<'a>>),
    Mapped(Map<String, Value>),
}

/// Its members in the order of AWS's samples.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Identity<'a> {
    #[serde(rename = "type")]
    identity_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_context: Option<SessionContext<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_provider: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoked_by: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionContext<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    session_issuer: Option<SessionIssuer<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    web_id_federation_data: Option<Federation<'a>>,
    attributes: Attributes,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionIssuer<'a> {
    #[serde(rename = "type")]
    issuer_type: &'static str,
    principal_id: String,
    arn: String,
    account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<&'a str>,
}

/// `{}` for sessions that no web identity began.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Federation<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    federated_provider: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<Map<String, Value>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Attributes {
    creation_date: String,
    /// A string in AWS's events too.
    mfa_authenticated: &'static str,
}

impl<'a> UserIdentity<'a> {
    pub(crate) fn of(caller: &Caller<'a>) -> UserIdentity<'a> {
        let made = match *caller {
            Caller::Mapped { identity, access_key_id } => {
                return UserIdentity::Mapped(identity.with_key(short(access_key_id)));
            }
            Caller::Session(session) => of_session(session),
            Caller::Root { account, access_key_id } => root(account, access_key_id),
            Caller::User { account, user, access_key_id } => iam_user(account, user, access_key_id),
            Caller::WebIdentity { issuer, audience, subject, name } => Identity {
                identity_type: "WebIdentityUser",
                principal_id: Some(format!("{}:{}:{}", short(issuer), short(audience), short(subject))),
                user_name: Some(short(name.unwrap_or(subject))),
                identity_provider: Some(short(issuer)),
                ..Identity::default()
            },
            Caller::Saml { provider, name_qualifier, subject } => Identity {
                identity_type: "SAMLUser",
                principal_id: Some(format!("{}:{}", short(name_qualifier), short(subject))),
                user_name: Some(short(subject)),
                identity_provider: Some(short(provider)),
                ..Identity::default()
            },
            Caller::Unknown { access_key_id } => Identity {
                identity_type: "Unknown",
                access_key_id: access_key_id.map(short),
                ..Identity::default()
            },
            Caller::Anonymous => Identity {
                identity_type: "AWSAccount",
                principal_id: Some(String::new()),
                account_id: Some("anonymous".to_owned()),
                ..Identity::default()
            },
            Caller::Service { name } => {
                Identity { identity_type: "AWSService", invoked_by: Some(name), ..Identity::default() }
            }
        };
        UserIdentity::Made(Box::new(made))
    }
}

fn short(text: &str) -> &str {
    truncated(text, TEXT_BYTES_MAX)
}

fn root(account: AccountId, access_key_id: &str) -> Identity<'_> {
    Identity {
        identity_type: "Root",
        principal_id: Some(account.to_string()),
        arn: Some(format!("arn:aws:iam::{account}:root")),
        account_id: Some(account.to_string()),
        access_key_id: Some(short(access_key_id)),
        ..Identity::default()
    }
}

fn iam_user<'a>(account: AccountId, user: &'a str, access_key_id: &'a str) -> Identity<'a> {
    let user = short(user);
    Identity {
        identity_type: "IAMUser",
        principal_id: Some(user_id(account, user)),
        arn: Some(format!("arn:aws:iam::{account}:user/{user}")),
        account_id: Some(account.to_string()),
        access_key_id: Some(short(access_key_id)),
        user_name: Some(user),
        ..Identity::default()
    }
}

fn of_session(session: &Session) -> Identity<'_> {
    let (account, access_key_id) = (session.account, short(&session.access_key_id));
    let context = |session_issuer, web_id_federation_data| {
        Some(SessionContext {
            session_issuer,
            web_id_federation_data,
            attributes: Attributes {
                creation_date: session.created.to_string(),
                mfa_authenticated: if session.mfa { "true" } else { "false" },
            },
            source_identity: session.source_identity.as_deref().map(short),
        })
    };
    match &session.holder {
        SessionHolder::User { user } => {
            let holder = match user {
                None => root(account, access_key_id),
                Some(user) => iam_user(account, user, access_key_id),
            };
            Identity { session_context: context(None, None), ..holder }
        }
        SessionHolder::FederatedUser { name, issuer } => Identity {
            identity_type: "FederatedUser",
            principal_id: Some(format!("{account}:{}", short(name))),
            arn: Some(format!("arn:aws:sts::{account}:federated-user/{}", short(name))),
            account_id: Some(account.to_string()),
            access_key_id: Some(access_key_id),
            session_context: context(Some(user_issuer(account, issuer.as_deref())), None),
            ..Identity::default()
        },
        SessionHolder::AssumedRole { role_arn, role_id, session_name, provider } => {
            let (role_arn, role_id, session_name) = (short(role_arn), short(role_id), short(session_name));
            let (partition, role_name) = (partition(role_arn), role_name(role_arn));
            let issuer = SessionIssuer {
                issuer_type: "Role",
                principal_id: role_id.to_owned(),
                arn: role_arn.to_owned(),
                account_id: account.to_string(),
                user_name: Some(role_name),
            };
            Identity {
                identity_type: "AssumedRole",
                principal_id: Some(format!("{role_id}:{session_name}")),
                arn: Some(format!("arn:{partition}:sts::{account}:assumed-role/{role_name}/{session_name}")),
                account_id: Some(account.to_string()),
                access_key_id: Some(access_key_id),
                session_context: context(Some(issuer), Some(federation(provider.as_deref().map(short)))),
                ..Identity::default()
            }
        }
    }
}

fn user_issuer(account: AccountId, user: Option<&str>) -> SessionIssuer<'_> {
    match user.map(short) {
        Some(name) => SessionIssuer {
            issuer_type: "IAMUser",
            principal_id: user_id(account, name),
            arn: format!("arn:aws:iam::{account}:user/{name}"),
            account_id: account.to_string(),
            user_name: Some(name),
        },
        None => SessionIssuer {
            issuer_type: "Root",
            principal_id: account.to_string(),
            arn: format!("arn:aws:iam::{account}:root"),
            account_id: account.to_string(),
            user_name: None,
        },
    }
}

fn federation(provider: Option<&str>) -> Federation<'_> {
    Federation { federated_provider: provider, attributes: provider.map(|_| Map::new()) }
}

/// The last part of its path: `role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS`.
fn role_name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

fn partition(arn: &str) -> &str {
    arn.split(':').nth(1).unwrap_or("aws")
}
