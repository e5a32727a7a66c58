#![allow(clippy::unwrap_used, reason = "tests")]

use super::{evaluate, function};
use crate::document::{load, member};
use crate::fault::Problem;
use crate::scope::{Attributes, Environment, Known, Scope};
use crate::template::Template;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const TEMPLATE: &str = "
Parameters: {Name: {Type: String}, Names: {Type: CommaDelimitedList}}
Mappings: {Days: {us-east-1: {Short: 7, Long: [a, b]}}}
Resources:
  Main: {Type: 'AWS::CloudTrail::Trail'}
  Store: {Type: 'AWS::CloudTrail::EventDataStore'}
  Never: {Type: 'AWS::CloudTrail::Trail'}
";

/// What a value comes to, where `Main` is there, `Store` not made yet and `Never` not made at all.
fn evaluated(value: &str) -> Result<Value, Problem> {
    let template = Template::parse(TEMPLATE).unwrap();
    let given =
        BTreeMap::from([("Name".to_owned(), "blue".to_owned()), ("Names".to_owned(), "one, two".to_owned())]);
    let parameters = template
        .parameters
        .iter()
        .map(|p| (p.name.clone(), p.settled(Some(&given[&p.name])).unwrap()))
        .collect();
    let environment = Environment {
        account: "111122223333".to_owned(),
        region: "us-east-1".to_owned(),
        stack: "stack".to_owned(),
    };
    let made = Attributes::Made {
        reference: "main".to_owned(),
        values: BTreeMap::from([("Arn", "arn:aws:cloudtrail:us-east-1:111122223333:trail/main".to_owned())]),
    };
    let known: Known = BTreeMap::from([("Main".to_owned(), made), ("Store".to_owned(), Attributes::Pending)]);
    let scope = Scope {
        template: &template,
        environment: &environment,
        parameters: &parameters,
        conditions: &BTreeMap::from([("Yes".to_owned(), true), ("No".to_owned(), false)]),
        resources: Some(&known),
    };
    let node = load(&format!("value: {value}\n")).unwrap();
    let value = &member(node.map().unwrap(), "value").unwrap().value;
    evaluate(value, &scope).map(|node| node.json()).map_err(|fault| fault.problem)
}

fn check(value: &str, expected: Value) {
    assert_eq!(evaluated(value), Ok(expected), "{value}");
}

fn check_fault(value: &str, expected: Problem) {
    assert_eq!(evaluated(value), Err(expected), "{value}");
}

#[test]
fn references_stand_for_parameters_pseudo_parameters_and_resources() {
    check("!Ref Name", json!("blue"));
    check("!Ref Names", json!(["one", "two"]));
    check("!Ref AWS::AccountId", json!("111122223333"));
    check("!Ref AWS::Region", json!("us-east-1"));
    check("!Ref AWS::Partition", json!("aws"));
    check("!Ref AWS::StackName", json!("stack"));
    check("!Ref AWS::URLSuffix", json!("amazonaws.com"));
    check("!Ref Main", json!("main"));
    check("!Ref Store", json!("${Store}"));
    check_fault("!Ref Nobody", Problem::UnknownReference("Nobody".to_owned()));
    check_fault("!Ref Never", Problem::NotMade("Never".to_owned()));
    check_fault("!Ref [a]", Problem::Expected("a text"));
}

#[test]
fn attributes_are_those_of_the_type() {
    check("!GetAtt Main.Arn", json!("arn:aws:cloudtrail:us-east-1:111122223333:trail/main"));
    check("!GetAtt Main.SnsTopicArn", json!(""));
    check("!GetAtt [Store, EventDataStoreArn]", json!("${Store.EventDataStoreArn}"));
    check("{'Fn::GetAtt': Store.Status}", json!("${Store.Status}"));
    let unknown = evaluated("!GetAtt Main.Colour").unwrap_err().to_string();
    assert_eq!(unknown, "AWS::CloudTrail::Trail has no attribute \"Colour\"; it has Arn, SnsTopicArn");
    check_fault("!GetAtt Main", Problem::Expected("a list of a resource and an attribute"));
    check_fault("{'Fn::GetAtt': Main}", Problem::Expected("RESOURCE.ATTRIBUTE"));
}

