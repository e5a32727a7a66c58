//! What callers may write.

use super::super::{SelectorError, check_advanced, check_basic, read_write_type};
use super::{equals, field, selector, strings};
use cairn_model::{AdvancedEventSelector, AdvancedFieldSelector, DataResource, EventSelector};

fn data(resource_type: &str, values: &[&str]) -> Vec<EventSelector> {
    vec![EventSelector {
        data_resources: vec![DataResource {
            resource_type: resource_type.to_owned(),
            values: strings(values),
        }],
        ..EventSelector::default()
    }]
}

fn check_value(resource_type: &str, value: &str, is_allowed: bool) {
    let result = check_basic(&data(resource_type, &[value]));
    if is_allowed {
        assert_eq!(result, Ok(()), "{value}");
    } else {
        let message = format!("Value {value} for DataResources.Values is invalid.");
        assert_eq!(result.unwrap_err().to_string(), message);
    }
}

#[test]
fn data_resources_have_the_forms_that_match_something() {
    for value in ["arn:aws:s3", "arn:aws:s3:::", "arn:aws:s3:::bucket/", "arn:aws:s3:::bucket/a/b"] {
        check_value("AWS::S3::Object", value, true);
    }
    for value in
        ["arn:aws:s3:::*", "arn:aws:s3:::bucket", "arn:aws:s3:::b/*", "arn:aws:lambda", "", "bucket/"]
    {
        check_value("AWS::S3::Object", value, false);
    }
    let function = "arn:aws:lambda:eu-central-1:111122223333:function:one";
    check_value("AWS::Lambda::Function", function, true);
    check_value("AWS::Lambda::Function", "arn:aws:lambda", true);
    check_value("AWS::Lambda::Function", "arn:aws:lambda:*", false);
    check_value("AWS::DynamoDB::Table", "arn:aws:dynamodb", true);
    check_value("AWS::DynamoDB::Table", "arn:aws:dynamodb:r:111122223333:table/one", true);
    check_value("AWS::DynamoDB::Table", function, false);
}

#[test]
fn basic_selectors_keep_their_limits() {
    assert_eq!(check_basic(&[]), Err(SelectorError::SelectorCount(0)));
    assert_eq!(check_basic(&vec![EventSelector::default(); 5]), Ok(()));
    assert_eq!(check_basic(&vec![EventSelector::default(); 6]), Err(SelectorError::SelectorCount(6)));
    let many = |count| data("AWS::S3::Object", &vec!["arn:aws:s3:::bucket/"; count]);
    assert_eq!(check_basic(&many(250)), Ok(()));
    assert_eq!(check_basic(&many(251)), Err(SelectorError::TooManyDataResources(251)));
    let all = data("AWS::S3::Object", &vec!["arn:aws:s3"; 300]);
    assert_eq!(check_basic(&all), Ok(()));
    let unknown = check_basic(&data("AWS::S3::Bucket", &[])).unwrap_err();
    assert_eq!(unknown.to_string(), "Value AWS::S3::Bucket for DataResources.Type is invalid.");
}

#[test]
fn only_kms_and_rds_data_can_be_excluded() {
    let excluding = |source: &str| {
        check_basic(&[EventSelector {
            exclude_management_event_sources: strings(&[source]),
            ..EventSelector::default()
        }])
    };
    assert_eq!(excluding("kms.amazonaws.com"), Ok(()));
    assert_eq!(excluding("rdsdata.amazonaws.com"), Ok(()));
    assert!(excluding("s3.amazonaws.com").is_err());
}

#[test]
fn a_wrong_read_write_type_is_an_invalid_selector() {
    let message = read_write_type("read-only").unwrap_err().to_string();
    assert_eq!(message, "Value read-only for ReadWriteType is invalid.");
}

fn check(fields: Vec<AdvancedFieldSelector>) -> Result<(), String> {
    check_advanced(&[selector(fields)]).map_err(|error| error.to_string())
}

fn management(more: AdvancedFieldSelector) -> Result<(), String> {
    check(vec![equals("eventCategory", &["Management"]), more])
}

fn object_events(more: AdvancedFieldSelector) -> Result<(), String> {
    check(vec![equals("eventCategory", &["Data"]), equals("resources.type", &["AWS::S3::Object"]), more])
}

fn not_equals(name: &str, values: &[&str]) -> AdvancedFieldSelector {
    AdvancedFieldSelector { not_equals: strings(values), ..field(name) }
}

