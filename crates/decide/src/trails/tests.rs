#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use cairn_model::{
    AdvancedEventSelector, AdvancedFieldSelector, EventSelector, Logging, ReadWriteType, Selectors,
};

const HOME: &str = "eu-central-1";
const AWAY: &str = "us-east-1";

fn facts<'a>(trails: &'a [Trail], region: &'a str) -> Facts<'a> {
    Facts {
        trails,
        account: "111122223333".parse().unwrap(),
        region,
        now: Timestamp::from_seconds(1_772_352_000),
        trails_per_region_max: 5,
    }
}

fn request(name: &str) -> CreateTrail {
    CreateTrail {
        name: name.to_owned(),
        bucket: "acme-logs".to_owned(),
        bucket_exists: true,
        ..CreateTrail::default()
    }
}

fn trail(name: &str, region: &str, multi_region: bool) -> Trail {
    let request = CreateTrail { multi_region: Some(multi_region), ..request(name) };
    create(&facts(&[], region), &request).unwrap()
}

fn change(name: &str) -> UpdateTrail {
    UpdateTrail { name: name.to_owned(), ..UpdateTrail::default() }
}

fn check<T: std::fmt::Debug>(result: Result<T, TrailError>, code: &str, message: &str) {
    let error = result.unwrap_err();
    assert_eq!((error.code(), error.to_string().as_str()), (code, message));
}

#[test]
fn a_new_trail_has_the_documented_defaults() {
    let new =
        create(&facts(&[], HOME), &CreateTrail { prefix: Some(String::new()), ..request("main") }).unwrap();
    assert_eq!(new.arn.to_string(), "arn:aws:cloudtrail:eu-central-1:111122223333:trail/main");
    assert_eq!(new.prefix, None);
    assert!(new.include_global_service_events && new.recursive_logging);
    assert!(!new.multi_region && !new.log_file_validation);
    assert_eq!(new.selectors, Selectors::Default);
    assert_eq!(new.logging, Logging::Never);
    assert_eq!(new.created, facts(&[], HOME).now);
}

#[test]
fn a_bad_request_creates_nothing() {
    let refused = |request: CreateTrail, code: &str, message: &str| {
        check(create(&facts(&[], HOME), &request), code, message);
    };
    refused(
        request("a"),
        "InvalidTrailNameException",
        "Trail name too short. Minimum allowed length: 3 characters. Specified name length: 1 characters.",
    );
    refused(
        CreateTrail { bucket: "A".to_owned(), ..request("main") },
        "InvalidS3BucketNameException",
        "Bucket name A is not a valid S3 bucket name.",
    );
    refused(
        CreateTrail { prefix: Some("p".repeat(201)), ..request("main") },
        "InvalidS3PrefixException",
        "S3 prefix too long. Maximum allowed length: 200 characters. Specified prefix length: 201 characters.",
    );
    refused(
        CreateTrail { bucket_exists: false, ..request("main") },
        "S3BucketDoesNotExistException",
        "S3 bucket acme-logs does not exist!",
    );
    refused(
        CreateTrail {
            multi_region: Some(true),
            include_global_service_events: Some(false),
            ..request("main")
        },
        "InvalidParameterCombinationException",
        "Multi-Region trail must include global service events.",
    );
}

#[test]
fn a_member_that_is_not_built_is_refused_by_name_unless_it_asks_for_nothing() {
    let with = |unbuilt| create(&facts(&[], HOME), &CreateTrail { unbuilt, ..request("main") });
    let text = |text: &str| Some(text.to_owned());
    let refused = |unbuilt, member: &str| {
        check(
            with(unbuilt),
            "UnsupportedOperationException",
            &format!("{member} is not supported by Cairn yet."),
        );
    };
    refused(Unbuilt { sns_topic_name: text("t"), ..Unbuilt::default() }, "SnsTopicName");
    refused(Unbuilt { kms_key_id: text("t"), ..Unbuilt::default() }, "KmsKeyId");
    refused(Unbuilt { log_group_arn: text("t"), ..Unbuilt::default() }, "CloudWatchLogsLogGroupArn");
    refused(Unbuilt { log_role_arn: text("t"), ..Unbuilt::default() }, "CloudWatchLogsRoleArn");
    refused(Unbuilt { organization: Some(true), ..Unbuilt::default() }, "IsOrganizationTrail");
    refused(Unbuilt { tags: 1, ..Unbuilt::default() }, "TagsList");
    let nothing = Unbuilt {
        sns_topic_name: text(""),
        kms_key_id: text(""),
        log_group_arn: text(""),
        log_role_arn: text(""),
        organization: Some(false),
        tags: 0,
    };
    assert!(with(nothing).is_ok());
}

