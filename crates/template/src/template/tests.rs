#![allow(clippy::unwrap_used, reason = "tests")]

use super::Template;
use crate::fault::Problem;

fn fault(text: &str) -> String {
    Template::parse(text).unwrap_err().to_string()
}

#[test]
fn a_resource_of_another_type_is_refused_by_name_and_place() {
    let text = "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n";
    assert_eq!(
        fault(text),
        "3:11: Cairn does not make \"AWS::S3::Bucket\"; it makes AWS::CloudTrail::Trail, \
         AWS::CloudTrail::EventDataStore, AWS::CloudTrail::Channel, AWS::CloudTrail::Dashboard, \
         AWS::CloudTrail::ResourcePolicy"
    );
    let json = "{\"Resources\": {\n \"Bucket\": {\"Type\": \"AWS::S3::Bucket\"}}}";
    assert!(fault(json).starts_with("2:21: Cairn does not make \"AWS::S3::Bucket\""), "{}", fault(json));
}

#[test]
fn every_fault_of_a_section_names_its_place() {
    let trail = "{Type: 'AWS::CloudTrail::Trail'}";
    let resources = format!("Resources: {{A: {trail}}}");
    for (text, expected) in [
        ("[]".to_owned(), "1:1: a map is expected"),
        ("Description: x".to_owned(), "1:1: Resources is missing"),
        (format!("Transform: x\n{resources}"), "1:1: Cairn does not know the section Transform"),
        (format!("Rules: {{}}\n{resources}"), "1:1: Cairn does not know the section Rules"),
        (
            format!("{resources}\nColour: x"),
            "2:1: \"Colour\" is not known here; AWSTemplateFormatVersion, Description, Metadata, Parameters, Mappings, \
             Conditions, Resources, Outputs would be",
        ),
        (format!("AWSTemplateFormatVersion: '2011-01-01'\n{resources}"), "1:27: 2010-09-09 is expected"),
        (
            "Resources: {a-b: {Type: x}}".to_owned(),
            "1:13: \"a-b\" is not a name: letters and digits are, 255 at most",
        ),
        ("Resources: {A: {}}".to_owned(), "1:13: Type is missing"),
        ("Resources: {A: x}".to_owned(), "1:16: a map is expected"),
        (
            "Resources: {A: {Type: 'AWS::CloudTrail::Trail', Color: 1}}".to_owned(),
            "1:49: \"Color\" is not known here; Type, Properties, DependsOn, Condition, DeletionPolicy, \
             UpdateReplacePolicy, Metadata would be",
        ),
        (
            "Resources: {A: {Type: 'AWS::CloudTrail::Trail', DeletionPolicy: Keep}}".to_owned(),
            "1:65: Delete or Retain is expected",
        ),
        (
            "Resources: {A: {Type: 'AWS::CloudTrail::Trail', DeletionPolicy: Snapshot}}".to_owned(),
            "1:65: Cairn does not know snapshots of these resources",
        ),
        (format!("{resources}\nParameters: {{A: {{Type: String}}}}"), "1:13: duplicate key \"A\""),
        (format!("{resources}\nOutputs: {{O: {{}}}}"), "2:11: Value is missing"),
        (
            format!("{resources}\nOutputs: {{O: {{Value: 1, Export: {{Name: x}}}}}}"),
            "2:25: Cairn does not know exports between stacks",
        ),
    ] {
        assert_eq!(fault(&text), expected, "{text}");
    }
}

#[test]
fn retention_is_read() {
    let text = "Resources: {A: {Type: 'AWS::CloudTrail::Trail', DeletionPolicy: Retain}, \
                B: {Type: 'AWS::CloudTrail::Trail', UpdateReplacePolicy: RetainExceptOnCreate}}";
    let template = Template::parse(text).unwrap();
    let retained: Vec<(bool, bool)> =
        template.resources.iter().map(|r| (r.retain, r.retain_replaced)).collect();
    assert_eq!(retained, [(true, false), (false, true)]);
}

/// Whether a parameter takes a value.
fn settled(parameter: &str, value: Option<&str>) -> Result<String, Problem> {
    let text = format!("Parameters: {{P: {{{parameter}}}}}\nResources: {{}}");
    let template = Template::parse(&text).map_err(|fault| fault.problem)?;
    let node = template.parameters[0].settled(value).map_err(|fault| fault.problem)?;
    Ok(node.json().to_string())
}

#[test]
fn parameters_have_defaults_and_types() {
    assert_eq!(settled("Type: String", None), Err(Problem::NoValue("P".to_owned())));
    assert_eq!(settled("Type: String, Default: x", None).unwrap(), "\"x\"");
    assert_eq!(settled("Type: Number, Default: 7", None).unwrap(), "\"7\"");
    assert_eq!(settled("Type: CommaDelimitedList", Some("a, b")).unwrap(), "[\"a\",\"b\"]");
    assert_eq!(settled("Type: CommaDelimitedList, Default: ''", None).unwrap(), "[]");
    assert_eq!(settled("Type: List<Number>", Some("1,2")).unwrap(), "[\"1\",\"2\"]");
    let unknown = settled("Type: 'AWS::EC2::VPC::Id'", None).unwrap_err().to_string();
    assert!(unknown.starts_with("Cairn does not know the parameter type \"AWS::EC2::VPC::Id\""), "{unknown}");
    assert_eq!(settled("Default: x", None), Err(Problem::Missing("Type".to_owned())));
    assert!(matches!(settled("Type: String, Colour: x", None), Err(Problem::UnknownKey { .. })));
    assert_eq!(
        settled("Type: String, AllowedPattern: '('", None),
        Err(Problem::Expected("a regular expression"))
    );
    assert_eq!(settled("Type: String, MinLength: x", None), Err(Problem::Expected("a number")));
}

#[test]
fn values_of_parameters_are_checked_and_not_told() {
    let refused = |parameter: &str, value: &str| match settled(parameter, Some(value)) {
        Err(Problem::Parameter { why, .. }) => why,
        other => format!("{other:?}"),
    };
    let pattern = "Type: String, AllowedPattern: '[a-z]+'";
    assert_eq!(refused(pattern, "abc1"), "the value does not match AllowedPattern");
    assert_eq!(settled(pattern, Some("abc")).unwrap(), "\"abc\"");
    let told = "Type: String, AllowedPattern: '[a-z]+', ConstraintDescription: small letters";
    assert_eq!(refused(told, "ABC"), "small letters");
    assert_eq!(refused("Type: String, AllowedValues: [a, b]", "c"), "one of a, b is expected");
    assert_eq!(refused("Type: String, MinLength: 3", "ab"), "the value is too short or too long");
    assert_eq!(refused("Type: String, MaxLength: 3", "abcd"), "the value is too short or too long");
    assert_eq!(refused("Type: Number", "x"), "a number is expected");
    assert_eq!(refused("Type: Number", "NaN"), "a number is expected");
    assert_eq!(refused("Type: Number, MinValue: 7, MaxValue: 9", "6.5"), "the number is out of range");
    assert_eq!(refused("Type: List<Number>, MaxValue: 9", "1,10"), "the number is out of range");
}
