//! Every category with every field and every operator, for trails and for event data stores; every bound; every
//! message.

use super::super::check::Subject;
use super::super::{SelectorError, check_advanced, check_basic, check_store_selectors, read_write_type};
use super::{equals, field, selector, strings};
use cairn_model::{AdvancedEventSelector, AdvancedFieldSelector, DataResource, EventSelector};

const OPERATORS: [&str; 6] =
    ["Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith"];

const FIELDS: [&str; 12] = [
    "eventCategory",
    "eventSource",
    "readOnly",
    "eventName",
    "eventType",
    "errorCode",
    "vpcEndpointId",
    "sessionCredentialFromConsole",
    "userIdentity.arn",
    "resources.type",
    "resources.ARN",
    "awsRegion",
];

const ALL: &[&str] = &OPERATORS;
const EQUALS: &[&str] = &["Equals"];
const EQUALS_OR_NOT: &[&str] = &["Equals", "NotEquals"];
const NOT_EQUALS: &[&str] = &["NotEquals"];

/// The fields of a category, and the operators that each takes.
type Allowed = &'static [(&'static str, &'static [&'static str])];

const DATA: Allowed = &[
    ("eventCategory", EQUALS),
    ("resources.type", EQUALS),
    ("resources.ARN", ALL),
    ("readOnly", EQUALS),
    ("eventName", ALL),
    ("eventSource", ALL),
    ("eventType", ALL),
    ("sessionCredentialFromConsole", EQUALS_OR_NOT),
    ("userIdentity.arn", ALL),
];

const NETWORK_ACTIVITY: Allowed = &[
    ("eventCategory", EQUALS),
    ("eventSource", EQUALS),
    ("eventName", ALL),
    ("errorCode", EQUALS),
    ("vpcEndpointId", ALL),
];

const ONLY_CATEGORY: Allowed = &[("eventCategory", EQUALS)];

/// Source: validation rules of AWS's user guide, "Filtering data events by using advanced event selectors", and of the
/// API reference, "AdvancedFieldSelector".
const RULES: [(Subject, &str, Allowed); 10] = [
    (
        Subject::Trail,
        "Management",
        &[("eventCategory", EQUALS), ("eventSource", NOT_EQUALS), ("readOnly", EQUALS)],
    ),
    (Subject::Trail, "Data", DATA),
    (Subject::Trail, "NetworkActivity", NETWORK_ACTIVITY),
    (
        Subject::EventDataStore,
        "Management",
        &[
            ("eventCategory", EQUALS),
            ("eventSource", ALL),
            ("readOnly", EQUALS),
            ("eventName", ALL),
            ("eventType", ALL),
            ("sessionCredentialFromConsole", EQUALS_OR_NOT),
            ("userIdentity.arn", ALL),
        ],
    ),
    (Subject::EventDataStore, "Data", DATA),
    (Subject::EventDataStore, "NetworkActivity", NETWORK_ACTIVITY),
    (Subject::EventDataStore, "Insight", ONLY_CATEGORY),
    (Subject::EventDataStore, "ConfigurationItem", ONLY_CATEGORY),
    (Subject::EventDataStore, "Evidence", ONLY_CATEGORY),
    (Subject::EventDataStore, "ActivityAuditLog", ONLY_CATEGORY),
];

fn check(subject: Subject, selectors: &[AdvancedEventSelector]) -> Result<(), String> {
    let checked = match subject {
        Subject::Trail => check_advanced(selectors),
        Subject::EventDataStore => check_store_selectors(selectors),
    };
    checked.map_err(|error| error.to_string())
}

fn with_operator(name: &str, operator: &str, values: &[&str]) -> AdvancedFieldSelector {
    let mut field = field(name);
    let member = match operator {
        "Equals" => &mut field.equals,
        "StartsWith" => &mut field.starts_with,
        "EndsWith" => &mut field.ends_with,
        "NotEquals" => &mut field.not_equals,
        "NotStartsWith" => &mut field.not_starts_with,
        _ => &mut field.not_ends_with,
    };
    *member = strings(values);
    field
}

/// A value that the field may have.
fn valid_value<'a>(category: &'a str, name: &str) -> &'a str {
    match name {
        "eventCategory" => category,
        "eventSource" => "kms.amazonaws.com",
        "readOnly" | "sessionCredentialFromConsole" => "true",
        "errorCode" => "VpceAccessDenied",
        "resources.type" => "AWS::S3::Object",
        _ => "x",
    }
}