#[test]
fn a_name_is_taken_where_a_trail_or_shadow_has_it() {
    let taken = "Trail main already exists for customer: 111122223333";
    let single = [trail("main", AWAY, false)];
    assert!(create(&facts(&single, HOME), &request("main")).is_ok());
    check(create(&facts(&single, AWAY), &request("main")), "TrailAlreadyExistsException", taken);
    let multi = CreateTrail { multi_region: Some(true), ..request("main") };
    check(create(&facts(&single, HOME), &multi), "TrailAlreadyExistsException", taken);
    let shadow = [trail("main", AWAY, true)];
    check(create(&facts(&shadow, HOME), &request("main")), "TrailAlreadyExistsException", taken);
}

#[test]
fn shadows_count_to_the_quota() {
    let mut trails: Vec<Trail> = (0..4).map(|n| trail(&format!("trail{n}"), HOME, false)).collect();
    assert!(create(&facts(&trails, HOME), &request("main")).is_ok());
    trails.push(trail("multi", AWAY, true));
    let message = "User: 111122223333 already has 5 trails in eu-central-1.";
    check(create(&facts(&trails, HOME), &request("main")), "MaximumNumberOfTrailsExceededException", message);
    assert!(create(&facts(&trails, AWAY), &request("main")).is_ok());
    let multi = CreateTrail { multi_region: Some(true), ..request("main") };
    check(create(&facts(&trails, AWAY), &multi), "MaximumNumberOfTrailsExceededException", message);
}

#[test]
fn trails_are_found_by_name_and_arn_where_they_are_seen() {
    let trails = [trail("multi", HOME, true), trail("single", HOME, false)];
    let (home, away) = (facts(&trails, HOME), facts(&trails, AWAY));
    let arn = |index: usize| trails[index].arn.to_string();
    assert_eq!(get(&home, "single").unwrap(), &trails[1]);
    assert_eq!(get(&home, &arn(1)).unwrap(), &trails[1]);
    assert_eq!(get(&away, &arn(0)).unwrap(), &trails[0]);
    assert_eq!(get(&away, "multi").unwrap(), &trails[0]);
    check(get(&away, "single"), "TrailNotFoundException", "Unknown trail: single for the user: 111122223333");
    let elsewhere = "Region in ARN is wrong, you can only access resources in region us-east-1.";
    check(get(&away, &arn(1)), "CloudTrailARNInvalidException", elsewhere);
    check(
        get(&home, "arn:aws:sns:x"),
        "CloudTrailARNInvalidException",
        "Trail ARN arn:aws:sns:x is not valid.",
    );
    let gone = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/gone";
    check(
        get(&home, gone),
        "TrailNotFoundException",
        &format!("Unknown trail: {gone} for the user: 111122223333"),
    );
    let foreign = arn(0).replace("111122223333", "210987654321");
    check(
        get(&home, &foreign),
        "CloudTrailARNInvalidException",
        "Account in ARN is wrong, you can only access resources in account 111122223333.",
    );
}

#[test]
fn the_status_of_a_shadow_needs_its_arn() {
    let trails = [trail("multi", HOME, true)];
    assert!(status(&facts(&trails, HOME), "multi").is_ok());
    assert!(status(&facts(&trails, AWAY), &trails[0].arn.to_string()).is_ok());
    check(
        status(&facts(&trails, AWAY), "multi"),
        "TrailNotFoundException",
        "Unknown trail: arn:aws:cloudtrail:us-east-1:111122223333:trail/multi for the user: 111122223333",
    );
}

