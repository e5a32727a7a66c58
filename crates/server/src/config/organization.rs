//! `[organization]`: which accounts belong together.

use super::{ConfigError, parsed, refused};
use cairn_decide::organization::Settings;
use cairn_model::AccountId;
use std::collections::BTreeMap;

const MEMBERS: &str = "organization.members";

/// The organization, if there is one: its id and its management account go together.
pub(super) fn settings(values: &BTreeMap<&'static str, String>) -> Result<Option<Settings>, ConfigError> {
    let value = |key| values.get(key).map(String::as_str).filter(|value: &&str| !value.is_empty());
    let members = value(MEMBERS);
    let (id, management) = match (value("organization.id"), value("organization.management_account")) {
        (Some(id), Some(management)) => (id, management),
        (None, None) if members.is_none() => return Ok(None),
        _ => {
            let message = "an organization has organization.id and organization.management_account";
            return Err(ConfigError::Combination(message));
        }
    };
    Ok(Some(Settings {
        id: parsed("organization.id", id, "an organization's id like o-exampleorgid")?,
        management: parsed("organization.management_account", management, "an account's 12 digits")?,
        members: members.map_or(Ok(BTreeMap::new()), accounts)?,
    }))
}

fn accounts(list: &str) -> Result<BTreeMap<AccountId, Option<String>>, ConfigError> {
    let mut found = BTreeMap::new();
    for text in list.split(',') {
        let expected = "a list of accounts, each once, like 222233334444 or 222233334444=mail@example.com";
        let wrong = || refused(MEMBERS, text, expected);
        let (account, email) = match text.split_once('=') {
            Some((account, email)) => (account, Some(email.to_owned())),
            None => (text, None),
        };
        let account = account.trim().parse().map_err(|_| wrong())?;
        if email.as_ref().is_some_and(|email| !email.contains('@')) || found.insert(account, email).is_some()
        {
            return Err(wrong());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
