#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Action, Leftovers, decide, leftovers, refuse_protected};
use crate::fault::{Mark, Problem};
use crate::kind::Kind;
use crate::present::Present;
use crate::properties::Change;
use crate::scope::Attributes;
use crate::settled::Wanted;
use crate::stack::{Owned, Stacks};
use serde_json::{Value, json};

fn wanted(kind: Kind, id: &str, properties: &Value) -> Wanted {
    Wanted {
        logical_id: "A".to_owned(),
        mark: Mark { line: 3, column: 5 },
        kind,
        id: Some(id.to_owned()),
        is_named: true,
        properties: properties.as_object().unwrap().clone(),
        retain: false,
        retain_replaced: false,
    }
}

fn present(kind: Kind, id: &str, properties: &Value) -> Present {
    Present {
        kind,
        id: id.to_owned(),
        arn: format!("arn:{id}"),
        properties: properties.as_object().unwrap().clone(),
        attributes: Attributes::Pending,
    }
}

fn stacks(own: &[(&str, Kind, &str, bool)], other: &[(Kind, &str)]) -> Stacks {
    let resource = |logical_id: &str, kind: Kind, id: &str, retain: bool| json!({"logicalId": logical_id, "type": kind.type_name(), "id": id, "retain": retain});
    let own: Vec<Value> =
        own.iter().map(|(name, kind, id, retain)| resource(name, *kind, id, *retain)).collect();
    let other: Vec<Value> = other.iter().map(|(kind, id)| resource("X", *kind, id, false)).collect();
    Stacks::of(
        "mine",
        &json!([{"name": "mine", "revision": 4, "resources": own}, {"name": "theirs", "revision": 1, "resources": other}]),
    )
}

const TRAIL: Kind = Kind::Trail;

fn bucket(from: Value, to: &str) -> Vec<Change> {
    vec![Change { property: "S3BucketName", present: from, wanted: json!(to) }]
}

#[test]
fn what_is_absent_is_made_and_what_differs_is_changed() {
    let wish = wanted(TRAIL, "main", &json!({"S3BucketName": "logs"}));
    let none = stacks(&[], &[]);
    assert_eq!(decide(&wish, None, &[], &none), Ok(Action::Create(bucket(Value::Null, "logs"))));
    let same = present(TRAIL, "main", &json!({"S3BucketName": "logs"}));
    let other = present(TRAIL, "main", &json!({"S3BucketName": "old"}));
    assert_eq!(decide(&wish, Some(&same), &[], &none), Ok(Action::Adopt));
    let mine = stacks(&[("A", TRAIL, "main", false)], &[]);
    assert_eq!(decide(&wish, Some(&same), &[], &mine), Ok(Action::Keep));
    let update = |is_adopted| Action::Update {
        arn: "arn:main".to_owned(),
        changes: bucket(json!("old"), "logs"),
        is_adopted,
    };
    assert_eq!(decide(&wish, Some(&other), &[], &mine), Ok(update(false)));
    assert_eq!(decide(&wish, Some(&other), &[], &none), Ok(update(true)));
}

#[test]
fn another_stack_s_resource_is_left_alone() {
    let wish = wanted(TRAIL, "main", &json!({"S3BucketName": "logs"}));
    let same = present(TRAIL, "main", &json!({"S3BucketName": "logs"}));
    let fault = decide(&wish, Some(&same), &[], &stacks(&[], &[(TRAIL, "main")])).unwrap_err();
    assert_eq!(fault.to_string(), "3:5: main belongs to the stack theirs");
}

#[test]
fn another_name_renames_or_replaces() {
    let of = |kind, name: &str| {
        (wanted(kind, "new", &json!({"Name": "new"})), present(kind, name, &json!({"Name": name})))
    };
    let (wish, old) = of(Kind::EventDataStore, "old");
    let mine = stacks(&[("A", Kind::EventDataStore, "old", false)], &[]);
    assert!(matches!(decide(&wish, None, &[&old], &mine), Ok(Action::Update { .. })));
    let (wish, old) = of(Kind::Dashboard, "old");
    let mine = stacks(&[("A", Kind::Dashboard, "old", false)], &[]);
    assert!(matches!(decide(&wish, None, &[&old], &mine), Ok(Action::Replace { old, .. }) if old == "old"));
}

#[test]
fn another_source_takes_a_new_channel_and_so_a_new_name() {
    let kind = Kind::Channel;
    let there = present(kind, "one", &json!({"Name": "one", "Source": "Custom"}));
    let mine = stacks(&[("A", kind, "one", false)], &[]);
    let same_name = wanted(kind, "one", &json!({"Name": "one", "Source": "Other"}));
    let problem = decide(&same_name, Some(&there), &[], &mine).unwrap_err().problem;
    assert_eq!(problem, Problem::NamedReplacement { property: "Source".to_owned(), id: "one".to_owned() });
    let new_name = wanted(kind, "two", &json!({"Name": "two", "Source": "Other"}));
    assert!(matches!(decide(&new_name, None, &[&there], &mine), Ok(Action::Replace { .. })));
}

#[test]
fn a_store_s_key_stays() {
    let kind = Kind::EventDataStore;
    let there = present(kind, "one", &json!({"Name": "one", "KmsKeyId": "key"}));
    let wish = wanted(kind, "one", &json!({"Name": "one"}));
    let fault = decide(&wish, Some(&there), &[], &stacks(&[], &[])).unwrap_err();
    assert_eq!(fault.to_string(), "3:5: KmsKeyId cannot be taken away any more");
}

#[test]
fn leftovers_are_deleted_newest_first_unless_they_are_retained() {
    let all = stacks(
        &[
            ("A", TRAIL, "a", false),
            ("B", TRAIL, "b", false),
            ("C", TRAIL, "c", true),
            ("D", TRAIL, "d", false),
        ],
        &[],
    );
    let names = |owned: &[Owned]| owned.iter().map(|owned| owned.id.clone()).collect::<Vec<_>>().join(" ");
    let Leftovers { deleted, retained } = leftovers(&all, &[(TRAIL, "a".to_owned())], &[]);
    assert_eq!((names(&deleted), names(&retained)), ("d b".to_owned(), "c".to_owned()));
    let replaced = [(TRAIL, "c".to_owned(), false), (TRAIL, "d".to_owned(), true)];
    let Leftovers { deleted, retained } = leftovers(&all, &[(TRAIL, "a".to_owned())], &replaced);
    assert_eq!(
        (names(&deleted), names(&retained)),
        ("c b".to_owned(), "d".to_owned()),
        "UpdateReplacePolicy rules"
    );
}

#[test]
fn what_is_protected_is_told_before_anything_is_done() {
    let dashboard = |properties| present(Kind::Dashboard, "one", &properties);
    assert_eq!(refuse_protected(None, &dashboard(json!({}))), Ok(()));
    let fault = refuse_protected(None, &dashboard(json!({"TerminationProtectionEnabled": true})));
    assert_eq!(fault.unwrap_err().problem, Problem::Protected("one".to_owned()));
    assert_eq!(refuse_protected(None, &present(TRAIL, "a", &json!({}))), Ok(()));
}
