//! Tags of trails.

use super::*;

fn tag(key: &str, value: &str) -> Tag {
    Tag { key: key.to_owned(), value: Some(value.to_owned()) }
}

fn numbered(count: usize) -> Vec<Tag> {
    (0..count).map(|n| tag(&format!("key{n}"), "value")).collect()
}

fn arn_of(kind_and_name: &str) -> String {
    format!("arn:aws:cloudtrail:{HOME}:111122223333:{kind_and_name}")
}

#[test]
fn tags_are_added_replaced_and_removed_by_their_keys() {
    let mut trails = [trail("main", HOME, false)];
    let arn = arn_of("trail/main");
    let first =
        [tag("team", "blue"), tag("cost center", "17/b"), Tag { key: "bare".to_owned(), value: None }];
    trails[0] = Arc::new(add_tags(&facts(&trails, HOME), &arn, &first).unwrap());
    trails[0] = Arc::new(add_tags(&facts(&trails, HOME), &arn, &[tag("team", "größe")]).unwrap());
    let values = |trail: &Trail| -> Vec<(String, String)> { trail.tags.clone().into_iter().collect() };
    let text = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    assert_eq!(values(&trails[0]), [("bare", ""), ("cost center", "17/b"), ("team", "größe")].map(text));
    let rest = remove_tags(&facts(&trails, HOME), &arn, &[tag("team", "other"), tag("absent", "x")]).unwrap();
    assert_eq!(values(&rest), [("bare", ""), ("cost center", "17/b")].map(text));
}

#[test]
fn a_new_trail_may_have_tags() {
    let with = |tags| created(&facts(&[], HOME), &CreateTrail { tags, ..request("main") });
    assert_eq!(with(vec![tag("a", "b")]).unwrap().tags["a"], "b");
    check(
        with(numbered(51)),
        "TagsLimitExceededException",
        "A trail can have up to 50 tags; it would have 51.",
    );
    check(
        with(vec![tag("aws:x", "b")]),
        "InvalidTagParameterException",
        "Tag key aws:x is reserved: keys must not begin with aws:",
    );
}

#[test]
fn tags_follow_the_rules() {
    let trails = [trail("main", HOME, false)];
    let arn = arn_of("trail/main");
    let add = |tags: &[Tag]| add_tags(&facts(&trails, HOME), &arn, tags);
    let code = "InvalidTagParameterException";
    let lengths = "Tag keys have 1 to 128 characters, tag values 1 to 256.";
    check(add(&[tag("", "v")]), code, lengths);
    check(add(&[tag(&"k".repeat(129), "v")]), code, lengths);
    check(add(&[tag("k", &"v".repeat(257))]), code, lengths);
    check(add(&[tag("k", "")]), code, lengths);
    check(add(&[tag("k", "a"), tag("k", "b")]), code, "Tag key k is given more than once.");
    check(add(&[tag("AWS:k", "a")]), code, "Tag key AWS:k is reserved: keys must not begin with aws:");
    check(
        add(&[tag("k", "a\u{7}")]),
        code,
        "Tag a\u{7} has a character other than letters, digits, spaces and _ . : / = + - @",
    );
    assert!(add(&[tag(&"ü".repeat(128), &"v".repeat(256))]).is_ok());
    assert!(add(&numbered(50)).is_ok());
    let full = [Arc::new(add(&numbered(50)).unwrap())];
    assert!(add_tags(&facts(&full, HOME), &arn, &[tag("key7", "new")]).is_ok(), "one that is there");
    check(
        add_tags(&facts(&full, HOME), &arn, &[tag("another", "one")]),
        "TagsLimitExceededException",
        "A trail can have up to 50 tags; it would have 51.",
    );
}

#[test]
fn only_trails_at_home_have_tags() {
    let trails = [trail("main", HOME, true)];
    let refused = |region, resource: &str, code: &str, message: &str| {
        check(tagged(&facts(&trails, region), resource), code, message);
        check(add_tags(&facts(&trails, region), resource, &[]), code, message);
        check(remove_tags(&facts(&trails, region), resource, &[]), code, message);
    };
    let invalid = "CloudTrailARNInvalidException";
    refused(HOME, "main", invalid, "Trail ARN main is not valid.");
    refused(HOME, "arn:aws:s3:::acme", invalid, "Trail ARN arn:aws:s3:::acme is not valid.");
    let shadow = "Region in ARN is wrong, you can only access resources in region us-east-1.";
    refused(AWAY, &arn_of("trail/main"), invalid, shadow);
    let foreign = arn_of("trail/main").replace("111122223333", "210987654321");
    let message = "Account in ARN is wrong, you can only access resources in account 111122223333.";
    refused(HOME, &foreign, invalid, message);
    let not_found = |resource: &str, code: &str, what: &str| {
        let arn = arn_of(resource);
        refused(HOME, &arn, code, &format!("{what} {arn} was not found."));
    };
    not_found("trail/gone", "ResourceNotFoundException", "Resource");
    not_found("channel/x", "ResourceNotFoundException", "Resource");
    not_found("eventdatastore/x", "EventDataStoreNotFoundException", "Event data store");
    let odd = arn_of("rock/x");
    let message = format!("Resource {odd} is of a type that is not supported.");
    refused(HOME, &odd, "ResourceTypeNotSupportedException", &message);
}
