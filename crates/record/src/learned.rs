//! What the answers of STS teach: whose a temporary key is. Neither its secret nor its token is looked at.

use crate::caller::Caller;
use crate::decode::{self, Members, spoken};
use crate::observed::{Answer, Observed};
use crate::resources::{account_of, text};
use crate::shown::read_time;
use crate::unpacked::Unpacked;
use cairn_model::{Session, SessionHolder, Timestamp};
use cairn_operations::{Operation, Recognized};
use serde_json::Value;

/// A session is kept as long as its key is valid, so no text of it is longer than AWS's longest, an ARN.
const TEXT_BYTES_MAX: usize = 2048;

/// The session that a call of STS began, if it did: by `AssumeRole`, `AssumeRoleWithWebIdentity`,
/// `AssumeRoleWithSAML`, `GetSessionToken` or `GetFederationToken`. `now` is when the answer came. A session that
/// would have a text longer than 2,048 bytes is none of AWS's and not learned.
pub fn learned(
    recognized: &Recognized,
    observed: &Observed<'_>,
    caller: &Caller<'_>,
    now: Timestamp,
) -> Option<Session> {
    let exchange = Exchange::of(recognized, observed)?;
    let holder = match exchange.operation.name() {
        "AssumeRole" | "AssumeRoleWithWebIdentity" | "AssumeRoleWithSAML" => exchange.assumed_role()?,
        "GetFederationToken" => exchange.federated_user(caller)?,
        "GetSessionToken" => {
            SessionHolder::User { user: caller.as_user().and_then(|(_, user)| user.map(str::to_owned)) }
        }
        _ => return None,
    };
    let credentials = exchange.answered("Credentials")?;
    let account = match &holder {
        SessionHolder::AssumedRole { role_arn, .. } => account_of(role_arn)?,
        SessionHolder::FederatedUser { .. } => account_of(exchange.part("FederatedUser", "Arn")?)?,
        SessionHolder::User { .. } => caller.as_user()?.0,
    };
    let requested = |name| text(&exchange.request, name).map(str::to_owned);
    let session = Session {
        access_key_id: credentials.get("AccessKeyId")?.as_str()?.to_owned(),
        account,
        holder,
        created: now,
        expires: read_time(credentials.get("Expiration")?)?,
        mfa: requested("SerialNumber").is_some() && requested("TokenCode").is_some(),
        source_identity: text(&exchange.answer, "SourceIdentity")
            .map(str::to_owned)
            .or_else(|| requested("SourceIdentity")),
    };
    is_sensible(&session).then_some(session)
}

fn is_sensible(session: &Session) -> bool {
    let of_holder = match &session.holder {
        SessionHolder::User { user } => [user.as_deref(), None, None, None],
        SessionHolder::FederatedUser { name, issuer } => [Some(&**name), issuer.as_deref(), None, None],
        SessionHolder::AssumedRole { role_arn, role_id, session_name, provider } => {
            [Some(&**role_arn), Some(role_id), Some(session_name), provider.as_deref()]
        }
    };
    let beside = [Some(&*session.access_key_id), session.source_identity.as_deref()];
    of_holder.into_iter().chain(beside).flatten().all(|text| text.len() <= TEXT_BYTES_MAX)
}

/// Who called STS with a token of another system, by the answer of who verified that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Federated {
    /// The caller of `AssumeRoleWithWebIdentity`.
    Web {
        /// Who vouches for them.
        issuer: String,
        /// Whom the token is for.
        audience: String,
        /// Who calls.
        subject: String,
    },
    /// The caller of `AssumeRoleWithSAML`.
    Saml {
        /// Who vouches for them.
        provider: String,
        /// What the subject is unique within.
        name_qualifier: String,
        /// Who calls.
        subject: String,
    },
}

impl Federated {
    /// As a caller of events.
    pub fn caller(&self) -> Caller<'_> {
        match self {
            Federated::Web { issuer, audience, subject } => {
                Caller::WebIdentity { issuer, audience, subject, name: None }
            }
            Federated::Saml { provider, name_qualifier, subject } => {
                Caller::Saml { provider, name_qualifier, subject }
            }
        }
    }
}

/// Who made an unsigned call of STS, if it succeeded.
pub fn federated(recognized: &Recognized, observed: &Observed<'_>) -> Option<Federated> {
    let exchange = Exchange::of(recognized, observed)?;
    let answered = |name| text(&exchange.answer, name).map(str::to_owned);
    match exchange.operation.name() {
        "AssumeRoleWithWebIdentity" => Some(Federated::Web {
            issuer: answered("Provider")?,
            audience: answered("Audience").unwrap_or_default(),
            subject: answered("SubjectFromWebIdentityToken")?,
        }),
        "AssumeRoleWithSAML" => Some(Federated::Saml {
            provider: text(&exchange.request, "PrincipalArn")
                .map(str::to_owned)
                .or_else(|| answered("Issuer"))?,
            name_qualifier: answered("NameQualifier").unwrap_or_default(),
            subject: answered("Subject")?,
        }),
        _ => None,
    }
}

/// A call of STS that succeeded.
struct Exchange {
    operation: Operation,
    request: Members,
    answer: Members,
}

impl Exchange {
    fn of(recognized: &Recognized, observed: &Observed<'_>) -> Option<Exchange> {
        let Recognized::Operation { operation, labels } = recognized else { return None };
        let Answer::Given { status, .. } = observed.answer else { return None };
        if operation.service().id() != "sts" || !status.is_success() {
            return None;
        }
        let unpacked = Unpacked::of(recognized, observed);
        let observed = &unpacked.seen(observed);
        let Answer::Given { status, headers, body } = observed.answer else { return None };
        let protocol = spoken(*operation, observed.headers);
        Some(Exchange {
            operation: *operation,
            request: decode::request(*operation, labels, observed).members,
            answer: decode::response(*operation, protocol, status, headers, body).members,
        })
    }

    fn answered(&self, name: &str) -> Option<&Value> {
        self.answer.iter().find(|(member, _)| member.name() == name).map(|(_, value)| value)
    }

    /// A text within a structure of the answer.
    fn part(&self, name: &str, inner: &str) -> Option<&str> {
        self.answered(name)?.get(inner)?.as_str()
    }

    /// `AROA...:session` and the role's ARN tell it all.
    fn assumed_role(&self) -> Option<SessionHolder> {
        let (role_id, session_name) = self.part("AssumedRoleUser", "AssumedRoleId")?.split_once(':')?;
        Some(SessionHolder::AssumedRole {
            role_arn: text(&self.request, "RoleArn")?.to_owned(),
            role_id: role_id.to_owned(),
            session_name: session_name.to_owned(),
            provider: text(&self.answer, "Provider").map(str::to_owned),
        })
    }

    fn federated_user(&self, caller: &Caller<'_>) -> Option<SessionHolder> {
        Some(SessionHolder::FederatedUser {
            name: text(&self.request, "Name")?.to_owned(),
            issuer: caller.as_user().and_then(|(_, user)| user.map(str::to_owned)),
        })
    }
}

#[cfg(test)]
mod tests;
