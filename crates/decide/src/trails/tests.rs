#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod grants;
mod logs;
mod organization;
mod regions;
mod targets;

use super::*;
use crate::tags::Tag;
use cairn_model::{
    AdvancedEventSelector, AdvancedFieldSelector, EventSelector, Logging, ReadWriteType, Selectors,
};

const HOME: &str = "eu-central-1";
const AWAY: &str = "us-east-1";

fn facts<'a>(trails: &'a [Arc<Trail>], region: &'a str) -> Facts<'a> {
    Facts {
        trails,
        organization: None,
        account: "111122223333".parse().unwrap(),
        region,
        now: Timestamp::from_seconds(1_772_352_000),
        limits: Limits { trails_per_region_max: 5, ..Limits::OPEN },
    }
}

fn request(name: &str) -> CreateTrail {
    CreateTrail { name: name.to_owned(), settings: bucket("acme-logs"), ..CreateTrail::default() }
}

fn bucket(name: &str) -> Settings {
    Settings { bucket: Some(name.to_owned()), ..Settings::default() }
}

/// Whatever is asked is there, in somebody else's hands.
fn yes(questions: &Questions) -> Answers {
    Answers {
        questions: questions.clone(),
        bucket: questions.bucket.as_ref().map(|_| BucketAnswer::Elsewhere(PolicyText::None)),
        topic: questions.topic.as_ref().map(|_| Ok(PolicyText::None)),
        kms_key: questions.kms_key.as_ref().map(|key| Ok(format!("arn:of:{key}"))),
        log_stream: questions.log_stream.as_ref().map(|_| LogStreamAnswer { made: Ok(()), trust: None }),
    }
}

fn settled(plan: Result<Plan, TrailError>) -> Result<Trail, TrailError> {
    let plan = plan?;
    let answers = yes(plan.questions());
    plan.settle(&answers)
}

fn created(facts: &Facts<'_>, request: &CreateTrail) -> Result<Trail, TrailError> {
    settled(create(facts, request))
}

fn updated(facts: &Facts<'_>, name: &str, settings: &Settings) -> Result<Trail, TrailError> {
    settled(update(facts, name, settings))
}

fn trail(name: &str, region: &str, multi_region: bool) -> Arc<Trail> {
    let mut request = request(name);
    request.settings.multi_region = Some(multi_region);
    Arc::new(created(&facts(&[], region), &request).unwrap())
}

fn check<T: std::fmt::Debug>(result: Result<T, TrailError>, code: &str, message: &str) {
    let error = result.unwrap_err();
    assert_eq!((error.code(), error.to_string().as_str()), (code, message));
}

#[test]
fn a_new_trail_has_the_documented_defaults() {
    let settings = Settings { prefix: Some(String::new()), ..bucket("acme-logs") };
    let new = created(&facts(&[], HOME), &CreateTrail { settings, ..request("main") }).unwrap();
    assert_eq!(new.arn.to_string(), "arn:aws:cloudtrail:eu-central-1:111122223333:trail/main");
    assert_eq!(new.prefix, None);
    assert!(new.include_global_service_events && new.recursive_logging);
    assert!(!new.multi_region && !new.log_file_validation);
    assert_eq!(new.selectors, Selectors::Default);
    assert_eq!(new.logging, Logging::Never);
    assert_eq!(new.created, facts(&[], HOME).now);
    assert!(new.sns_topic.is_none() && new.kms_key.is_none() && new.tags.is_empty());
}

/// CreateTrail of `main` with these settings is refused.
fn check_settings(settings: Settings, code: &str, message: &str) {
    let request = CreateTrail { settings, ..request("main") };
    check(created(&facts(&[], HOME), &request), code, message);
}

#[test]
fn a_new_trail_may_have_tags() {
    let tag = |key: &str| Tag { key: key.to_owned(), value: Some("b".to_owned()) };
    let with = |tags| created(&facts(&[], HOME), &CreateTrail { tags, ..request("main") });
    assert_eq!(with(vec![tag("a")]).unwrap().tags["a"], "b");
    check(
        with((0..51).map(|number| tag(&number.to_string())).collect()),
        "TagsLimitExceededException",
        "A resource can have up to 50 tags; it would have 51.",
    );
    check(
        with(vec![tag("aws:x")]),
        "InvalidTagParameterException",
        "Tag key aws:x is reserved: keys must not begin with aws:",
    );
}

