#![allow(clippy::unwrap_used, reason = "tests")]
use super::{NotWords, Words};

const RECORD: &str = r#"{"eventName":"CreateBucket","awsRegion" : "eu-central-1",
    "userIdentity":{"arn":"arn:aws:iam::1:user/Stratus-Red","session":null,"mfa":true},
    "requestParameters":{"port":8443,"names":["Gro\u00dfe Stra\u00DFe","x\\ny"],"quote":"a\"deep\"b"}}"#;

fn check(search: &str, expected: bool) {
    assert_eq!(Words::parse(search).unwrap().match_record(RECORD), expected, "{search}");
}

#[test]
fn words_of_values_are_found_whatever_their_case() {
    check("stratus", true);
    check("STRATUS-red createbucket", true);
    check("central", true);
    check("8443 true", true);
    check("große STRAßE", true);
    check("deep", true);
    check("ny", true);
}

#[test]
fn all_words_must_occur() {
    check("stratus blue", false);
    check("bucket", false);
    check("844", false);
}

#[test]
fn keys_and_null_are_no_values() {
    check("eventName", false);
    check("awsregion", false);
    check("port", false);
    check("null", false);
}

#[test]
fn a_star_makes_a_prefix() {
    check("strat*", true);
    check("createb* cent*", true);
    check("buck*", false);
    check("gROSS*", false);
    check("groß*", true);
}

#[test]
fn searches_without_words_or_with_too_many_are_refused() {
    assert_eq!(Words::parse(" -*! "), Err(NotWords::None));
    assert_eq!(Words::parse(&"a ".repeat(65)), Err(NotWords::TooMany));
    assert!(Words::parse(&"a ".repeat(64)).is_ok());
}

#[test]
fn a_letter_that_hides_behind_an_escape_or_another_alphabet_is_found() {
    let found = |record: &str| Words::parse("kelvin").unwrap().match_record(record);
    assert!(found(r#"{"a":"\u006belvin"}"#));
    assert!(found("{\"a\":\"\u{212a}elvin\"}"));
    assert!(!found(r#"{"a":"kelvi\n"}"#));
}

#[test]
fn a_needle_finds_every_place() {
    let needle = super::Needle::new("abaz");
    let text = b"abazABAZ ababaz";
    assert_eq!(needle.find(text, 0), Some(0));
    assert_eq!(needle.find(text, 1), Some(4));
    assert_eq!(needle.find(text, 5), Some(11));
    assert_eq!(needle.find(text, 12), None);
    assert_eq!(needle.find(b"aba", 0), None);
}
