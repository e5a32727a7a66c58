use super::is_bucket_name;

#[test]
fn names_follow_the_rules_of_s3() {
    let long = "a".repeat(63);
    for good in ["abc", "my-logs", "my.logs", "0a0", "cairn-trail-000000000000", long.as_str()] {
        assert!(is_bucket_name(good), "{good}");
    }
    let too_long = "a".repeat(64);
    let bad = [
        "",
        "ab",
        "Abc",
        "a_b",
        "-ab",
        "ab-",
        ".ab",
        "ab.",
        "a..b",
        "10.0.0.1",
        "xn--abc",
        "../a",
        "a/b",
        "tmp\0",
        too_long.as_str(),
    ];
    for bad in bad {
        assert!(!is_bucket_name(bad), "{bad}");
    }
}
