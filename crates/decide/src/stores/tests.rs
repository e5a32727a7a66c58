#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod lifecycle;
mod organization;
mod update;

use super::*;
use crate::organization::NotManager;
use crate::selectors::default_store_selectors;
use crate::tags::Tag;
use crate::trails::{Answers, Questions, TargetFault};
use cairn_model::{
    AdvancedEventSelector, AdvancedFieldSelector, BillingMode, ChannelArn, EventDataStoreArn, StoreInsights,
};
use std::collections::BTreeMap;

pub(crate) const HOME: &str = "eu-central-1";
const AWAY: &str = "us-east-1";

pub(crate) fn facts<'a>(stores: &'a [Arc<EventDataStore>], channels: &'a [Arc<Channel>]) -> Facts<'a> {
    Facts {
        stores,
        channels,
        organization: None,
        account: "111122223333".parse().unwrap(),
        region: HOME,
        now: Timestamp::from_seconds(1_772_352_000),
        limits: Limits { stores_per_region_max: 3, channels_max: 2, ..Limits::OPEN },
    }
}

/// The id of the store, channel or whatever of this number.
pub(crate) fn id(number: usize) -> String {
    format!("{number:08x}-0000-4000-8000-000000000000")
}

/// Selectors of one category without further conditions.
pub(crate) fn category(name: &str) -> Vec<AdvancedEventSelector> {
    let mut selectors = default_store_selectors();
    selectors[0].field_selectors[0].equals = vec![name.to_owned()];
    selectors
}

fn request(number: usize) -> CreateStore {
    CreateStore { id: id(number), name: format!("store{number}"), ..CreateStore::default() }
}

fn with(settings: Settings) -> CreateStore {
    CreateStore { settings, ..request(1) }
}

/// A store that takes events of `category` and can be deleted.
pub(crate) fn store(number: usize, category_name: &str) -> EventDataStore {
    let settings = Settings {
        selectors: category(category_name),
        termination_protection: Some(false),
        multi_region: Some(false),
        ..Settings::default()
    };
    created(&facts(&[], &[]), &CreateStore { settings, ..request(number) }).unwrap()
}

/// KMS knows every key.
fn settled(plan: Result<Plan, StoreError>) -> Result<EventDataStore, StoreError> {
    let plan = plan?;
    let key = plan.questions().kms_key.as_ref().map(|key| Ok(format!("arn:of:{key}")));
    let answers = Answers { questions: plan.questions().clone(), kms_key: key, ..Answers::default() };
    plan.settle(&answers)
}

fn created(facts: &Facts<'_>, request: &CreateStore) -> Result<EventDataStore, StoreError> {
    settled(create(facts, request))
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, StoreError>, expected: StoreError) {
    assert_eq!(result.unwrap_err(), expected);
}

#[test]
fn a_new_store_has_the_documented_defaults() {
    let new = created(&facts(&[], &[]), &request(1)).unwrap();
    let arn = format!("arn:aws:cloudtrail:eu-central-1:111122223333:eventdatastore/{}", id(1));
    assert_eq!(new.arn.to_string(), arn);
    assert_eq!(new.selectors, default_store_selectors());
    assert_eq!(new.selectors[0].name.as_deref(), Some("Default management events"));
    assert!(new.multi_region && !new.organization && new.termination_protection);
    assert_eq!((new.billing_mode, new.retention_days), (BillingMode::Extendable, 366));
    assert_eq!((new.created, new.updated), (facts(&[], &[]).now, facts(&[], &[]).now));
    assert_eq!(Status::of(&new), Status::Enabled);
    assert_eq!((new.kms_key, new.federation_role, new.insights, new.deleted), (None, None, None, None));
}

#[test]
fn a_store_may_begin_without_taking_events_in() {
    let stopped = CreateStore { start_ingestion: Some(false), ..request(1) };
    assert_eq!(Status::of(&created(&facts(&[], &[]), &stopped).unwrap()), Status::StoppedIngestion);
}

#[test]
fn retention_depends_on_the_billing_mode() {
    let days = |billing_mode, retention_days| {
        let settings = Settings { billing_mode, retention_days, ..Settings::default() };
        created(&facts(&[], &[]), &with(settings)).map(|store| store.retention_days)
    };
    let fixed = Some(BillingMode::Fixed);
    assert_eq!(days(fixed, None), Ok(2557));
    assert_eq!(days(None, Some(7)), Ok(7));
    assert_eq!(days(None, Some(3653)), Ok(3653));
    assert_eq!(days(fixed, Some(2557)), Ok(2557));
    refused(
        days(fixed, Some(2558)),
        ParameterError::Retention { min: 7, max: 2557, mode: BillingMode::Fixed }.into(),
    );
    let extendable = ParameterError::Retention { min: 7, max: 3653, mode: BillingMode::Extendable };
    for wrong in [6, 3654, -1, i32::MAX] {
        refused(days(None, Some(wrong)), extendable.clone().into());
    }
    let message =
        "RetentionPeriod must be 7 to 3653 days with the billing mode EXTENDABLE_RETENTION_PRICING.";
    assert_eq!(extendable.to_string(), message);
}

#[test]
fn a_name_is_taken_in_its_region_until_the_store_is_gone() {
    let mut old = EventDataStore { name: "store1".to_owned(), ..store(7, "Management") };
    old.deleted = Some(facts(&[], &[]).now);
    let stores = [Arc::new(old)];
    let here = facts(&stores, &[]);
    refused(created(&here, &request(1)), StoreError::AlreadyExists("store1".to_owned()));
    assert!(created(&Facts { region: AWAY, ..here }, &request(1)).is_ok());
    let later = here.now.plus(cairn_model::event_data_store::PENDING_DELETION);
    assert!(created(&Facts { now: later, ..here }, &request(1)).is_ok());
}

