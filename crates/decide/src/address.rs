//! How callers name an event data store or a channel: by its ARN, or by the id at the ARN's end.

use cairn_model::AccountId;

/// Where a caller speaks.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The caller's account.
    pub account: AccountId,
    /// The region that the caller speaks to.
    pub region: &'a str,
}

/// What is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An event data store.
    EventDataStore,
    /// A channel.
    Channel,
}

/// Why a name is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Neither an ARN of that kind nor an id.
    #[error("{} ARN {text} is not valid.", kind.words())]
    Malformed {
        /// What was to be named.
        kind: Kind,
        /// What was given.
        text: String,
    },
    /// Another account's.
    #[error("Account in ARN is wrong, you can only access resources in account {0}.")]
    OtherAccount(AccountId),
    /// Another region's.
    #[error("Region in ARN is wrong, you can only access resources in region {0}.")]
    OtherRegion(String),
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Kind::EventDataStore => "Event data store",
            Kind::Channel => "Channel",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Kind::EventDataStore => "eventdatastore/",
            Kind::Channel => "channel/",
        }
    }
}

/// The id of what `text` names in the caller's account and region.
pub fn id_of<'a>(kind: Kind, place: Place<'_>, text: &'a str) -> Result<&'a str, AddressError> {
    let malformed = || AddressError::Malformed { kind, text: text.to_owned() };
    if !text.starts_with("arn:") {
        return Some(text).filter(|text| is_uuid(text)).ok_or_else(malformed);
    }
    let arn = Arn::parse(text).ok_or_else(malformed)?;
    let id = arn.resource.strip_prefix(kind.prefix()).filter(|id| is_uuid(id)).ok_or_else(malformed)?;
    place.require(&arn)?;
    Ok(id)
}

/// An ARN of CloudTrail's.
pub(crate) struct Arn<'a> {
    pub(crate) region: &'a str,
    pub(crate) account: AccountId,
    /// What follows: the kind, a slash, a name or an id.
    pub(crate) resource: &'a str,
}

impl Arn<'_> {
    pub(crate) fn parse(text: &str) -> Option<Arn<'_>> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", "aws", "cloudtrail", region, account, resource] = parts[..] else { return None };
        Some(Arn { region, account: account.parse().ok()?, resource })
    }
}

impl Place<'_> {
    /// Refuses what is not in this account and region.
    pub(crate) fn require(self, arn: &Arn<'_>) -> Result<(), AddressError> {
        match (arn.account == self.account, arn.region == self.region) {
            (false, _) => Err(AddressError::OtherAccount(self.account)),
            (true, false) => Err(AddressError::OtherRegion(self.region.to_owned())),
            (true, true) => Ok(()),
        }
    }
}

/// A UUID in lower case, as ids are made.
fn is_uuid(text: &str) -> bool {
    let is_hex = |part: &str| part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && text.split('-').all(is_hex)
}

#[cfg(test)]
mod tests;