#[test]
fn a_bad_request_creates_nothing() {
    check(
        created(&facts(&[], HOME), &request("a")),
        "InvalidTrailNameException",
        "Trail name too short. Minimum allowed length: 3 characters. Specified name length: 1 characters.",
    );
    check_settings(
        bucket("A"),
        "InvalidS3BucketNameException",
        "Bucket name A is not a valid S3 bucket name.",
    );
    check_settings(
        Settings { prefix: Some("p".repeat(201)), ..bucket("acme-logs") },
        "InvalidS3PrefixException",
        "S3 prefix too long. Maximum allowed length: 200 characters. Specified prefix length: 201 characters.",
    );
    check_settings(
        Settings {
            multi_region: Some(true),
            include_global_service_events: Some(false),
            ..bucket("acme-logs")
        },
        "InvalidParameterCombinationException",
        "Multi-Region trail must include global service events.",
    );
}

/// CreateTrail of a multi-region trail.
fn multi(name: &str) -> CreateTrail {
    CreateTrail { settings: Settings { multi_region: Some(true), ..bucket("acme-logs") }, ..request(name) }
}

#[test]
fn a_name_is_taken_where_a_trail_or_shadow_has_it() {
    let (code, message) =
        ("TrailAlreadyExistsException", "Trail main already exists for customer: 111122223333");
    let single = [trail("main", AWAY, false)];
    assert!(created(&facts(&single, HOME), &request("main")).is_ok());
    check(created(&facts(&single, AWAY), &request("main")), code, message);
    check(created(&facts(&single, HOME), &multi("main")), code, message);
    let shadow = [trail("main", AWAY, true)];
    check(created(&facts(&shadow, HOME), &request("main")), code, message);
}

#[test]
fn shadows_count_to_the_quota() {
    let code = "MaximumNumberOfTrailsExceededException";
    let message = "User: 111122223333 already has 5 trails in eu-central-1.";
    let mut trails: Vec<Arc<Trail>> = (0..4).map(|n| trail(&format!("trail{n}"), HOME, false)).collect();
    assert!(created(&facts(&trails, HOME), &request("main")).is_ok());
    trails.push(trail("multi", AWAY, true));
    check(created(&facts(&trails, HOME), &request("main")), code, message);
    assert!(created(&facts(&trails, AWAY), &request("main")).is_ok());
    check(created(&facts(&trails, AWAY), &multi("main")), code, message);
}

#[test]
fn the_quota_counts_for_a_trail_that_spreads_too() {
    let mut trails: Vec<Arc<Trail>> = (0..5).map(|n| trail(&format!("trail{n}"), HOME, false)).collect();
    trails.push(trail("away", AWAY, false));
    let spread = Settings { multi_region: Some(true), ..Settings::default() };
    check(
        updated(&facts(&trails, AWAY), "away", &spread),
        "InvalidParameterCombinationException",
        "Trail away cannot become a multi-Region trail: eu-central-1 has as many trails as it can.",
    );
    assert!(updated(&facts(&trails[..5], HOME), "trail0", &spread).is_ok(), "it counts at home already");
}

#[test]
fn an_update_changes_what_it_names_and_nothing_else() {
    let old = Trail { prefix: Some("old".to_owned()), ..Trail::clone(&trail("main", HOME, false)) };
    let trails = [Arc::new(old.clone())];
    let facts = facts(&trails, HOME);
    assert_eq!(updated(&facts, "main", &Settings::default()).unwrap(), old);
    let settings =
        Settings { prefix: Some(String::new()), log_file_validation: Some(true), ..bucket("other-logs") };
    let expected =
        Trail { bucket: "other-logs".to_owned(), prefix: None, log_file_validation: true, ..old.clone() };
    assert_eq!(updated(&facts, &old.arn.to_string(), &settings).unwrap(), expected);
}

