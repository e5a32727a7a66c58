//! The tags of trails.

use super::Facts;
use super::error::{ArnError, TrailError};
use cairn_model::{AccountId, Trail, TrailArn};
use std::collections::{BTreeMap, BTreeSet};

/// Tags that a trail may have.
pub const TAGS_MAX: usize = 50;
const KEY_CHARACTERS_MAX: usize = 128;
const VALUE_CHARACTERS_MAX: usize = 256;

/// A tag as callers give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// `Key`.
    pub key: String,
    /// `Value`; one that is absent is kept as the empty text, which no caller can give.
    pub value: Option<String>,
}

/// `InvalidTagParameterException`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    /// The key or the value is too short or too long.
    #[error("Tag keys have 1 to {KEY_CHARACTERS_MAX} characters, tag values 1 to {VALUE_CHARACTERS_MAX}.")]
    Length,
    /// A character that tags cannot have.
    #[error("Tag {0} has a character other than letters, digits, spaces and _ . : / = + - @")]
    Character(String),
    /// A key that AWS keeps for itself.
    #[error("Tag key {0} is reserved: keys must not begin with aws:")]
    Reserved(String),
    /// A key twice in one request.
    #[error("Tag key {0} is given more than once.")]
    Duplicate(String),
}

/// AddTags: the trail with these tags; those of keys that it has already get the new values.
pub fn add_tags(facts: &Facts<'_>, resource: &str, tags: &[Tag]) -> Result<Trail, TrailError> {
    let trail = tagged(facts, resource)?;
    Ok(Trail { tags: added(&trail.tags, tags)?, ..trail.clone() })
}

/// RemoveTags: the trail without the tags of these keys, whatever their values; keys that it does not have are
/// passed over.
pub fn remove_tags(facts: &Facts<'_>, resource: &str, tags: &[Tag]) -> Result<Trail, TrailError> {
    let mut trail = tagged(facts, resource)?.clone();
    check(tags)?;
    for tag in tags {
        trail.tags.remove(&tag.key);
    }
    Ok(trail)
}

/// ListTags, and whatever else names a resource to be tagged: the trail of this ARN. Tags are reached in the trail's
/// home region only; AWS's exception for any other is the one for wrong ARNs.
pub fn tagged<'a>(facts: &Facts<'a>, resource: &str) -> Result<&'a Trail, TrailError> {
    let malformed = || ArnError::Malformed(resource.to_owned());
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    let ["arn", "aws", "cloudtrail", region, account, name] = parts[..] else {
        return Err(malformed().into());
    };
    let account: AccountId = account.parse().map_err(|_| malformed())?;
    if account != facts.account {
        return Err(ArnError::OtherAccount(facts.account).into());
    }
    if region != facts.region {
        return Err(ArnError::OtherRegion(facts.region.to_owned()).into());
    }
    match name.split_once('/') {
        Some(("trail", name)) => {
            let arn = TrailArn { region: region.to_owned(), account, name: name.to_owned() };
            let trail = facts.all().find(|trail| trail.arn == arn);
            trail.ok_or_else(|| TrailError::ResourceNotFound(resource.to_owned()))
        }
        Some(("eventdatastore", _)) => Err(TrailError::EventDataStoreNotFound(resource.to_owned())),
        Some(("channel" | "dashboard", _)) => Err(TrailError::ResourceNotFound(resource.to_owned())),
        _ => Err(TrailError::ResourceTypeNotSupported(resource.to_owned())),
    }
}

/// `present` and these tags.
pub(super) fn added(
    present: &BTreeMap<String, String>,
    tags: &[Tag],
) -> Result<BTreeMap<String, String>, TrailError> {
    check(tags)?;
    let mut all = present.clone();
    all.extend(tags.iter().map(|tag| (tag.key.clone(), tag.value.clone().unwrap_or_default())));
    if all.len() > TAGS_MAX {
        return Err(TrailError::TagsLimitExceeded(all.len()));
    }
    Ok(all)
}

fn check(tags: &[Tag]) -> Result<(), TagError> {
    let mut keys = BTreeSet::new();
    for Tag { key, value } in tags {
        let value = value.as_deref();
        let is_long = |text: &str, max: usize| !(1..=max).contains(&text.chars().count());
        if is_long(key, KEY_CHARACTERS_MAX) || value.is_some_and(|value| is_long(value, VALUE_CHARACTERS_MAX))
        {
            return Err(TagError::Length);
        }
        if let Some(odd) = [Some(key.as_str()), value].into_iter().flatten().find(|text| !is_plain(text)) {
            return Err(TagError::Character(odd.to_owned()));
        }
        if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            return Err(TagError::Reserved(key.clone()));
        }
        if !keys.insert(key) {
            return Err(TagError::Duplicate(key.clone()));
        }
    }
    Ok(())
}

/// Source: AWS General Reference, "Tagging AWS resources", naming limits.
fn is_plain(text: &str) -> bool {
    let is_allowed = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
    text.chars().all(is_allowed)
}
