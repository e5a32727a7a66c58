#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::settings;
use std::collections::BTreeMap;

const ID: (&str, &str) = ("organization.id", "o-exampleorgid");
const MANAGEMENT: (&str, &str) = ("organization.management_account", "111122223333");

/// Accounts with their mail addresses.
type Accounts = Vec<(String, Option<String>)>;

fn members(list: &'static str) -> (&'static str, &'static str) {
    ("organization.members", list)
}

/// What these values make: the accounts with their mail addresses, or why there are none.
fn read(values: &[(&'static str, &str)]) -> Result<Option<Accounts>, String> {
    let values: BTreeMap<&'static str, String> =
        values.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
    let settings = settings(&values).map_err(|error| error.to_string())?;
    let account = |(account, email): (cairn_model::AccountId, Option<String>)| (account.to_string(), email);
    Ok(settings.map(|settings| settings.members.into_iter().map(account).collect()))
}

#[test]
fn accounts_may_have_mail_addresses() {
    let expected = vec![
        ("222233334444".to_owned(), Some("dev@example.com".to_owned())),
        ("333344445555".to_owned(), None),
    ];
    let read_back = read(&[ID, MANAGEMENT, members("222233334444=dev@example.com,333344445555")]);
    assert_eq!(read_back.unwrap(), Some(expected));
    assert_eq!(read(&[ID, MANAGEMENT]).unwrap(), Some(Vec::new()));
    assert_eq!(read(&[]).unwrap(), None);
}

#[test]
fn half_an_organization_is_refused() {
    for values in [&[ID][..], &[MANAGEMENT], &[members("222233334444")], &[ID, members("222233334444")]] {
        assert!(read(values).unwrap_err().contains("organization.management_account"), "{values:?}");
    }
    assert!(read(&[("organization.id", "o-short"), MANAGEMENT]).unwrap_err().contains("o-exampleorgid"));
    assert!(read(&[ID, ("organization.management_account", "12")]).unwrap_err().contains("12 digits"));
}

#[test]
fn a_member_is_an_account_and_is_there_once() {
    for list in ["dev", "222233334444=dev", "222233334444,222233334444", "222233334444,"] {
        assert!(read(&[ID, MANAGEMENT, members(list)]).unwrap_err().contains("each once"), "{list}");
    }
}
