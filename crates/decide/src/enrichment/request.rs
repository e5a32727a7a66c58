//! IAM's global condition keys of a request, as far as its event tells them.

use super::Known;
use super::identity::{Caller, Identity};
use cairn_model::{Event, Field};

/// Declares the keys that can be told, with their names.
macro_rules! request_keys {
    ($($key:ident = $name:literal,)*) => {
        /// A condition key whose value can be told.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum RequestKey { $($key,)* }

        impl RequestKey {
            /// The key of this name; `None` for those that can never be told.
            pub(super) fn named(name: &str) -> Option<RequestKey> {
                match name { $($name => Some(RequestKey::$key),)* _ => None }
            }

            /// Its name.
            pub(super) fn name(self) -> &'static str {
                match self { $(RequestKey::$key => $name,)* }
            }
        }
    };
}

request_keys! {
    FederatedProvider = "aws:FederatedProvider",
    TokenIssueTime = "aws:TokenIssueTime",
    MultiFactorAuthPresent = "aws:MultiFactorAuthPresent",
    SourceIdentity = "aws:SourceIdentity",
    PrincipalAccount = "aws:PrincipalAccount",
    PrincipalArn = "aws:PrincipalArn",
    PrincipalIsService = "aws:PrincipalIsAWSService",
    PrincipalOrganization = "aws:PrincipalOrgID",
    PrincipalServiceName = "aws:PrincipalServiceName",
    PrincipalType = "aws:PrincipalType",
    UserId = "aws:userid",
    UserName = "aws:username",
    RequestedRegion = "aws:RequestedRegion",
    SecureTransport = "aws:SecureTransport",
    ViaService = "aws:ViaAWSService",
    CurrentTime = "aws:CurrentTime",
    EpochTime = "aws:EpochTime",
}

impl RequestKey {
    /// Its value for the request that the event is of.
    pub(super) fn value(
        self,
        event: &Event<'_>,
        identity: &Identity<'_>,
        known: &Known<'_>,
    ) -> Option<String> {
        let text = |field| identity.text(field).map(String::from);
        let session = |path: &[&str]| identity.session_text(path).map(String::from);
        match self {
            RequestKey::FederatedProvider => session(&["webIdFederationData", "federatedProvider"]),
            RequestKey::TokenIssueTime => session(&["attributes", "creationDate"]),
            RequestKey::MultiFactorAuthPresent => session(&["attributes", "mfaAuthenticated"]),
            RequestKey::SourceIdentity => session(&["sourceIdentity"]),
            RequestKey::PrincipalAccount => identity.account().map(|account| account.to_string()),
            RequestKey::PrincipalArn => identity.principal_arn().map(String::from),
            RequestKey::PrincipalIsService => flag(is_service(identity.caller)),
            RequestKey::PrincipalOrganization => identity.account().and_then(known.organization),
            RequestKey::PrincipalServiceName => match identity.caller {
                Caller::Service => text(Field::UserInvokedBy),
                _ => None,
            },
            RequestKey::PrincipalType => principal_type(identity.caller).map(str::to_owned),
            RequestKey::UserId => match identity.caller {
                Caller::Root | Caller::User | Caller::Role | Caller::Federated => {
                    text(Field::UserPrincipalId)
                }
                Caller::Anonymous | Caller::Service | Caller::Other => None,
            },
            RequestKey::UserName => match identity.caller {
                Caller::User => text(Field::UserName),
                _ => None,
            },
            RequestKey::RequestedRegion => text(Field::AwsRegion),
            // A record without the member may be of a call of which it was not noted.
            RequestKey::SecureTransport => {
                flag(event.raw(Field::TlsDetails).filter(|tls| tls.starts_with('{')).map(|_| true))
            }
            RequestKey::ViaService => flag(is_via_service(identity)),
            RequestKey::CurrentTime => Some(event.event_time().to_string()),
            RequestKey::EpochTime => Some(event.event_time().as_micros().div_euclid(1_000_000).to_string()),
        }
    }
}

fn flag(flag: Option<bool>) -> Option<String> {
    flag.map(|flag| flag.to_string())
}

fn is_service(caller: Caller) -> Option<bool> {
    match caller {
        Caller::Service => Some(true),
        Caller::Other => None,
        Caller::Root | Caller::User | Caller::Role | Caller::Federated | Caller::Anonymous => Some(false),
    }
}

/// Source: AWS IAM User Guide, "Properties of the principal", `aws:PrincipalType`.
fn principal_type(caller: Caller) -> Option<&'static str> {
    match caller {
        Caller::Root => Some("Account"),
        Caller::User => Some("User"),
        Caller::Role => Some("AssumedRole"),
        Caller::Federated => Some("FederatedUser"),
        Caller::Anonymous => Some("Anonymous"),
        Caller::Service | Caller::Other => None,
    }
}

/// Whether a service passed on the caller's credentials. Of a role's session that a service used nobody can tell whether the
/// role is the service's own.
fn is_via_service(identity: &Identity<'_>) -> Option<bool> {
    let invoked = identity.text(Field::UserInvokedBy).is_some();
    match identity.caller {
        Caller::Root | Caller::User | Caller::Federated => Some(invoked),
        Caller::Role if invoked => None,
        Caller::Role | Caller::Service | Caller::Anonymous => Some(false),
        Caller::Other => None,
    }
}