#[test]
fn sub_fills_in_names_and_leaves_what_is_escaped() {
    check("!Sub '${Name}-${AWS::Region}-${!Name}'", json!("blue-us-east-1-${Name}"));
    check("!Sub 'a${Main.Arn}b'", json!("aarn:aws:cloudtrail:us-east-1:111122223333:trail/mainb"));
    check("!Sub ['${x}${Name}', {x: !Ref AWS::AccountId}]", json!("111122223333blue"));
    check("!Sub 'no variables $ {}'", json!("no variables $ {}"));
    check("!Sub 'x-${Store.Status}'", json!("x-${Store.Status}"));
    check_fault("!Sub '${Name'", Problem::Expected("} after ${"));
    check_fault("!Sub '${Nobody}'", Problem::UnknownReference("Nobody".to_owned()));
    check_fault("!Sub [a]", Problem::Expected("a text and a map of variables"));
}

#[test]
fn texts_are_joined_split_and_selected() {
    check("!Join ['-', [a, !Ref Name, 1]]", json!("a-blue-1"));
    check("!Join ['', !Ref Names]", json!("onetwo"));
    check("!Join ['-', [a, !Ref AWS::NoValue]]", json!("a"));
    check("!Split [',', 'a,b,,c']", json!(["a", "b", "", "c"]));
    check("!Select [1, !Split [',', 'a,b']]", json!("b"));
    check("!Select ['0', !Ref Names]", json!("one"));
    check("!Select [5, !Split [':', !GetAtt Main.Arn]]", json!("trail/main"));
    check("!Select [5, !Split [':', !GetAtt Store.EventDataStoreArn]]", json!("${Store.EventDataStoreArn}"));
    check_fault("!Select [2, [a, b]]", Problem::NoElement { index: 2, length: 2 });
    check_fault("!Select [x, [a]]", Problem::Expected("an index from 0"));
    check_fault("!Join [a]", Problem::Expected("a delimiter and a list"));
    check_fault("!Split ['', a]", Problem::Expected("a delimiter"));
}

#[test]
fn conditions_choose_and_no_value_takes_away() {
    check("!If [Yes, a, !Ref Nobody]", json!("a"));
    check("!If [No, !Ref Never, {b: [1]}]", json!({"b": [1]}));
    check("{a: !If [No, 1, !Ref AWS::NoValue], b: 2}", json!({"b": 2}));
    check("[!If [Yes, !Ref AWS::NoValue, 1], 2]", json!([2]));
    check_fault("!If [Maybe, 1, 2]", Problem::UnknownCondition("Maybe".to_owned()));
    check_fault("!If [Yes, 1]", Problem::Expected("a condition and two values"));
}

#[test]
fn mappings_are_looked_up_by_two_keys() {
    check("!FindInMap [Days, !Ref AWS::Region, Short]", json!(7));
    check("!FindInMap [Days, us-east-1, Long]", json!(["a", "b"]));
    check_fault("!FindInMap [Days, mars, Short]", Problem::UnknownMapping("Days.mars.Short".to_owned()));
    check_fault("!FindInMap [Weeks, a, b]", Problem::UnknownMapping("Weeks.a.b".to_owned()));
}

#[test]
fn functions_stand_alone_and_others_are_refused() {
    check("{Ref: Name, other: 1}", json!({"Ref": "Name", "other": 1}));
    check("{Condition: {a: 1}}", json!({"Condition": {"a": 1}}));
    check_fault("{'Fn::Sub': a, b: 1}", Problem::Expected("a function alone in its map"));
    let unknown = evaluated("!Cidr [a]").unwrap_err().to_string();
    assert!(unknown.starts_with("Cairn does not know the function Fn::Cidr here; Ref,"), "{unknown}");
    assert!(function(&[]).unwrap().is_none());
}
