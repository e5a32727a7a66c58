#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use crate::limits::Limits;
use crate::stores::tests::{HOME, facts as store_facts, id, store};
use cairn_model::AggregationTemplate::{ApiActivity, UserActions};
use cairn_model::{DataResource, EventSelector, Selectors, Timestamp, TrailArn};
use std::sync::Arc;

fn trail(selectors: Selectors) -> Arc<Trail> {
    let arn = TrailArn {
        region: HOME.to_owned(),
        account: "111122223333".parse().unwrap(),
        name: "main".to_owned(),
    };
    Arc::new(Trail { selectors, ..Trail::new(arn, "logs".to_owned(), Timestamp::from_seconds(0)) })
}

fn aggregated(
    selectors: Selectors,
    templates: &[AggregationTemplate],
) -> Result<Option<Aggregation>, ConfigurationError> {
    let trails = [trail(selectors)];
    let facts = TrailFacts {
        trails: &trails,
        organization: None,
        account: "111122223333".parse().unwrap(),
        region: HOME,
        now: Timestamp::from_seconds(1_772_352_000),
        limits: Limits::OPEN,
    };
    put_on_trail(&facts, "main", templates).map(|trail| trail.aggregation)
}

fn objects() -> Selectors {
    let data_resources = vec![DataResource {
        resource_type: "AWS::S3::Object".to_owned(),
        values: vec!["arn:aws:s3".to_owned()],
    }];
    Selectors::Basic(vec![EventSelector { data_resources, ..EventSelector::default() }])
}

#[test]
fn a_trail_aggregates_the_data_events_that_it_logs() {
    let templates = vec![ApiActivity, UserActions];
    assert_eq!(aggregated(objects(), &templates), Ok(Some(Aggregation { templates })));
    assert_eq!(aggregated(objects(), &[]), Ok(None));
    assert_eq!(aggregated(Selectors::Default, &[]), Ok(None));
    let arn = trail(Selectors::Default).arn.clone();
    assert_eq!(aggregated(Selectors::Default, &[ApiActivity]), Err(ParameterError::NoDataEvents(arn).into()));
    assert_eq!(
        aggregated(objects(), &[ApiActivity, ApiActivity]),
        Err(ParameterError::TemplateTwice(ApiActivity).into())
    );
}

fn keys(kind: ContextKind, keys: &[&str]) -> ContextKeySelector {
    ContextKeySelector { kind, keys: keys.iter().map(|key| (*key).to_owned()).collect() }
}

fn put(
    store: &EventDataStore,
    max_event_size: Option<MaxEventSize>,
    context_keys: Option<Vec<ContextKeySelector>>,
) -> Result<EventDataStore, ConfigurationError> {
    let configuration = StoreConfiguration { max_event_size, context_keys };
    put_on_store(&store_facts(&[Arc::new(store.clone())], &[]), &store.arn.id, &configuration)
}

#[test]
fn context_needs_large_events() {
    let old = store(1, "Management");
    let tags = Some(vec![keys(ContextKind::TagContext, &["team"])]);
    assert_eq!(put(&old, None, tags.clone()), Err(ConfigurationError::ContextNeedsLarge));
    let new = put(&old, Some(MaxEventSize::Large), tags.clone()).unwrap();
    assert_eq!((new.max_event_size, &new.context_keys), (MaxEventSize::Large, tags.as_ref().unwrap()));
    assert_eq!(put(&new, Some(MaxEventSize::Standard), None), Err(ConfigurationError::ContextNeedsLarge));
    let plain = put(&new, Some(MaxEventSize::Standard), Some(Vec::new())).unwrap();
    assert_eq!(plain, old);
}

#[test]
fn context_keys_are_known_and_stand_once() {
    let large = Some(MaxEventSize::Large);
    let put = |selectors| put(&store(1, "Management"), large, Some(selectors));
    let request = |names: &[&str]| vec![keys(ContextKind::RequestContext, names)];
    assert!(put(request(&["aws:PrincipalArn", "aws:userid"])).is_ok());
    for unknown in ["PrincipalArn", "aws:principalarn", "s3:prefix"] {
        assert_eq!(put(request(&[unknown])), Err(ParameterError::RequestKey(unknown.to_owned()).into()));
    }
    assert_eq!(
        put(request(&["aws:userid", "aws:userid"])),
        Err(ParameterError::KeyTwice("aws:userid".to_owned()).into())
    );
    let twice = vec![keys(ContextKind::TagContext, &["a"]), keys(ContextKind::TagContext, &["b"])];
    assert_eq!(put(twice), Err(ParameterError::ContextTwice(ContextKind::TagContext).into()));
}

#[test]
fn only_stores_of_management_and_data_events_are_configured() {
    let invalid = |store: &EventDataStore| {
        let expected = ConfigurationError::Store(StoreError::InvalidCategory(store.arn.clone()));
        assert_eq!(put(store, Some(MaxEventSize::Large), None), Err(expected.clone()));
        assert_eq!(of_store(&store_facts(&[Arc::new(store.clone())], &[]), &id(1)), Err(expected));
    };
    invalid(&store(1, "Evidence"));
    let mut network = store(1, "Management");
    network.selectors[0].field_selectors[0].equals = vec!["NetworkActivity".to_owned()];
    invalid(&network);
}

#[test]
fn a_store_that_is_pending_deletion_is_not_configured() {
    let old = store(1, "Management");
    let deleted = EventDataStore { deleted: Some(Timestamp::from_seconds(1_772_351_999)), ..old.clone() };
    assert_eq!(
        put(&deleted, Some(MaxEventSize::Large), None),
        Err(StoreError::Inactive(old.arn.clone()).into())
    );
    let stores = [Arc::new(deleted)];
    let shown = of_store(&store_facts(&stores, &[]), &id(1));
    assert!(matches!(shown, Err(ConfigurationError::Store(StoreError::InvalidStatus { .. }))), "{shown:?}");
    assert_eq!(of_store(&store_facts(&[Arc::new(old.clone())], &[]), &id(1)), Ok(&old));
}
