#![allow(clippy::unwrap_used, reason = "tests")]

use super::Settled;
use crate::fault::{Fault, Problem};
use crate::scope::{Attributes, Environment, Known};
use crate::template::Template;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn environment() -> Environment {
    Environment {
        account: "111122223333".to_owned(),
        region: "us-east-1".to_owned(),
        stack: "stack".to_owned(),
    }
}

fn given(parameters: &[(&str, &str)]) -> BTreeMap<String, String> {
    parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn settle<'t>(template: &'t Template, parameters: &[(&str, &str)]) -> Result<Settled<'t>, Fault> {
    template.settle(environment(), &given(parameters))
}

/// The properties of the one resource.
fn properties(resource: &str) -> Result<Value, String> {
    let template =
        Template::parse(&format!("Resources:\n  A:\n{resource}")).map_err(|fault| fault.to_string())?;
    let settled = settle(&template, &[]).map_err(|fault| fault.to_string())?;
    let wanted = settled.wanted(0, &Known::new()).map_err(|fault| fault.to_string())?;
    Ok(Value::Object(wanted.properties))
}

fn trail(properties_: &str) -> Result<Value, String> {
    properties(&format!(
        "    Type: AWS::CloudTrail::Trail\n    Properties: {{TrailName: main, S3BucketName: logs, IsLogging: true{properties_}}}\n"
    ))
}

#[test]
fn what_is_as_if_nobody_said_so_is_not_kept() {
    let bare = json!({"TrailName": "main", "S3BucketName": "logs", "IsLogging": true});
    assert_eq!(trail("").unwrap(), bare);
    let said = ", IsMultiRegionTrail: false, IncludeGlobalServiceEvents: 'true', S3KeyPrefix: '', Tags: [], \
                EventSelectors: [{ReadWriteType: All}]";
    assert_eq!(trail(said).unwrap(), bare);
    assert_eq!(trail(", EventSelectors: []").unwrap(), bare);
}

#[test]
fn texts_flags_and_numbers_are_taken_for_one_another() {
    assert_eq!(trail(", S3KeyPrefix: 12, EnableLogFileValidation: 'TRUE'").unwrap()["S3KeyPrefix"], "12");
    let store = properties(
        "    Type: AWS::CloudTrail::EventDataStore\n    Properties: {Name: store, RetentionPeriod: '90'}\n",
    );
    assert_eq!(store.unwrap(), json!({"Name": "store", "RetentionPeriod": 90}));
}

#[test]
fn a_topic_by_name_is_its_arn_and_tags_have_an_order() {
    let found = trail(", SnsTopicName: news, Tags: [{Key: b, Value: 1}, {Key: a, Value: x}]").unwrap();
    assert_eq!(found["SnsTopicName"], "arn:aws:sns:us-east-1:111122223333:news");
    assert_eq!(found["Tags"], json!([{"Key": "a", "Value": "x"}, {"Key": "b", "Value": "1"}]));
}

#[test]
fn faults_of_properties_name_their_places() {
    for (more, expected) in [
        (", Colour: 1", "4:72: AWS::CloudTrail::Trail has no property \"Colour\"; it has TrailName, "),
        (", IsMultiRegionTrail: maybe", "4:92: true or false is expected"),
        (", Tags: {}", "4:78: a list is expected"),
        (", Tags: [{Key: a}]", "4:79: Value is missing"),
        (", EventSelectors: [{Colour: 1}]", "4:90: \"Colour\" is not known here; ReadWriteType, "),
        (", AdvancedEventSelectors: [{FieldSelectors: [{Equals: [a]}]}]", "4:115: Field is missing"),
    ] {
        let found = trail(more).unwrap_err();
        assert!(found.starts_with(expected), "{more}: {found}");
    }
    let missing = properties("    Type: AWS::CloudTrail::Trail\n").unwrap_err();
    assert_eq!(missing, "2:3: S3BucketName is missing");
    let number =
        properties("    Type: AWS::CloudTrail::EventDataStore\n    Properties: {RetentionPeriod: x}\n");
    assert_eq!(number.unwrap_err(), "4:35: a whole number is expected");
    let policy =
        "    Type: AWS::CloudTrail::ResourcePolicy\n    Properties: {ResourceArn: a, ResourcePolicy: x}\n";
    assert_eq!(properties(policy).unwrap_err(), "4:50: a policy is expected");
}

const CONDITIONS: &str = "
Parameters: {Stage: {Type: String, Default: test}, Secret: {Type: String, Default: 'hu\"sh', NoEcho: true}}
Conditions:
  IsLive: !Equals [!Ref Stage, live]
  IsTest: !Not [Condition: IsLive]
  Both: !And [Condition: IsLive, Condition: IsTest]
  Any: !Or [!Condition IsLive, !Condition IsTest]
