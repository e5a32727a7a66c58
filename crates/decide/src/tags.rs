//! Tags, the same for all resources.

use std::collections::{BTreeMap, BTreeSet};

/// Tags that a resource may have.
pub const TAGS_MAX: usize = 50;
const KEY_CHARACTERS_MAX: usize = 128;
const VALUE_CHARACTERS_MAX: usize = 256;

/// A resource's tags by key.
pub type Tags = BTreeMap<String, String>;

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

/// Why a resource cannot have these tags.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagsError {
    /// They do not follow the rules.
    #[error(transparent)]
    Invalid(#[from] TagError),
    /// `TagsLimitExceededException`.
    #[error("A resource can have up to {TAGS_MAX} tags; it would have {0}.")]
    LimitExceeded(usize),
}

/// `present` and these tags; those of keys that are there already get the new values.
pub fn added(present: &Tags, tags: &[Tag]) -> Result<Tags, TagsError> {
    check(tags)?;
    let mut all = present.clone();
    all.extend(tags.iter().map(|tag| (tag.key.clone(), tag.value.clone().unwrap_or_default())));
    if all.len() > TAGS_MAX {
        return Err(TagsError::LimitExceeded(all.len()));
    }
    Ok(all)
}

/// `present` without the tags of these keys, whatever their values; keys that are not there are passed over.
pub fn removed(present: &Tags, tags: &[Tag]) -> Result<Tags, TagError> {
    check(tags)?;
    let mut rest = present.clone();
    rest.retain(|key, _| tags.iter().all(|tag| tag.key != *key));
    Ok(rest)
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
