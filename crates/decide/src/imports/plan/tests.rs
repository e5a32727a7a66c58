use super::*;
use crate::imports::selection::tests::selection;

const ROOT: &str = "logs/AWSLogs/111122223333";

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

fn of_march(categories: &[&str]) -> Plan {
    let mut selection = selection(categories);
    selection.since = Some(time("2026-03-05T10:00:00Z"));
    selection.until = Some(time("2026-03-20T10:00:00Z"));
    Plan::of(&selection)
}

fn check(plan: &Plan, path: &str, expected: Folder) {
    assert_eq!(plan.folder(path), expected, "{path}");
}

#[test]
fn folders_of_the_wrong_time_are_not_looked_into() {
    let plan = of_march(&["Management"]);
    let below = |rest: &str| format!("{ROOT}/CloudTrail/eu-west-1/{rest}");
    for (rest, expected) in [
        ("", Folder::LookInto),
        ("2026/", Folder::LookInto),
        ("2025/", Folder::Skip),
        ("2027/", Folder::Skip),
        ("2026/02/", Folder::Skip),
        ("2026/03/", Folder::LookInto),
        ("2026/04/", Folder::Skip),
        ("2026/03/04/", Folder::Skip),
        ("2026/03/05/", Folder::Day),
        ("2026/03/20/", Folder::Day),
        // Files may come a day late.
        ("2026/03/21/", Folder::Day),
        ("2026/03/22/", Folder::Skip),
        ("copies/", Folder::LookInto),
    ] {
        check(&plan, &below(rest), expected);
    }
}

#[test]
fn other_services_digests_and_results_are_not_looked_into() {
    let plan = of_march(&["Data"]);
    for folder in ["CloudTrail-Digest", "CloudTrail-Insight", "CloudTrail-Lake", "CloudTrail-NetworkActivity"]
    {
        check(&plan, &format!("{ROOT}/{folder}/"), Folder::Skip);
    }
    check(&plan, &format!("{ROOT}/vpcflowlogs/"), Folder::Skip);
    check(&plan, "AWSLogs/o-exampleorgid/111122223333/Config/", Folder::Skip);
    for folder in ["", "logs/", "AWSLogs/", "AWSLogs/o-exampleorgid/", "AWSLogs/o-exampleorgid/111122223333/"]
    {
        check(&plan, folder, Folder::LookInto);
    }
    check(&plan, "AWSLogs/o-exampleorgid/111122223333/CloudTrail/us-east-1/", Folder::LookInto);
}

#[test]
fn kinds_are_those_of_the_stores_categories() {
    let kind = |plan: &Plan, kind: &str| plan.folder(&format!("{ROOT}/{kind}/")) == Folder::LookInto;
    let insight = Plan::of(&selection(&["Insight"]));
    assert!(kind(&insight, "CloudTrail-Insight") && !kind(&insight, "CloudTrail"));
    let network = Plan::of(&selection(&["NetworkActivity", "Management"]));
    assert!(kind(&network, "CloudTrail-NetworkActivity") && kind(&network, "CloudTrail"));
    let all = Plan::all(time("2026-03-05T10:00:00Z"));
    assert!(kind(&all, "CloudTrail-Aggregated") && !kind(&all, "CloudTrail-Digest"));
}

#[test]
fn files_are_told_by_their_names() {
    let plan = of_march(&["Management"]);
    let name = |time: &str| {
        format!("{ROOT}/CloudTrail/eu-west-1/2026/03/05/111122223333_CloudTrail_eu-west-1_{time}_Ab0.json.gz")
    };
    assert!(!plan.takes(&name("20260305T0930Z")));
    assert!(plan.takes(&name("20260305T1000Z")));
    assert!(plan.takes(&name("20260321T0959Z")));
    assert!(!plan.takes(&name("20260321T1001Z")));
    assert!(plan.takes("renamed/events.json.gz"));
    assert!(!plan.takes("renamed/events.json"));
    assert!(!plan.takes(&format!("{ROOT}/elasticloadbalancing/us-east-1/2026/03/10/log.gz")));
    assert!(
        !plan.takes("flat/111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20260310T080500Z.json.gz")
    );
}