Resources:
  Live: {Type: 'AWS::CloudTrail::EventDataStore', Condition: IsLive}
  Test: {Type: 'AWS::CloudTrail::EventDataStore', Condition: IsTest}
  Both: {Type: 'AWS::CloudTrail::EventDataStore', Condition: Both}
  Any: {Type: 'AWS::CloudTrail::EventDataStore', Condition: Any}
Outputs:
  Stage: {Value: !Ref Stage}
  Live: {Value: !Ref Live, Condition: IsLive}
";

fn names(settled: &Settled<'_>) -> Vec<String> {
    (0..settled.count()).map(|at| settled.wanted(at, &Known::new()).unwrap().logical_id).collect()
}

#[test]
fn conditions_decide_what_is_made_and_shown() {
    let template = Template::parse(CONDITIONS).unwrap();
    let test = settle(&template, &[]).unwrap();
    assert_eq!(names(&test), ["Test", "Any"]);
    assert_eq!(test.outputs(&Known::new()).unwrap(), [("Stage".to_owned(), "test".to_owned())]);
    let live = settle(&template, &[("Stage", "live")]).unwrap();
    assert_eq!(names(&live), ["Live", "Any"]);
    let known = BTreeMap::from([("Live".to_owned(), Attributes::Pending)]);
    assert_eq!(live.outputs(&known).unwrap()[1], ("Live".to_owned(), "${Live}".to_owned()));
}

#[test]
fn faults_of_conditions_and_parameters_are_told() {
    let problem = |conditions: &str| {
        let text = format!(
            "Conditions: {{{conditions}}}\nResources: {{A: {{Type: 'AWS::CloudTrail::EventDataStore'}}}}"
        );
        let template = Template::parse(&text).unwrap();
        settle(&template, &[]).unwrap_err().problem
    };
    assert_eq!(problem("B: {Condition: C}"), Problem::UnknownCondition("C".to_owned()));
    assert_eq!(problem("B: {Condition: C}, C: {Condition: B}"), Problem::Cycle("B, C".to_owned()));
    assert_eq!(problem("B: !Equals [a]"), Problem::Expected("two values"));
    assert_eq!(problem("B: !Equals [!Ref A, b]"), Problem::ResourceInCondition);
    assert_eq!(problem("B: !And [!Equals [a, b]]"), Problem::Expected("2 to 10 conditions"));
    assert_eq!(problem("B: true"), Problem::Expected("a map"));
    assert!(
        problem("B: !Join ['', []]")
            .to_string()
            .starts_with("Cairn does not know the function Fn::Join here")
    );
    let template = Template::parse(CONDITIONS).unwrap();
    let unknown = settle(&template, &[("Colour", "red")]).unwrap_err().problem;
    assert_eq!(unknown, Problem::UnknownParameter("Colour".to_owned()));
    let text = "Resources: {A: {Type: 'AWS::CloudTrail::Trail', Condition: X}}";
    let template = Template::parse(text).unwrap();
    assert_eq!(settle(&template, &[]).unwrap_err().to_string(), "1:60: there is no condition \"X\"");
}

#[test]
fn values_that_are_not_to_be_shown_are_masked() {
    let template = Template::parse(CONDITIONS).unwrap();
    let settled = settle(&template, &[]).unwrap();
    assert_eq!(settled.masked(r#"a hu"sh b hu\"sh c"#), "a **** b **** c");
}

#[test]
fn names_are_made_of_stack_and_resource_and_stay_the_same() {
    let channel = |source: &str| {
        format!(
            "Resources: {{A: {{Type: 'AWS::CloudTrail::Channel', Properties: {{Source: {source}, Destinations: []}}}}}}"
        )
    };
    let name = |text: &str| {
        let template = Template::parse(text).unwrap();
        let wanted = settle(&template, &[]).unwrap().wanted(0, &Known::new()).unwrap();
        assert!(!wanted.is_named);
        wanted.id.unwrap()
    };
    let custom = name(&channel("Custom"));
    assert!(custom.starts_with("stack-A-") && custom.len() == 20, "{custom}");
    assert_eq!(custom, name(&channel("Custom")));
    assert_ne!(custom, name(&channel("Other")), "only a new channel can have another source");
}

#[test]
fn the_policy_of_what_is_not_made_has_no_id_yet() {
    let text = "Resources:\n  Store: {Type: 'AWS::CloudTrail::EventDataStore'}\n  Policy:\n    \
                Type: AWS::CloudTrail::ResourcePolicy\n    Properties: {ResourceArn: !Ref Store, ResourcePolicy: '{}'}\n";
    let template = Template::parse(text).unwrap();
    let settled = settle(&template, &[]).unwrap();
    let known = BTreeMap::from([("Store".to_owned(), Attributes::Pending)]);
    let wanted = settled.wanted(1, &known).unwrap();
    assert_eq!((wanted.id, wanted.properties["ResourceArn"].clone()), (None, json!("${Store}")));
}
