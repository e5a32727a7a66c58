//! UpdateEventDataStore.

use super::*;
use crate::selectors::SelectorError;
use cairn_model::{InsightCategory, InsightSelector, InsightType};

fn updated(
    old: &EventDataStore,
    name: Option<&str>,
    settings: &Settings,
) -> Result<EventDataStore, StoreError> {
    let stores = [Arc::new(old.clone()), Arc::new(store(8, "Management"))];
    settled(update(&facts(&stores, &[]), &old.arn.id, name, settings))
}

fn set(old: &EventDataStore, settings: Settings) -> Result<EventDataStore, StoreError> {
    updated(old, None, &settings)
}

#[test]
fn an_update_changes_what_it_names_and_nothing_else() {
    let old = EventDataStore { updated: Timestamp::from_seconds(5), ..store(1, "Management") };
    let settings = Settings {
        selectors: category("Data").into_iter().map(objects).collect(),
        multi_region: Some(true),
        retention_days: Some(90),
        termination_protection: Some(true),
        ..Settings::default()
    };
    let new = updated(&old, Some("renamed"), &settings).unwrap();
    let expected = EventDataStore {
        name: "renamed".to_owned(),
        selectors: settings.selectors.clone(),
        multi_region: true,
        retention_days: 90,
        termination_protection: true,
        updated: facts(&[], &[]).now,
        ..old.clone()
    };
    assert_eq!(new, expected);
    refused(set(&old, Settings::default()), ParameterError::NothingToUpdate.into());
}

/// A selector of the data events of objects.
fn objects(mut selector: AdvancedEventSelector) -> AdvancedEventSelector {
    selector.field_selectors.push(AdvancedFieldSelector {
        field: "resources.type".to_owned(),
        equals: vec!["AWS::S3::Object".to_owned()],
        ..AdvancedFieldSelector::default()
    });
    selector
}

#[test]
fn a_name_that_another_store_has_is_refused() {
    let old = store(1, "Management");
    refused(
        updated(&old, Some("store8"), &Settings::default()),
        StoreError::AlreadyExists("store8".to_owned()),
    );
    assert!(updated(&old, Some("store1"), &Settings::default()).is_ok(), "its own");
}

#[test]
fn a_store_goes_from_fixed_to_extendable_pricing_and_not_back() {
    let mode = |billing_mode| Settings { billing_mode: Some(billing_mode), ..Settings::default() };
    let extendable = store(1, "Management");
    refused(set(&extendable, mode(BillingMode::Fixed)), ParameterError::BillingModeBack.into());
    let fixed =
        EventDataStore { billing_mode: BillingMode::Fixed, retention_days: 2557, ..extendable.clone() };
    let new = set(&fixed, mode(BillingMode::Extendable)).unwrap();
    assert_eq!((new.billing_mode, new.retention_days), (BillingMode::Extendable, 2557));
}

#[test]
fn a_key_is_set_once() {
    let key = |key: &str| Settings { kms_key: Some(key.to_owned()), ..Settings::default() };
    let keyed = set(&store(1, "Management"), key("alias/one")).unwrap();
    assert_eq!(keyed.kms_key.as_deref(), Some("arn:of:alias/one"));
    assert!(set(&keyed, key("alias/one")).is_ok());
    let other = ParameterError::OtherKmsKey(keyed.arn.clone());
    refused(set(&keyed, key("alias/two")), other.into());
}

#[test]
fn a_store_keeps_to_its_family_of_events() {
    let to = |category_name| Settings { selectors: category(category_name), ..Settings::default() };
    refused(set(&store(1, "Management"), to("Evidence")), SelectorError::FamilyChanged.into());
    assert!(set(&store(1, "Management"), to("NetworkActivity")).is_err(), "it needs an event source");
    assert!(set(&store(1, "Evidence"), to("Evidence")).is_ok());
}

#[test]
fn a_store_with_insights_keeps_its_management_events() {
    let mut old = store(1, "Management");
    old.insights = Some(StoreInsights {
        selectors: vec![InsightSelector {
            insight_type: InsightType::ApiCallRateInsight,
            categories: vec![InsightCategory::Management],
        }],
        destination: store(2, "Insight").arn,
    });
    let data =
        Settings { selectors: category("Data").into_iter().map(objects).collect(), ..Settings::default() };
    refused(set(&old, data), StoreError::InsightsNeedManagement(old.arn.clone()));
    assert!(updated(&old, Some("renamed"), &Settings::default()).is_ok());
}

#[test]
fn a_store_that_spreads_must_have_room_everywhere() {
    let old = store(1, "Management");
    let spread = Settings { multi_region: Some(true), ..Settings::default() };
    let mut stores = vec![Arc::new(old.clone())];
    for number in 2..5 {
        let mut away = store(number, "Management");
        away.arn.region = AWAY.to_owned();
        stores.push(Arc::new(away));
    }
    refused(
        settled(update(&facts(&stores, &[]), &id(1), None, &spread)),
        ParameterError::RegionFull(AWAY.to_owned()).into(),
    );
}

#[test]
fn a_store_that_is_pending_deletion_is_not_updated() {
    let old = EventDataStore { deleted: Some(facts(&[], &[]).now), ..store(1, "Management") };
    refused(updated(&old, Some("renamed"), &Settings::default()), StoreError::Inactive(old.arn.clone()));
    let organization = Settings { organization: Some(true), ..Settings::default() };
    refused(set(&store(1, "Management"), organization), NotManager::NoOrganization.into());
}
