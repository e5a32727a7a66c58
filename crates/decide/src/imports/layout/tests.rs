#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Layout, Wanted};
use cairn_model::Timestamp;

const FOLDER: &str = "b/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/01";

/// Kind, account, region and the first instant of delivery, `-` for what is not told.
fn told(name: &str) -> String {
    let Layout { kind, account, region, delivered } = Layout::of(name);
    let account = account.map_or("-".to_owned(), |account| account.to_string());
    let delivered = delivered.map_or("-".to_owned(), |(start, _)| start.to_string());
    format!("{} {account} {} {delivered}", kind.name(), region.unwrap_or("-".to_owned()))
}

#[test]
fn a_file_name_alone_tells_it_all() {
    let of = "111122223333 eu-west-1 2026-03-01T08:05:00Z";
    for kind in ["CloudTrail", "CloudTrail-Insight", "CloudTrail-NetworkActivity", "CloudTrail-Aggregated"] {
        let name = format!("flat/111122223333_{kind}_eu-west-1_20260301T0805Z_AbCdEfGh01234567.json.gz");
        assert_eq!(told(&name), format!("{kind} {of}"));
    }
    let digest =
        "111122223333_CloudTrail-Digest_eu-west-1_my_trail_of_T1_us-east-1_20260301T080500Z_backfill.json.gz";
    assert_eq!(told(digest), format!("CloudTrail-Digest {of}"));
}

#[test]
fn the_folders_tell_it_if_the_name_does_not() {
    let day = "111122223333 eu-west-1 2026-03-01T00:00:00Z";
    assert_eq!(told(&format!("{FOLDER}/renamed.json")), format!("CloudTrail {day}"));
    let of_organization = FOLDER.replace("AWSLogs/", "AWSLogs/o-abcdefghij/");
    assert_eq!(told(&format!("{of_organization}/x.json.gz")), format!("CloudTrail {day}"));
    assert_eq!(told("CloudTrail/us-east-2/a.json"), "CloudTrail - us-east-2 -");
    assert_eq!(
        told("AWSLogs/111122223333/CloudTrail-Lake/Query/2026/03/01/id/result_sign.json"),
        "CloudTrail-Lake 111122223333 - 2026-03-01T00:00:00Z"
    );
}

#[test]
fn other_names_tell_nothing() {
    for name in ["notes.txt", "", "a/b/c.json", "1_CloudTrail_x.json", "111122223333_Config_eu-west-1_x.json"]
    {
        assert_eq!(told(name), "other - - -", "{name}");
    }
    assert_eq!(told(&format!("{FOLDER}/é_ü_20269999T9999Z_x")), told(&format!("{FOLDER}/x")));
}

fn takes(wanted: &Wanted, name: &str) -> bool {
    wanted.takes(&Layout::of(name))
}

#[test]
fn what_is_not_asked_for_is_not_taken_nor_what_does_not_tell() {
    let file = format!("{FOLDER}/111122223333_CloudTrail_eu-west-1_20260301T0805Z_x.json.gz");
    let day = format!("{FOLDER}/x.json.gz");
    assert!(takes(&Wanted::default(), "notes.json"));
    let of = |account: &str| Wanted { accounts: vec![account.parse().unwrap()], ..Wanted::default() };
    assert!(takes(&of("111122223333"), &file) && !takes(&of("444455556666"), &file));
    assert!(!takes(&of("111122223333"), "notes.json"));
    let of = |region: &str| Wanted { regions: vec![region.to_owned()], ..Wanted::default() };
    assert!(takes(&of("eu-west-1"), &file) && !takes(&of("eu-west-2"), &file));
    let time = |text: &str| Some(Timestamp::parse(text).unwrap());
    let since = |text| Wanted { since: time(text), ..Wanted::default() };
    let until = |text| Wanted { until: time(text), ..Wanted::default() };
    assert!(takes(&since("2026-03-01T08:05:30Z"), &file) && !takes(&since("2026-03-01T08:06:00Z"), &file));
    assert!(takes(&since("2026-03-01T23:00:00Z"), &day) && !takes(&since("2026-03-02T00:00:00Z"), &day));
    assert!(takes(&until("2026-03-01T08:05:00Z"), &file) && !takes(&until("2026-03-01T08:04:59Z"), &file));
    assert!(!takes(&until("2026-03-01T08:05:00Z"), "notes.json"));
}
