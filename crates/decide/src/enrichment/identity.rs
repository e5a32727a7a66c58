//! Who made an event's call, as far as its context tells of it.

use cairn_model::json::{members, string};
use cairn_model::{AccountId, Event, Field};
use std::borrow::Cow;

/// The account of those who have no credentials.
const ANONYMOUS: &str = "ANONYMOUS_PRINCIPAL";

/// What kind of caller it is, by `userIdentity.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    Root,
    User,
    /// A session of a role.
    Role,
    Federated,
    Anonymous,
    Service,
    /// Somebody of whom no more can be told for certain.
    Other,
}

/// An event's `userIdentity`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Identity<'a> {
    pub(super) caller: Caller,
    event: Event<'a>,
    /// `sessionContext`, raw.
    session: Option<&'a str>,
}

impl<'a> Identity<'a> {
    pub(super) fn of(event: &Event<'a>) -> Identity<'a> {
        Identity { caller: caller(event), event: *event, session: event.raw(Field::SessionContext) }
    }

    pub(super) fn text(&self, field: Field) -> Option<Cow<'a, str>> {
        self.event.string(field).filter(|text| !text.is_empty())
    }

    /// A text of `sessionContext`, by its path.
    pub(super) fn session_text(&self, path: &[&str]) -> Option<Cow<'a, str>> {
        let value = path.iter().try_fold(self.session?, |object, key| member(object, key))?;
        string(value).filter(|text| !text.is_empty())
    }

    /// The account that the caller is of.
    pub(super) fn account(&self) -> Option<AccountId> {
        self.text(Field::UserAccountId)?.parse().ok()
    }

    /// The ARN that policies know the caller by: of a role's session the role's.
    pub(super) fn principal_arn(&self) -> Option<Cow<'a, str>> {
        match self.caller {
            Caller::Role => self.text(Field::SessionIssuerArn),
            Caller::Root | Caller::User | Caller::Federated => self.text(Field::UserArn),
            Caller::Anonymous | Caller::Service | Caller::Other => None,
        }
    }
}

fn caller(event: &Event<'_>) -> Caller {
    let kind = event.string(Field::UserType);
    match kind.as_deref() {
        Some("Root") => Caller::Root,
        Some("IAMUser") => Caller::User,
        Some("AssumedRole") => Caller::Role,
        Some("FederatedUser") => Caller::Federated,
        Some("AWSService") => Caller::Service,
        Some("AWSAccount")
            if event.string(Field::UserAccountId).is_some_and(|account| account == ANONYMOUS) =>
        {
            Caller::Anonymous
        }
        _ => Caller::Other,
    }
}

/// The raw value of an object's member.
fn member<'a>(object: &'a str, key: &str) -> Option<&'a str> {
    let is_it = |found: &str| found.strip_prefix('"').and_then(|found| found.strip_suffix('"')) == Some(key);
    members(object).find(|(found, _)| is_it(found)).map(|(_, value)| value)
}
