#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::operation::{Operation, Request, run};
use cairn_model::{Account, AccountId, Change, Member, Organization, Timestamp};
use cairn_store::catalog::CatalogState;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const MANAGEMENT: &str = "111122223333";
const MEMBER: &str = "222233334444";
const STRANGER: &str = "999999999999";

fn account(text: &str) -> AccountId {
    text.parse().unwrap()
}

/// An organization of 25 accounts, whose account `222233334444` is a delegated administrator and has a name.
fn state() -> CatalogState {
    let joined = Timestamp::from_seconds(1_772_352_000);
    let member = |email: Option<&str>| Member { email: email.map(str::to_owned), joined };
    let mut members: BTreeMap<AccountId, Member> =
        (0..23).map(|number| (account(&format!("3{number:011}")), member(None))).collect();
    members.insert(account(MANAGEMENT), member(Some("root@example.com")));
    members.insert(account(MEMBER), member(Some("dev@example.com")));
    let organization = Organization {
        id: "o-exampleorgid".parse().unwrap(),
        management: account(MANAGEMENT),
        members,
        delegated: BTreeMap::from([(account(MEMBER), joined)]),
        created: joined,
    };
    let mut state = CatalogState::default();
    state.apply(&Change::PutOrganization(Box::new(organization)));
    let name = Some("dev".to_owned());
    state.apply(&Change::PutAccount(Account { id: account(MEMBER), name, created: joined }));
    state
}

fn asked(caller: &str, operation: &str, request: Value) -> Result<Value, String> {
    let answered = Operation::of(operation).and_then(|operation| {
        let request = Request::of(request.to_string().as_bytes())?;
        run(&state(), account(caller), operation, &request)
    });
    answered.map_err(|error| error.code.to_string())
}

#[test]
fn every_member_may_ask_which_organization_it_is_in() {
    let expected = json!({"Organization": {
        "Id": "o-exampleorgid",
        "Arn": "arn:aws:organizations::111122223333:organization/o-exampleorgid",
        "FeatureSet": "ALL",
        "MasterAccountArn": "arn:aws:organizations::111122223333:account/o-exampleorgid/111122223333",
        "MasterAccountId": MANAGEMENT,
        "MasterAccountEmail": "root@example.com",
        "AvailablePolicyTypes": [],
    }});
    for caller in [MANAGEMENT, MEMBER, "300000000000"] {
        assert_eq!(asked(caller, "DescribeOrganization", json!({})).unwrap(), expected);
    }
    let refused = asked(STRANGER, "DescribeOrganization", json!({}));
    assert_eq!(refused.unwrap_err(), "AWSOrganizationsNotInUseException");
}

#[test]
fn only_those_who_manage_the_organization_see_its_accounts() {
    let operations =
        ["ListAccounts", "ListRoots", "ListDelegatedAdministrators", "ListAWSServiceAccessForOrganization"];
    for operation in operations {
        assert!(asked(MANAGEMENT, operation, json!({})).is_ok(), "{operation}");
        assert!(asked(MEMBER, operation, json!({})).is_ok(), "{operation}");
        let refused = asked("300000000000", operation, json!({}));
        assert_eq!(refused.unwrap_err(), "AccessDeniedException", "{operation}");
        let refused = asked(STRANGER, operation, json!({}));
        assert_eq!(refused.unwrap_err(), "AWSOrganizationsNotInUseException", "{operation}");
    }
    assert_eq!(asked(MANAGEMENT, "CreateAccount", json!({})).unwrap_err(), "UnknownOperationException");
}

#[test]
fn accounts_come_in_pages() {
    let ids = |page: &Value| -> Vec<String> {
        let accounts = page["Accounts"].as_array().unwrap().iter();
        accounts.map(|account| account["Id"].as_str().unwrap().to_owned()).collect()
    };
    let first = asked(MANAGEMENT, "ListAccounts", json!({})).unwrap();
    let second = asked(MANAGEMENT, "ListAccounts", json!({"NextToken": first["NextToken"]})).unwrap();
    let all = [ids(&first), ids(&second)].concat();
    assert_eq!((ids(&first).len(), all.len()), (20, 25));
    assert!(all.is_sorted() && second.get("NextToken").is_none());
    assert_eq!(ids(&asked(MANAGEMENT, "ListAccounts", json!({"MaxResults": 3})).unwrap()).len(), 3);
    for request in [json!({"MaxResults": 0}), json!({"MaxResults": 21}), json!({"NextToken": "x"})] {
        assert_eq!(asked(MANAGEMENT, "ListAccounts", request).unwrap_err(), "InvalidInputException");
    }
}

#[test]
fn an_account_is_described_by_its_id() {
    let described = asked(MANAGEMENT, "DescribeAccount", json!({"AccountId": MEMBER})).unwrap();
    let expected = json!({
        "Id": MEMBER,
        "Arn": "arn:aws:organizations::111122223333:account/o-exampleorgid/222233334444",
        "Email": "dev@example.com",
        "Name": "dev",
        "Status": "ACTIVE",
        "State": "ACTIVE",
        "JoinedMethod": "INVITED",
        "JoinedTimestamp": described["Account"]["JoinedTimestamp"],
    });
    assert_eq!(described["Account"], expected);
    assert_eq!(described["Account"]["JoinedTimestamp"].as_f64().unwrap(), 1_772_352_000.0);
    let refused = |request| asked(MANAGEMENT, "DescribeAccount", request).unwrap_err();
    assert_eq!(refused(json!({"AccountId": STRANGER})), "AccountNotFoundException");
    assert_eq!(refused(json!({})), "InvalidInputException");
    assert_eq!(refused(json!("account")), "SerializationException");
}

#[test]
fn delegated_administrators_are_those_for_cloudtrail() {
    let listed = |request| {
        let listed = asked(MANAGEMENT, "ListDelegatedAdministrators", request).unwrap();
        listed["DelegatedAdministrators"].as_array().unwrap().clone()
    };
    let all = listed(json!({}));
    assert_eq!((all.len(), &all[0]["Id"]), (1, &json!(MEMBER)));
    assert!(all[0]["DelegationEnabledDate"].is_number());
    assert_eq!(listed(json!({"ServicePrincipal": "cloudtrail.amazonaws.com"})), all);
    assert_eq!(listed(json!({"ServicePrincipal": "config.amazonaws.com"})), Vec::<Value>::new());
}