#[test]
fn describing_leaves_out_what_is_not_there() {
    let trails = [trail("multi", HOME, true), trail("single", HOME, false), trail("away", AWAY, false)];
    let names = |region, asked: &[&str], shadows| {
        let asked: Vec<String> = asked.iter().map(|name| (*name).to_owned()).collect();
        let found = describe(&facts(&trails, region), &asked, shadows).unwrap();
        found.iter().map(|trail| trail.arn.name.as_str()).collect::<Vec<_>>()
    };
    let arn = trails[0].arn.to_string();
    assert_eq!(names(HOME, &[], true), ["multi", "single"]);
    assert_eq!(names(AWAY, &[], true), ["multi", "away"]);
    assert_eq!(names(AWAY, &[], false), ["away"]);
    assert_eq!(names(HOME, &["single", "nobody"], true), ["single"]);
    assert_eq!(names(AWAY, &["multi"], true), Vec::<&str>::new());
    assert_eq!(names(AWAY, &[&arn], true), ["multi"]);
    assert_eq!(list(&facts(&trails, "ap-south-1")).len(), 3);
}

#[test]
fn trails_are_changed_at_home_only() {
    let trails = [trail("multi", HOME, true)];
    let away = facts(&trails, AWAY);
    let arn = trails[0].arn.to_string();
    let message = "Trail multi can only be modified in its home region eu-central-1; the request was made in us-east-1.";
    check(update(&away, &change("multi")), "InvalidHomeRegionException", message);
    check(delete(&away, &arn), "InvalidHomeRegionException", message);
    check(start_logging(&away, &arn), "InvalidHomeRegionException", message);
    check(stop_logging(&away, "multi"), "InvalidHomeRegionException", message);
    check(
        put_event_selectors(&away, &arn, vec![EventSelector::default()], vec![]),
        "InvalidHomeRegionException",
        message,
    );
    assert_eq!(delete(&facts(&trails, HOME), "multi").unwrap(), trails[0].arn);
}

#[test]
fn an_update_changes_what_it_names_and_nothing_else() {
    let mut old = trail("main", HOME, false);
    old.prefix = Some("old".to_owned());
    let trails = [old.clone()];
    let facts = facts(&trails, HOME);
    assert_eq!(update(&facts, &change("main")).unwrap(), old);
    let new = update(
        &facts,
        &UpdateTrail {
            bucket: Some("other-logs".to_owned()),
            bucket_exists: true,
            prefix: Some(String::new()),
            log_file_validation: Some(true),
            ..change(&old.arn.to_string())
        },
    );
    let expected =
        Trail { bucket: "other-logs".to_owned(), prefix: None, log_file_validation: true, ..old.clone() };
    assert_eq!(new.unwrap(), expected);
    check(
        update(&facts, &UpdateTrail { bucket: Some("gone-logs".to_owned()), ..change("main") }),
        "S3BucketDoesNotExistException",
        "S3 bucket gone-logs does not exist!",
    );
}

#[test]
fn all_regions_and_global_services_go_together() {
    let mut single = trail("main", HOME, false);
    single.include_global_service_events = false;
    let trails = [single, trail("multi", HOME, true)];
    let facts = facts(&trails, HOME);
    let set = |name: &str, multi_region, include_global_service_events| {
        let request = UpdateTrail { multi_region, include_global_service_events, ..change(name) };
        update(&facts, &request).map(|t| (t.multi_region, t.include_global_service_events))
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
    check(
        update(&facts(&trails, HOME), &UpdateTrail { multi_region: Some(true), ..change("main") }),
        "InvalidParameterCombinationException",
        "Trail main cannot become a multi-Region trail: a trail with this name exists in us-east-1.",
    );
}

/// The trail `main` after it was told to start or stop at a time.
fn told(change: fn(&Facts<'_>, &str) -> Result<Trail, TrailError>, trails: &[Trail], seconds: i64) -> Trail {
    change(&Facts { now: Timestamp::from_seconds(seconds), ..facts(trails, HOME) }, "main").unwrap()
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
    trails[0] = put_event_selectors(&facts(&trails, HOME), "main", vec![reads], vec![]).unwrap();
    assert!(has_custom_selectors(&trails[0]));

    let management = AdvancedEventSelector {
        name: None,
        field_selectors: vec![AdvancedFieldSelector {
            field: "eventCategory".to_owned(),
            equals: vec!["Management".to_owned()],
            ..AdvancedFieldSelector::default()
        }],
    };
    trails[0] = put_event_selectors(&facts(&trails, HOME), "main", vec![], vec![management.clone()]).unwrap();
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
