//! What callers may write for event data stores.

use super::super::{Family, SelectorError, check_store_selectors, default_store_selectors, family};
use super::{equals, field, selector, strings};
use cairn_model::{AdvancedEventSelector, AdvancedFieldSelector};

fn check(fields: Vec<AdvancedFieldSelector>) -> Result<(), String> {
    check_store_selectors(&[selector(fields)]).map_err(|error| error.to_string())
}

fn of_category(category: &str) -> AdvancedEventSelector {
    selector(vec![equals("eventCategory", &[category])])
}

#[test]
fn management_selectors_of_stores_ask_for_more_than_those_of_trails() {
    let management = |more| check(vec![equals("eventCategory", &["Management"]), more]);
    assert_eq!(management(equals("eventSource", &["s3.amazonaws.com"])), Ok(()));
    let starting = AdvancedFieldSelector { starts_with: strings(&["Create"]), ..field("eventName") };
    assert_eq!(management(starting), Ok(()));
    assert_eq!(management(equals("userIdentity.arn", &["arn:aws:iam::111122223333:user/ann"])), Ok(()));
    assert_eq!(management(equals("sessionCredentialFromConsole", &["true"])), Ok(()));
    assert_eq!(management(equals("eventType", &["AwsApiCall"])), Ok(()));
    assert_eq!(
        management(equals("vpcEndpointId", &["vpce-1"])).unwrap_err(),
        "Field vpcEndpointId is not allowed in advanced event selectors for eventCategory Management."
    );
}

#[test]
fn other_families_are_taken_whole() {
    for (category, expected) in [
        ("Insight", Family::Insight),
        ("ConfigurationItem", Family::ConfigurationItem),
        ("Evidence", Family::Evidence),
        ("ActivityAuditLog", Family::ActivityAuditLog),
    ] {
        let selectors = [of_category(category)];
        assert_eq!(check_store_selectors(&selectors), Ok(()));
        assert_eq!(family(&selectors), expected);
        let more = check(vec![equals("eventCategory", &[category]), equals("readOnly", &["true"])]);
        let message = format!(
            "Field readOnly is not allowed in advanced event selectors for eventCategory {category}."
        );
        assert_eq!(more, Err(message));
    }
    assert_eq!(
        check(vec![equals("eventCategory", &["Other"])]).unwrap_err(),
        "Value Other for eventCategory is invalid."
    );
}

#[test]
fn a_store_has_up_to_five_selectors_of_one_family() {
    assert_eq!(check_store_selectors(&default_store_selectors()), Ok(()));
    assert_eq!(family(&default_store_selectors()), Family::CloudTrail);
    let management = || of_category("Management");
    assert_eq!(check_store_selectors(&vec![management(); 5]), Ok(()));
    assert_eq!(check_store_selectors(&vec![management(); 6]), Err(SelectorError::TooManySelectors(6)));
    assert_eq!(check_store_selectors(&[]), Err(SelectorError::NoSelectors));
    let network = selector(vec![
        equals("eventCategory", &["NetworkActivity"]),
        equals("eventSource", &["kms.amazonaws.com"]),
    ]);
    assert_eq!(check_store_selectors(&[management(), network]), Ok(()));
    assert_eq!(
        check_store_selectors(&[management(), of_category("Insight")]).unwrap_err().to_string(),
        "An event data store cannot take events of the categories Management and Insight at once."
    );
}

#[test]
fn a_store_has_up_to_500_values() {
    let names: Vec<String> = (0..500).map(|number| format!("Create{number}")).collect();
    let names = AdvancedFieldSelector { equals: names, ..field("eventName") };
    let refused = check(vec![equals("eventCategory", &["Management"]), names]);
    let message = "An event data store can have up to 500 values for all conditions in all advanced event selectors; \
                   501 were specified.";
    assert_eq!(refused.unwrap_err(), message);
}