/// A selector that asks for nothing more than its category needs, and for this.
fn asking(category: &str, asked: AdvancedFieldSelector) -> AdvancedEventSelector {
    let needed: &[&str] = match category {
        "Data" => &["eventCategory", "resources.type"],
        "NetworkActivity" => &["eventCategory", "eventSource"],
        _ => &["eventCategory"],
    };
    let needed = needed.iter().filter(|name| **name != asked.field);
    let mut fields: Vec<_> = needed.map(|name| equals(name, &[valid_value(category, name)])).collect();
    fields.push(asked);
    selector(fields)
}

#[test]
fn each_category_takes_its_fields_and_each_field_its_operators() {
    for (subject, category, allowed) in RULES {
        for name in FIELDS {
            let operators = allowed.iter().find(|(field, _)| *field == name).map(|(_, operators)| *operators);
            for operator in OPERATORS {
                let asked = with_operator(name, operator, &[valid_value(category, name)]);
                let expected = match operators {
                    None => Err(format!(
                        "Field {name} is not allowed in advanced event selectors for eventCategory {category}."
                    )),
                    Some(operators) if operators.contains(&operator) => Ok(()),
                    Some(_) => Err(format!("Operator {operator} is not allowed for field {name}.")),
                };
                let found = check(subject, &[asking(category, asked)]);
                assert_eq!(found, expected, "{subject}, {category}, {name}, {operator}");
            }
        }
    }
}

#[test]
fn categories_of_stores_are_none_of_trails() {
    for category in
        ["Insight", "ConfigurationItem", "Evidence", "ActivityAuditLog", "Aggregated", "Other", "data"]
    {
        let selectors = [selector(vec![equals("eventCategory", &[category])])];
        let message = format!("Value {category} for eventCategory is invalid.");
        assert_eq!(check(Subject::Trail, &selectors), Err(message));
    }
}

#[test]
fn fields_of_few_values_have_no_others() {
    let refused = |subject, category, asked: AdvancedFieldSelector, message: &str| {
        assert_eq!(check(subject, &[asking(category, asked)]), Err(message.to_owned()));
    };
    for subject in [Subject::Trail, Subject::EventDataStore] {
        refused(subject, "Data", equals("readOnly", &["True"]), "Value True for readOnly is invalid.");
        refused(
            subject,
            "Data",
            equals("readOnly", &["true", "false"]),
            "Field readOnly can have only one value.",
        );
        refused(
            subject,
            "Data",
            equals("sessionCredentialFromConsole", &["false"]),
            "Value false for sessionCredentialFromConsole is invalid.",
        );
        refused(
            subject,
            "NetworkActivity",
            equals("errorCode", &["AccessDenied"]),
            "Value AccessDenied for errorCode is invalid.",
        );
        refused(
            subject,
            "Data",
            equals("eventCategory", &["Data", "Management"]),
            "Field eventCategory can have only one value.",
        );
        for resource_type in
            ["AWS::S3", "AWS::S3::", "aws::S3::Object", "AWS::S3::Object::x", "AWS::S 3::Object"]
        {
            let message = format!("Value {resource_type} for resources.type is invalid.");
            refused(subject, "Data", equals("resources.type", &[resource_type]), &message);
        }
    }
    let rds = with_operator("eventSource", "NotEquals", &["kms.amazonaws.com", "rdsdata.amazonaws.com"]);
    assert_eq!(check(Subject::Trail, &[asking("Management", rds)]), Ok(()));
}

#[test]
fn what_a_category_needs_must_be_there() {
    let missing = |category: &str, name: &str| {
        let found = check(Subject::Trail, &[selector(vec![equals("eventCategory", &[category])])]);
        let message = format!(
            "Advanced event selectors for eventCategory {category} must have a field selector for {name}."
        );
        assert_eq!(found, Err(message));
    };
    missing("Data", "resources.type");
    missing("NetworkActivity", "eventSource");
}