#[test]
fn all_regions_and_global_services_go_together() {
    let mut single = Trail::clone(&trail("main", HOME, false));
    single.include_global_service_events = false;
    let trails = [Arc::new(single), trail("multi", HOME, true)];
    let facts = facts(&trails, HOME);
    let set = |name: &str, multi_region, include_global_service_events| {
        let settings = Settings { multi_region, include_global_service_events, ..Settings::default() };
        updated(&facts, name, &settings).map(|t| (t.multi_region, t.include_global_service_events))
    };
    assert_eq!(set("main", Some(true), None).unwrap(), (true, true));
    assert_eq!(set("multi", Some(false), None).unwrap(), (false, false));
    assert_eq!(set("multi", Some(false), Some(true)).unwrap(), (false, true));
    assert_eq!(set("main", Some(false), None).unwrap(), (false, false));
    let message = "Multi-Region trail must include global service events.";
    check(set("multi", None, Some(false)), "InvalidParameterCombinationException", message);
    check(set("main", Some(true), Some(false)), "InvalidParameterCombinationException", message);
}

#[test]
fn a_trail_does_not_spread_over_another_of_its_name() {
    let trails = [trail("main", HOME, false), trail("main", AWAY, false)];
    let spread = Settings { multi_region: Some(true), ..Settings::default() };
    check(
        updated(&facts(&trails, HOME), "main", &spread),
        "InvalidParameterCombinationException",
        "Trail main cannot become a multi-Region trail: a trail with this name exists in us-east-1.",
    );
}

/// The trail `main` after it was told to start or stop at a time.
fn told(
    change: fn(&Facts<'_>, &str) -> Result<Trail, TrailError>,
    trails: &[Arc<Trail>],
    seconds: i64,
) -> Arc<Trail> {
    Arc::new(change(&Facts { now: Timestamp::from_seconds(seconds), ..facts(trails, HOME) }, "main").unwrap())
}

#[test]
fn logging_starts_and_stops_once_however_often_it_is_told() {
    let mut trails = [trail("main", HOME, false)];
    let time = Timestamp::from_seconds;
    assert_eq!(told(stop_logging, &trails, 5).logging, Logging::Never);
    trails[0] = told(start_logging, &trails, 10);
    assert_eq!(trails[0].logging, Logging::On { started: time(10), stopped: None });
    assert_eq!(told(start_logging, &trails, 20), trails[0]);
    trails[0] = told(stop_logging, &trails, 30);
    assert_eq!(trails[0].logging, Logging::Off { started: time(10), stopped: time(30) });
    assert_eq!(told(stop_logging, &trails, 40), trails[0]);
    trails[0] = told(start_logging, &trails, 50);
    assert_eq!(trails[0].logging, Logging::On { started: time(50), stopped: Some(time(30)) });
}

#[test]
fn selectors_of_one_kind_replace_those_of_the_other() {
    let mut trails = [trail("main", HOME, false)];
    let implicit = Selectors::Basic(vec![EventSelector::default()]);
    assert_eq!(*effective_selectors(&trails[0]), implicit);
    assert!(!has_custom_selectors(&trails[0]));

    let reads = EventSelector { read_write_type: ReadWriteType::ReadOnly, ..EventSelector::default() };
    trails[0] = Arc::new(put_event_selectors(&facts(&trails, HOME), "main", vec![reads], vec![]).unwrap());
    assert!(has_custom_selectors(&trails[0]));

    let management = AdvancedEventSelector {
        name: None,
        field_selectors: vec![AdvancedFieldSelector {
            field: "eventCategory".to_owned(),
            equals: vec!["Management".to_owned()],
            ..AdvancedFieldSelector::default()
        }],
    };
    let put = put_event_selectors(&facts(&trails, HOME), "main", vec![], vec![management.clone()]);
    trails[0] = Arc::new(put.unwrap());
    assert!(has_custom_selectors(&trails[0]));
    assert_eq!(*effective_selectors(&trails[0]), Selectors::Advanced(vec![management.clone()]));

    let put = |basic, advanced| put_event_selectors(&facts(&trails, HOME), "main", basic, advanced);
    let back = put(vec![EventSelector::default()], vec![]).unwrap();
    assert!(!has_custom_selectors(&back));
    check(
        put(vec![EventSelector::default()], vec![management]),
        "InvalidEventSelectorsException",
        "EventSelectors and AdvancedEventSelectors cannot be specified in the same request.",
    );
    check(
        put(vec![], vec![]),
        "InvalidEventSelectorsException",
        "Specify at least one event selector or advanced event selector.",
    );
}
