#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use crate::limits::Limits;
use crate::selectors::Logged;
use crate::stores::StoreError;
use crate::stores::tests::{HOME, facts as store_facts, id, store};
use crate::subject::{Subject, SubjectError};
use crate::trails::TrailError;
use cairn_model::InsightCategory::{Data, Management};
use cairn_model::InsightType::{ApiCallRateInsight, ApiErrorRateInsight};
use cairn_model::{
    DataResource, EventSelector, InsightCategory, InsightType, ReadWriteType, Selectors, Timestamp, TrailArn,
};
use std::sync::Arc;

fn asked(insight_type: InsightType, categories: &[InsightCategory]) -> AskedSelector {
    AskedSelector { insight_type: Some(insight_type), categories: categories.to_vec() }
}

fn trail(selectors: Selectors) -> Arc<Trail> {
    let arn = TrailArn {
        region: HOME.to_owned(),
        account: "111122223333".parse().unwrap(),
        name: "main".to_owned(),
    };
    Arc::new(Trail { selectors, ..Trail::new(arn, "logs".to_owned(), Timestamp::from_seconds(0)) })
}

fn facts(trails: &[Arc<Trail>]) -> TrailFacts<'_> {
    TrailFacts {
        trails,
        organization: None,
        account: "111122223333".parse().unwrap(),
        region: HOME,
        now: Timestamp::from_seconds(1_772_352_000),
        limits: Limits::OPEN,
    }
}

fn put(selectors: Selectors, asked: &[AskedSelector]) -> Result<Vec<InsightSelector>, InsightError> {
    put_on_trail(&facts(&[trail(selectors)]), "main", asked).map(|trail| trail.insights)
}

fn basic(read_write_type: ReadWriteType, include_management_events: bool) -> Selectors {
    let selector = EventSelector { read_write_type, include_management_events, ..EventSelector::default() };
    Selectors::Basic(vec![selector])
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, InsightError>, expected: impl Into<InsightError>) {
    assert_eq!(result.unwrap_err(), expected.into());
}

#[test]
fn a_trail_with_insights_keeps_the_events_that_they_are_about() {
    let of = |insights: &[AskedSelector], selectors: Selectors| {
        let trail = put_on_trail(&facts(&[trail(Selectors::Default)]), "main", insights).unwrap();
        let Selectors::Basic(selectors) = selectors else { unreachable!("only these are asked for") };
        trails::put_event_selectors(&facts(&[Arc::new(trail)]), "main", selectors, vec![])
    };
    let calls = [asked(ApiCallRateInsight, &[])];
    let errors = [asked(ApiErrorRateInsight, &[])];
    assert!(of(&calls, basic(ReadWriteType::WriteOnly, true)).is_ok());
    assert!(of(&errors, basic(ReadWriteType::ReadOnly, true)).is_ok());
    let refused = of(&calls, basic(ReadWriteType::ReadOnly, true)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "The trail has Insights enabled: ApiCallRateInsight on Management events needs write management events, which \
         the event selectors do not log."
    );
    let objects =
        DataResource { resource_type: "AWS::S3::Object".to_owned(), values: vec!["arn:aws:s3".to_owned()] };
    let data = EventSelector {
        include_management_events: false,
        data_resources: vec![objects],
        ..EventSelector::default()
    };
    for insights in [&calls, &errors] {
        let ended = of(insights, Selectors::Basic(vec![data.clone()]));
        assert!(matches!(ended, Err(TrailError::InvalidEventSelectors(_))));
    }
    assert!(of(&[], basic(ReadWriteType::ReadOnly, true)).is_ok());
}

#[test]
fn categories_that_are_left_out_are_management_events() {
    let insights =
        put(Selectors::Default, &[asked(ApiCallRateInsight, &[]), asked(ApiErrorRateInsight, &[Management])]);
    let selector = |insight_type| InsightSelector { insight_type, categories: vec![Management] };
    assert_eq!(insights.unwrap(), [ApiCallRateInsight, ApiErrorRateInsight].map(selector));
}

#[test]
fn selectors_that_say_nothing_or_something_twice_are_refused() {
    let put = |asked: &[AskedSelector]| put(Selectors::Default, asked);
    refused(put(&[AskedSelector::default()]), InsightSelectorError::NoType);
    let rate = asked(ApiCallRateInsight, &[]);
    refused(put(&[rate.clone(), rate]), InsightSelectorError::TypeTwice(ApiCallRateInsight));
    refused(
        put(&[asked(ApiErrorRateInsight, &[Management, Management])]),
        InsightSelectorError::CategoryTwice(ApiErrorRateInsight, Management),
    );
}