#[test]
fn multi_region_stores_and_deleted_ones_count_to_the_quota() {
    let mut stores: Vec<Arc<EventDataStore>> =
        (10..12).map(|number| Arc::new(store(number, "Management"))).collect();
    assert!(created(&facts(&stores, &[]), &request(1)).is_ok());
    let mut away = store(12, "Management");
    away.arn.region = AWAY.to_owned();
    (away.multi_region, away.deleted) = (true, Some(facts(&[], &[]).now));
    stores.push(Arc::new(away));
    let full = StoreError::MaxLimitExceeded { count: 3, region: HOME.to_owned() };
    refused(created(&facts(&stores, &[]), &request(1)), full.clone());

    let single = Settings { multi_region: Some(false), ..Settings::default() };
    let elsewhere = Facts { region: AWAY, ..facts(&stores, &[]) };
    assert!(created(&elsewhere, &with(single)).is_ok());
    refused(created(&elsewhere, &request(1)), full);
}

#[test]
fn selectors_must_be_of_one_family() {
    let put = |selectors| {
        let settings = Settings { selectors, ..Settings::default() };
        created(&facts(&[], &[]), &with(settings))
    };
    let mut both = category("Management");
    both.extend(category("ActivityAuditLog"));
    refused(
        put(both),
        crate::selectors::SelectorError::FamiliesMixed(
            "Management".to_owned(),
            "ActivityAuditLog".to_owned(),
        )
        .into(),
    );
    assert!(put(category("Evidence")).is_ok());
}

#[test]
fn tags_follow_the_rules_of_all_tags() {
    let tagged = |tags| created(&facts(&[], &[]), &CreateStore { tags, ..request(1) });
    let tag = |key: &str| Tag { key: key.to_owned(), value: Some("v".to_owned()) };
    assert_eq!(tagged(vec![tag("team")]).unwrap().tags["team"], "v");
    let error = tagged(vec![tag("aws:x")]).unwrap_err();
    assert_eq!(error.to_string(), "Tag key aws:x is reserved: keys must not begin with aws:");
    let many = (0..51).map(|number| tag(&number.to_string())).collect();
    let error = tagged(many).unwrap_err();
    assert_eq!(error.to_string(), "A resource can have up to 50 tags; it would have 51.");
}

#[test]
fn an_organization_is_needed_for_a_store_of_one() {
    let settings = Settings { organization: Some(true), ..Settings::default() };
    refused(created(&facts(&[], &[]), &with(settings)), NotManager::NoOrganization.into());
}

#[test]
fn kms_says_whether_a_key_can_be_used() {
    let settings = Settings { kms_key: Some("alias/acme".to_owned()), ..Settings::default() };
    let answered = |answer| {
        let plan = create(&facts(&[], &[]), &with(settings.clone())).unwrap();
        assert_eq!(
            *plan.questions(),
            Questions { kms_key: Some("alias/acme".to_owned()), ..Questions::default() }
        );
        let questions = plan.questions().clone();
        plan.settle(&Answers { questions, kms_key: Some(answer), ..Answers::default() })
    };
    assert_eq!(answered(Ok("arn:key".to_owned())).unwrap().kms_key.as_deref(), Some("arn:key"));
    let key = || "alias/acme".to_owned();
    refused(answered(Err(TargetFault::NotFound)), StoreError::KmsKeyNotFound(key()));
    let denied = TargetFault::Refused { code: "AccessDeniedException".to_owned() };
    refused(answered(Err(denied)), StoreError::InsufficientEncryptionPolicy(key()));
    let failed = |code: &str| StoreError::Kms { key: key(), code: code.to_owned() };
    refused(answered(Err(TargetFault::NotUsable { state: "Disabled".to_owned() })), failed("Disabled"));
    refused(answered(Err(TargetFault::Refused { code: "Timeout".to_owned() })), failed("Timeout"));
    let nonsense = Settings { kms_key: Some("key one".to_owned()), ..Settings::default() };
    let error = create(&facts(&[], &[]), &with(nonsense)).unwrap_err();
    assert!(matches!(error, StoreError::InvalidKmsKeyId(_)), "{error:?}");
}

#[test]
fn answers_to_other_questions_are_a_conflict() {
    let plan = create(&facts(&[], &[]), &request(1)).unwrap();
    let questions = Questions { kms_key: Some("alias/x".to_owned()), ..Questions::default() };
    refused(
        plan.settle(&Answers { questions, ..Answers::default() }),
        StoreError::Conflict("store1".to_owned()),
    );
}

#[test]
fn stores_are_listed_in_their_region_page_by_page() {
    let mut away = store(3, "Management");
    away.arn.region = AWAY.to_owned();
    let mut deleted = store(4, "Management");
    deleted.deleted = Some(facts(&[], &[]).now);
    let mut gone = store(5, "Management");
    gone.deleted = Some(Timestamp::from_seconds(0));
    let stores =
        [store(2, "Management"), store(1, "Evidence"), away, deleted, gone.clone()].map(Arc::new).to_vec();
    let facts = facts(&stores, &[]);
    let ids = |after: Option<&EventDataStoreArn>, max| {
        let page = list(&facts, after, max);
        let ids: Vec<String> = page.items.iter().map(|store| store.arn.id.clone()).collect();
        (ids, page.has_more)
    };
    assert_eq!(ids(None, 2), (vec![id(1), id(2)], true));
    assert_eq!(ids(Some(&stores[0].arn), 2), (vec![id(4)], false));
    assert_eq!(super::gone(&facts), [gone.arn]);
}
