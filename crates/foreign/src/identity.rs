//! `userIdentity` of those who are no AWS principals.

use crate::look::put;
use serde_json::{Map, Value};

/// Who called, its members in the order of AWS's samples.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Identity(Map<String, Value>);

impl Identity {
    /// Somebody whom `provider` vouches for. `WebIdentityUser` is what CloudTrail calls users that somebody
    /// else than AWS authenticated; LookupEvents finds them by `userName`.
    pub(crate) fn user(provider: &str, principal_id: &str, user_name: &str) -> Identity {
        Identity::of("WebIdentityUser")
            .with("principalId", Some(principal_id))
            .with("userName", Some(user_name))
            .with("identityProvider", Some(provider))
    }

    /// Nobody: as CloudTrail tells of requests that were not signed.
    pub(crate) fn anonymous() -> Identity {
        Identity::of("AWSAccount").with("principalId", Some("")).with("accountId", Some("anonymous"))
    }

    /// The source itself, or a service of its provider.
    pub(crate) fn service(name: &str) -> Identity {
        Identity::of("AWSService").with("invokedBy", Some(name))
    }

    /// The event does not tell.
    pub(crate) fn unknown() -> Identity {
        Identity::of("Unknown")
    }

    /// An identity that CloudTrail wrote.
    pub(crate) fn given(members: Map<String, Value>) -> Identity {
        Identity(members)
    }

    /// Adds a text.
    pub(crate) fn with(mut self, member: &str, text: Option<&str>) -> Identity {
        put(&mut self.0, member, text.map(short));
        self
    }

    /// For whom the caller acted: impersonation.
    pub(crate) fn on_behalf_of(mut self, user_id: Option<&str>) -> Identity {
        let members = user_id.map(|id| Map::from_iter([("userId".to_owned(), Value::from(short(id)))]));
        put(&mut self.0, "onBehalfOf", members);
        self
    }

    /// Who took this identity on: `sessionContext.sourceIdentity`.
    pub(crate) fn taken_on_by(mut self, name: Option<&str>) -> Identity {
        let members =
            name.map(|name| Map::from_iter([("sourceIdentity".to_owned(), Value::from(short(name)))]));
        put(&mut self.0, "sessionContext", members);
        self
    }

    /// As JSON.
    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    fn of(identity_type: &str) -> Identity {
        Identity(Map::from_iter([("type".to_owned(), Value::from(identity_type))]))
    }
}

/// The most bytes that CloudTrail gives a text.
const TEXT_BYTES_MAX: usize = 1024;

/// The longest start of a text that a record may have.
pub(crate) fn short(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_BYTES_MAX)]
}