#[test]
fn management_selectors_ask_for_what_trails_can_tell() {
    assert_eq!(check(vec![equals("eventCategory", &["Management"])]), Ok(()));
    assert_eq!(management(equals("readOnly", &["true"])), Ok(()));
    assert_eq!(management(not_equals("eventSource", &["kms.amazonaws.com"])), Ok(()));
    let refused = |more, message: &str| assert_eq!(management(more), Err(message.to_owned()));
    refused(
        equals("eventSource", &["kms.amazonaws.com"]),
        "Operator Equals is not allowed for field eventSource.",
    );
    refused(
        not_equals("eventSource", &["s3.amazonaws.com"]),
        "Value s3.amazonaws.com for eventSource is invalid.",
    );
    refused(
        equals("eventName", &["CreateUser"]),
        "Field eventName is not allowed in advanced event selectors for eventCategory Management.",
    );
    refused(equals("readOnly", &["yes"]), "Value yes for readOnly is invalid.");
    refused(not_equals("readOnly", &["true"]), "Operator NotEquals is not allowed for field readOnly.");
    refused(field("readOnly"), "Field selector for readOnly must have at least one operator with a value.");
    refused(equals("readOnly", &[""]), "A field selector's value must be 1 to 2048 characters long.");
    refused(
        equals("eventCategory", &["Data"]),
        "An advanced event selector can have only one field selector for eventCategory.",
    );
}

#[test]
fn data_selectors_need_one_resource_type() {
    assert_eq!(object_events(not_equals("resources.ARN", &["arn:aws:s3:::a/"])), Ok(()));
    assert_eq!(
        check(vec![equals("eventCategory", &["Data"])]).unwrap_err(),
        "Advanced event selectors for eventCategory Data must have a field selector for resources.type."
    );
    assert_eq!(
        object_events(equals("resources.type", &["AWS::S3::Object"])).unwrap_err(),
        "An advanced event selector can have only one field selector for resources.type."
    );
    let of =
        |types: &[&str]| check(vec![equals("eventCategory", &["Data"]), equals("resources.type", types)]);
    assert_eq!(of(&["AWS::Novel::Thing"]), Ok(()));
    assert_eq!(of(&["S3"]).unwrap_err(), "Value S3 for resources.type is invalid.");
    assert_eq!(
        of(&["AWS::S3::Object", "AWS::S3::AccessPoint"]).unwrap_err(),
        "Field resources.type can have only one value."
    );
    assert_eq!(
        object_events(equals("vpcEndpointId", &["vpce-1"])).unwrap_err(),
        "Field vpcEndpointId is not allowed in advanced event selectors for eventCategory Data."
    );
}

#[test]
fn network_selectors_have_one_source_each() {
    let network = |source: &str| {
        selector(vec![
            equals("eventCategory", &["NetworkActivity"]),
            equals("eventSource", &[source]),
            equals("errorCode", &["VpceAccessDenied"]),
        ])
    };
    let both = |one, other| check_advanced(&[network(one), network(other)]);
    assert_eq!(both("s3.amazonaws.com", "kms.amazonaws.com"), Ok(()));
    assert_eq!(
        both("s3.amazonaws.com", "s3.amazonaws.com"),
        Err(SelectorError::SourceTwice("s3.amazonaws.com".to_owned()))
    );
}

#[test]
fn a_category_is_needed_and_must_be_one_of_trails() {
    assert_eq!(
        check(vec![equals("readOnly", &["true"])]).unwrap_err(),
        "Advanced event selectors must have a field selector for eventCategory."
    );
    assert_eq!(
        check(vec![equals("eventCategory", &["Evidence"])]).unwrap_err(),
        "Value Evidence for eventCategory is invalid."
    );
    assert_eq!(check_advanced(&[]), Err(SelectorError::NoSelectors));
}

#[test]
fn all_values_together_are_at_most_500() {
    let with = |count: usize| {
        let names: Vec<String> = (0..count).map(|n| format!("arn:aws:s3:::b/{n}")).collect();
        let arns = AdvancedFieldSelector { starts_with: names, ..field("resources.ARN") };
        object_events(arns)
    };
    assert_eq!(with(498), Ok(()));
    assert_eq!(
        with(499).unwrap_err(),
        "A trail can have up to 500 values for all conditions in all advanced event selectors; 501 were specified."
    );
}

#[test]
fn a_name_may_be_long_but_not_endless() {
    let named = |length| AdvancedEventSelector {
        name: Some("n".repeat(length)),
        field_selectors: vec![equals("eventCategory", &["Management"])],
    };
    assert_eq!(check_advanced(&[named(1000)]), Ok(()));
    assert!(check_advanced(&[named(1001)]).is_err());
}