#[test]
fn lengths_have_bounds() {
    let check_bound = |what: &str, min: usize, max: usize, of: &dyn Fn(usize) -> AdvancedEventSelector| {
        let message = Err(format!("{what} must be {min} to {max} characters long."));
        assert_eq!(check(Subject::Trail, &[of(max + 1)]), message);
        assert_ne!(check(Subject::Trail, &[of(max)]), message);
        assert_ne!(check(Subject::Trail, &[of(min)]), message);
        if min > 0 {
            assert_eq!(check(Subject::Trail, &[of(min - 1)]), message);
        }
    };
    // Characters, not bytes.
    check_bound("Name", 0, 1000, &|length| AdvancedEventSelector {
        name: Some("é".repeat(length)),
        ..asking("Data", equals("eventName", &["x"]))
    });
    check_bound("Field", 1, 1000, &|length| asking("Data", equals(&"f".repeat(length), &["x"])));
    check_bound("A field selector's value", 1, 2048, &|length| {
        asking("Data", equals("eventName", &[&"é".repeat(length)]))
    });
}

#[test]
fn field_names_have_the_characters_that_the_model_allows() {
    for name in ["resources ARN", "resources-ARN", "é", "a/b"] {
        let found = check(Subject::Trail, &[asking("Data", equals(name, &["x"]))]);
        assert_eq!(found, Err(format!("Value {name} for Field is invalid.")));
    }
    let odd = check(Subject::Trail, &[asking("Data", equals("a|b_c.9", &["x"]))]);
    assert_eq!(
        odd,
        Err("Field a|b_c.9 is not allowed in advanced event selectors for eventCategory Data.".to_owned())
    );
}

#[test]
fn values_are_counted_over_all_selectors_conditions_and_operators() {
    let of = |count: usize, operator| {
        let values: Vec<String> = (0..count).map(|number| format!("v{number}")).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        asking("Data", with_operator("eventName", operator, &values))
    };
    // Each has a category and a type beside them.
    let together = |last| [of(200, "Equals"), of(200, "NotEndsWith"), of(last, "StartsWith")];
    assert_eq!(check(Subject::Trail, &together(94)), Ok(()));
    let message = "A trail can have up to 500 values for all conditions in all advanced event selectors; 501 were \
                   specified.";
    assert_eq!(check(Subject::Trail, &together(95)), Err(message.to_owned()));
    // A trail has as many selectors as it has values for.
    let many = vec![selector(vec![equals("eventCategory", &["Management"])]); 500];
    assert_eq!(check(Subject::Trail, &many), Ok(()));
}

#[test]
fn data_resources_are_counted_over_all_basic_selectors() {
    let of = |count: usize| EventSelector {
        data_resources: vec![
            DataResource {
                resource_type: "AWS::S3::Object".to_owned(),
                values: vec!["arn:aws:s3:::bucket/".to_owned(); count],
            },
            DataResource {
                resource_type: "AWS::Lambda::Function".to_owned(),
                values: strings(&["arn:aws:lambda"]),
            },
        ],
        ..EventSelector::default()
    };
    assert_eq!(check_basic(&[of(125), of(125)]), Ok(()));
    let message = "A trail can have up to 250 data resources across all event selectors; 251 were specified.";
    assert_eq!(check_basic(&[of(125), of(126)]).unwrap_err().to_string(), message);
}

#[test]
fn every_refusal_says_what_is_wrong() {
    let check = |error: SelectorError, message: &str| assert_eq!(error.to_string(), message);
    check(check_basic(&[]).unwrap_err(), "A trail can have 1 to 5 event selectors; 0 were specified.");
    check(
        check_store_selectors(&vec![selector(vec![equals("eventCategory", &["Insight"])]); 6]).unwrap_err(),
        "An event data store can have up to 5 advanced event selectors; 6 were specified.",
    );
    check(
        SelectorError::FamilyChanged,
        "The event categories of an event data store cannot be changed to ones of another kind.",
    );
    check(
        SelectorError::BothKinds,
        "EventSelectors and AdvancedEventSelectors cannot be specified in the same request.",
    );
    check(
        check_advanced(&[]).unwrap_err(),
        "Specify at least one event selector or advanced event selector.",
    );
    check(read_write_type("all").unwrap_err(), "Value all for ReadWriteType is invalid.");
    let network = || asking("NetworkActivity", equals("eventSource", &["kms.amazonaws.com"]));
    check(
        check_advanced(&[network(), network()]).unwrap_err(),
        "There can be only one advanced event selector for network activity events of kms.amazonaws.com.",
    );
    let excluding = EventSelector {
        exclude_management_event_sources: strings(&["s3.amazonaws.com"]),
        ..EventSelector::default()
    };
    check(
        check_basic(&[excluding]).unwrap_err(),
        "Value s3.amazonaws.com for ExcludeManagementEventSources is invalid.",
    );
}
