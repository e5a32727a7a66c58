//! Which trails are seen, and may be changed, from which region.

use super::*;
use crate::paging::Page;

#[test]
fn trails_are_found_by_name_and_arn_where_they_are_seen() {
    let trails = [trail("multi", HOME, true), trail("single", HOME, false)];
    let (home, away) = (facts(&trails, HOME), facts(&trails, AWAY));
    let arn = |index: usize| trails[index].arn.to_string();
    assert_eq!(get(&home, "single").unwrap(), &*trails[1]);
    assert_eq!(get(&home, &arn(1)).unwrap(), &*trails[1]);
    assert_eq!(get(&away, &arn(0)).unwrap(), &*trails[0]);
    assert_eq!(get(&away, "multi").unwrap(), &*trails[0]);
    check(get(&away, "single"), "TrailNotFoundException", "Unknown trail: single for the user: 111122223333");
    let elsewhere = "Region in ARN is wrong, you can only access resources in region us-east-1.";
    check(get(&away, &arn(1)), "CloudTrailARNInvalidException", elsewhere);
    let gone = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/gone";
    let message = format!("Unknown trail: {gone} for the user: 111122223333");
    check(get(&home, gone), "TrailNotFoundException", &message);
    check(get(&away, gone), "CloudTrailARNInvalidException", elsewhere);
}

#[test]
fn an_arn_must_be_of_a_trail_of_the_callers_account() {
    let trails = [trail("multi", HOME, true)];
    let home = facts(&trails, HOME);
    let arn = trails[0].arn.to_string();
    let code = "CloudTrailARNInvalidException";
    for malformed in [
        "arn:aws:sns:x",
        "arn:",
        "arn:aws-cn:cloudtrail:eu-central-1:111122223333:trail/multi",
        "arn:aws:cloudtrail:eu-central-1:111122223333:channel/multi",
        "arn:aws:cloudtrail:eu-central-1:1:trail/multi",
        "arn:aws:cloudtrail::111122223333:trail/multi",
    ] {
        check(get(&home, malformed), code, &format!("Trail ARN {malformed} is not valid."));
    }
    let foreign = arn.replace("111122223333", "210987654321");
    let message = "Account in ARN is wrong, you can only access resources in account 111122223333.";
    check(get(&home, &foreign), code, message);
    check(status(&home, &foreign), code, message);
    check(describe(&home, std::slice::from_ref(&foreign), true), code, message);
    check(delete(&home, &foreign), code, message);
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
    let (multi, single) = (trails[0].arn.to_string(), trails[1].arn.to_string());
    assert_eq!(names(HOME, &[], true), ["multi", "single"]);
    assert_eq!(names(AWAY, &[], true), ["multi", "away"]);
    assert_eq!(names(AWAY, &[], false), ["away"]);
    assert_eq!(names(HOME, &["single", "nobody", "single"], true), ["single"]);
    assert_eq!(names(AWAY, &["multi", "single"], true), Vec::<&str>::new());
    assert_eq!(names(AWAY, &[&multi], true), ["multi"]);
    assert_eq!(names(AWAY, &[&single, "away"], true), ["single", "away"]);
    assert_eq!(names(AWAY, &[&multi, &single], false), Vec::<&str>::new());
}

#[test]
fn all_trails_are_listed_in_order_page_by_page_whatever_comes_and_goes_between() {
    let mut trails: Vec<Arc<Trail>> =
        (0..1200).map(|n| trail(&format!("trail{n}"), [HOME, AWAY][n % 2], false)).collect();
    let mut listed = Vec::new();
    let mut after = None;
    loop {
        let elsewhere = facts(&trails, "ap-south-1");
        let page = list(&elsewhere, after.as_ref());
        listed.extend(page.items.iter().map(|trail| trail.arn.clone()));
        let Some(last) = page.next_after() else { break };
        after = Some(last.arn.clone());
        // The trail that the token names is gone when the next page is asked for.
        trails.retain(|trail| Some(&trail.arn) != after.as_ref());
    }
    assert_eq!(listed.len(), 1200);
    assert!(listed.is_sorted());
    assert_eq!(list(&facts(&[], HOME), None), Page { items: Vec::new(), has_more: false });
}

#[test]
fn trails_are_changed_at_home_only() {
    let trails = [trail("multi", HOME, true)];
    let away = facts(&trails, AWAY);
    let arn = trails[0].arn.to_string();
    let code = "InvalidHomeRegionException";
    let message = "Trail multi can only be modified in its home region eu-central-1; the request was made in us-east-1.";
    check(updated(&away, "multi", &Settings::default()), code, message);
    check(delete(&away, &arn), code, message);
    check(start_logging(&away, &arn), code, message);
    check(stop_logging(&away, "multi"), code, message);
    check(put_event_selectors(&away, &arn, vec![EventSelector::default()], vec![]), code, message);
    assert_eq!(delete(&facts(&trails, HOME), "multi").unwrap(), trails[0].arn);
}