#[test]
fn insights_need_the_events_that_they_are_about() {
    let not_logged = |insight_type, category| InsightSelectorError::NotLogged { insight_type, category };
    let reads = || basic(ReadWriteType::ReadOnly, true);
    refused(put(reads(), &[asked(ApiCallRateInsight, &[])]), not_logged(ApiCallRateInsight, Management));
    assert!(put(reads(), &[asked(ApiErrorRateInsight, &[])]).is_ok());
    let nothing = || basic(ReadWriteType::All, false);
    refused(put(nothing(), &[asked(ApiErrorRateInsight, &[])]), not_logged(ApiErrorRateInsight, Management));
    let data = &[asked(ApiCallRateInsight, &[Management, Data])];
    refused(put(Selectors::Default, data), not_logged(ApiCallRateInsight, Data));
    let message = "ApiCallRateInsight on Management events needs write management events, which the event selectors \
                   do not log.";
    assert_eq!(not_logged(ApiCallRateInsight, Management).to_string(), message);
}

#[test]
fn what_selectors_log_is_told_by_their_fields() {
    let logged = |json: &str| -> Logged {
        let values: Vec<&str> = json.split(' ').collect();
        let field = |name: &str, value: &str| cairn_model::AdvancedFieldSelector {
            field: name.to_owned(),
            equals: vec![value.to_owned()],
            ..cairn_model::AdvancedFieldSelector::default()
        };
        let mut fields = vec![field("eventCategory", values[0])];
        fields.extend(values.get(1).map(|value| field("readOnly", value)));
        logged_advanced(&[cairn_model::AdvancedEventSelector { name: None, field_selectors: fields }])
    };
    let of = |management_reads, management_writes, data| Logged { management_reads, management_writes, data };
    assert_eq!(logged("Management"), of(true, true, false));
    assert_eq!(logged("Management true"), of(true, false, false));
    assert_eq!(logged("Management false"), of(false, true, false));
    assert_eq!(logged("Data true"), of(false, false, true));
    assert_eq!(logged("NetworkActivity"), Logged::default());
}

#[test]
fn an_empty_list_turns_insights_off() {
    let on = put_on_trail(&facts(&[trail(Selectors::Default)]), "main", &[asked(ApiCallRateInsight, &[])])
        .unwrap();
    let trails = [Arc::new(on)];
    assert_eq!(of_trail(&facts(&trails), "main").unwrap().insights.len(), 1);
    let off = [Arc::new(put_on_trail(&facts(&trails), "main", &[]).unwrap())];
    let arn = off[0].arn.clone();
    let message = format!(
        "Trail {arn} does not have Insights enabled. Edit the trail settings to enable Insights, and then try the \
         operation again."
    );
    let error = of_trail(&facts(&off), "main").unwrap_err();
    assert_eq!(error.to_string(), message);
    assert_eq!(error, InsightError::NotEnabledOnTrail(arn));
    assert!(matches!(of_trail(&facts(&off), "gone"), Err(InsightError::Trail(_))));
}

#[test]
fn insights_of_a_store_go_to_a_store_for_insights() {
    let stores = [store(1, "Management"), store(2, "Insight"), store(3, "Evidence")].map(Arc::new);
    let facts = store_facts(&stores, &[]);
    let rate = [asked(ApiCallRateInsight, &[])];
    let put = |source, destination: Option<String>| {
        put_on_store(&facts, &id(source), destination.as_deref(), &rate)
    };
    let on = put(1, Some(id(2))).unwrap();
    let insights = on.insights.clone().unwrap();
    assert_eq!((insights.selectors.len(), insights.destination), (1, stores[1].arn.clone()));
    refused(put(1, None), InsightError::NoDestination);
    refused(put(1, Some(id(3))), InsightSelectorError::Destination(stores[2].arn.clone()));
    refused(put(1, Some(id(9))), StoreError::NotFound(id(9)));
    let not_logged =
        InsightSelectorError::NotLogged { insight_type: ApiCallRateInsight, category: Management };
    refused(put(3, Some(id(2))), not_logged);
    let data = [asked(ApiErrorRateInsight, &[Data])];
    refused(put_on_store(&facts, &id(1), Some(&id(2)), &data), InsightSelectorError::DataOnStore);

    refused(of_store(&facts, &id(1)), InsightError::NotEnabledOnStore(stores[0].arn.clone()));
    let enabled = [Arc::new(on)];
    let facts = store_facts(&enabled, &[]);
    assert_eq!(of_store(&facts, &id(1)).unwrap().1.destination, stores[1].arn);
    assert_eq!(put_on_store(&facts, &id(1), None, &[]).unwrap().insights, None);
}

#[test]
fn a_call_is_about_one_trail_or_one_store() {
    assert_eq!(Subject::of(Some("t"), None), Ok(Subject::Trail("t")));
    assert_eq!(Subject::of(None, Some("s")), Ok(Subject::EventDataStore("s")));
    assert_eq!(Subject::of(None, None), Err(SubjectError::Neither));
    assert_eq!(Subject::of(Some("t"), Some("s")), Err(SubjectError::Both));
}
