#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use cairn_model::{Category, Timestamp, Trail};

fn check(name: &str, message: &str) {
    assert_eq!(check_trail_name(name).unwrap_err().to_string(), message);
}

#[test]
fn trail_names_are_refused_with_the_known_messages() {
    for name in ["abc", "a.b", "A-1_b.c", "1.2.3", "1.2.3.x", "1234.5.6.7", &"a".repeat(128)] {
        assert_eq!(check_trail_name(name), Ok(()), "{name}");
    }
    check(
        "ab",
        "Trail name too short. Minimum allowed length: 3 characters. Specified name length: 2 characters.",
    );
    check(
        "",
        "Trail name too short. Minimum allowed length: 3 characters. Specified name length: 0 characters.",
    );
    check(
        &"a".repeat(129),
        "Trail name too long. Maximum allowed length: 128 characters. Specified name length: 129 characters.",
    );
    check("-abc", "Trail name must starts with a letter or number.");
    check("abc_", "Trail name must ends with a letter or number.");
    check(
        "a b",
        "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_).",
    );
    check("a-_b", "Trail name cannot have adjacent periods, hyphens, or underscores.");
    check("192.168.5.4", "Trail name cannot be in IP address format.");
    check("999.1.1.1", "Trail name cannot be in IP address format.");
}

#[test]
fn bucket_names_follow_s3() {
    for name in ["abc", "a.b-c.d", "0-0", &"a".repeat(63), "192.168.5.4.a"] {
        assert_eq!(check_bucket_name(name), Ok(()), "{name}");
    }
    let long = "a".repeat(64);
    for name in ["ab", "", "Abc", "a_b", "-ab", "ab-", "a..b", "a-.b", "a.-b", ".ab", "192.168.5.4", &long] {
        assert!(check_bucket_name(name).is_err(), "{name}");
    }
}

#[test]
fn prefixes_have_at_most_200_characters_and_no_slash_at_their_ends() {
    assert_eq!(check_prefix(&"é".repeat(200)), Ok(()));
    assert_eq!(check_prefix(&"a".repeat(201)), Err(PrefixError::TooLong(201)));
    assert_eq!(check_prefix("a/b"), Ok(()));
    assert_eq!(check_prefix("/a"), Err(PrefixError::Slash));
    assert_eq!(check_prefix("a/"), Err(PrefixError::Slash));
    assert_eq!(check_prefix("a\nb"), Err(PrefixError::Character));
}

fn trail(prefix: Option<&str>) -> Trail {
    let arn = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/main".parse().unwrap();
    Trail {
        prefix: prefix.map(str::to_owned),
        ..Trail::new(arn, "acme-logs".to_owned(), Timestamp::from_seconds(0))
    }
}

#[test]
fn keys_have_the_form_that_readers_of_log_files_know() {
    let account = "111122223333".parse().unwrap();
    let time = Timestamp::parse("2026-03-01T08:04:11Z").unwrap();
    let log =
        |prefix, kind| log_file_key(&trail(prefix), kind, account, "us-east-1", time, "abcdefghABCDEFGH");
    assert_eq!(
        log(None, LogKind::CloudTrail),
        "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/\
         111122223333_CloudTrail_us-east-1_20260301T0804Z_abcdefghABCDEFGH.json.gz"
    );
    assert_eq!(
        log(Some("a/b"), LogKind::of(Category::NetworkActivity)),
        "a/b/AWSLogs/111122223333/CloudTrail-NetworkActivity/us-east-1/2026/03/01/\
         111122223333_CloudTrail-NetworkActivity_us-east-1_20260301T0804Z_abcdefghABCDEFGH.json.gz"
    );
    assert_eq!(
        digest_key(&trail(Some("p")), account, "us-east-1", time),
        "p/AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/01/\
         111122223333_CloudTrail-Digest_us-east-1_main_eu-central-1_20260301T080411Z.json.gz"
    );
}

#[test]
fn random_parts_are_16_letters_and_digits() {
    for bits in [0, 1, u128::MAX, 0x1234_5678_9abc_def0_0fed_cba9_8765_4321] {
        let part = random_part(bits);
        assert_eq!(part.len(), 16);
        assert!(part.bytes().all(|b| b.is_ascii_alphanumeric()));
    }
    assert_ne!(random_part(1), random_part(2));
}
