//! Every operator, with its quantifiers and suffixes.

use super::*;

fn holds(condition: &str, pairs: &[(&'static str, &str)]) -> bool {
    let statement = format!(r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}"#);
    let policy = policy(Purpose::Identity, &[&statement]);
    let context = context(pairs);
    let request = Request {
        principal: user("ann"),
        action: "s3:ListBucket",
        resource: "arn:aws:s3:::b",
        context: &context,
    };
    policy.judge(&request) != Verdict::Silent
}

type Row<'a> = (&'a str, &'a [(&'static str, &'a str)], bool);

fn check(rows: &[Row<'_>]) {
    for (condition, pairs, expected) in rows {
        assert_eq!(holds(condition, pairs), *expected, "{condition} {pairs:?}");
    }
}

#[test]
fn texts() {
    check(&[
        (r#"{"StringEquals":{"s3:prefix":"a"}}"#, &[("s3:prefix", "a")], true),
        (r#"{"StringEquals":{"S3:PREFIX":"a"}}"#, &[("s3:prefix", "a")], true),
        (r#"{"StringEquals":{"s3:prefix":"a"}}"#, &[("s3:prefix", "A")], false),
        (r#"{"StringEquals":{"s3:prefix":"a*"}}"#, &[("s3:prefix", "ab")], false),
        (r#"{"StringEquals":{"s3:prefix":["","a"]}}"#, &[("s3:prefix", "")], true),
        (r#"{"StringEquals":{"s3:prefix":"a"}}"#, &[], false),
        (r#"{"StringNotEquals":{"s3:prefix":["a","b"]}}"#, &[("s3:prefix", "b")], false),
        (r#"{"StringNotEquals":{"s3:prefix":["a","b"]}}"#, &[("s3:prefix", "c")], true),
        (r#"{"StringNotEquals":{"s3:prefix":"a"}}"#, &[], true),
        (r#"{"StringEqualsIgnoreCase":{"s3:prefix":"HOME/"}}"#, &[("s3:prefix", "home/")], true),
        (r#"{"StringNotEqualsIgnoreCase":{"s3:prefix":"HOME/"}}"#, &[("s3:prefix", "home/")], false),
        (r#"{"StringLike":{"s3:prefix":"home/*"}}"#, &[("s3:prefix", "home/a")], true),
        (r#"{"StringLike":{"s3:prefix":"h?me"}}"#, &[("s3:prefix", "home")], true),
        (r#"{"StringLike":{"s3:prefix":"home"}}"#, &[("s3:prefix", "Home")], false),
        (r#"{"StringNotLike":{"s3:prefix":"home/*"}}"#, &[("s3:prefix", "home/a")], false),
        (
            r#"{"StringEquals":{"s3:prefix":"${aws:username}"}}"#,
            &[("s3:prefix", "ann"), ("aws:username", "ann")],
            true,
        ),
        (
            r#"{"StringLike":{"s3:prefix":"${aws:username}/*"}}"#,
            &[("s3:prefix", "ann/x"), ("aws:username", "ann")],
            true,
        ),
        (r#"{"StringLike":{"s3:prefix":"${aws:username}/*"}}"#, &[("s3:prefix", "/x")], false),
        (r#"{"StringEquals":{"s3:prefix":"${aws:username, 'all'}"}}"#, &[("s3:prefix", "all")], true),
        (r#"{"StringEquals":{"s3:max-keys":10}}"#, &[("s3:max-keys", "10")], true),
    ]);
}

#[test]
fn numbers() {
    check(&[
        (r#"{"NumericEquals":{"s3:max-keys":"10"}}"#, &[("s3:max-keys", "10.0")], true),
        (r#"{"NumericEquals":{"s3:max-keys":10}}"#, &[("s3:max-keys", "11")], false),
        (r#"{"NumericNotEquals":{"s3:max-keys":10}}"#, &[("s3:max-keys", "11")], true),
        (r#"{"NumericLessThan":{"s3:max-keys":10}}"#, &[("s3:max-keys", "9")], true),
        (r#"{"NumericLessThan":{"s3:max-keys":10}}"#, &[("s3:max-keys", "10")], false),
        (r#"{"NumericLessThanEquals":{"s3:max-keys":10}}"#, &[("s3:max-keys", "10")], true),
        (r#"{"NumericGreaterThan":{"s3:max-keys":10}}"#, &[("s3:max-keys", "10")], false),
        (r#"{"NumericGreaterThanEquals":{"s3:max-keys":10}}"#, &[("s3:max-keys", "10")], true),
        (r#"{"NumericGreaterThan":{"s3:max-keys":-1}}"#, &[("s3:max-keys", "0")], true),
        (r#"{"NumericLessThan":{"s3:max-keys":10}}"#, &[("s3:max-keys", "few")], false),
        (r#"{"NumericLessThan":{"s3:max-keys":10}}"#, &[], false),
        (r#"{"NumericLessThanIfExists":{"s3:max-keys":10}}"#, &[], true),
    ]);
}

#[test]
fn dates() {
    let now = ("aws:CurrentTime", "2026-03-01T08:04:11Z");
    check(&[
        (r#"{"DateGreaterThan":{"aws:CurrentTime":"2026-03-01T08:04:10Z"}}"#, &[now], true),
        (r#"{"DateGreaterThan":{"aws:CurrentTime":"2026-03-01T09:04:10+01:00"}}"#, &[now], true),
        (r#"{"DateLessThan":{"aws:CurrentTime":"2026-03-01"}}"#, &[now], false),
        (r#"{"DateLessThan":{"aws:CurrentTime":"2027"}}"#, &[now], true),
        (r#"{"DateLessThan":{"aws:CurrentTime":"2026-04"}}"#, &[now], true),
        (r#"{"DateLessThan":{"aws:CurrentTime":"2026-03-01T08:05Z"}}"#, &[now], true),
        (r#"{"DateEquals":{"aws:CurrentTime":"2026-03-01T08:04:11Z"}}"#, &[now], true),
        (r#"{"DateNotEquals":{"aws:CurrentTime":"2026-03-01T08:04:11Z"}}"#, &[now], false),
        (r#"{"DateGreaterThanEquals":{"aws:CurrentTime":"2026-03-01T08:04:11Z"}}"#, &[now], true),
        (r#"{"DateLessThanEquals":{"aws:CurrentTime":"2026-03-01T08:04:11Z"}}"#, &[now], true),
        (r#"{"DateLessThan":{"aws:EpochTime":"1772352252"}}"#, &[("aws:EpochTime", "1772352251")], true),
        (r#"{"DateLessThan":{"aws:EpochTime":1772352251}}"#, &[("aws:EpochTime", "1772352251")], false),
        (r#"{"DateLessThan":{"aws:TokenIssueTime":"2027"}}"#, &[], false),
        (r#"{"DateLessThanIfExists":{"aws:TokenIssueTime":"2027"}}"#, &[], true),
    ]);
}

#[test]
fn truths_and_binaries() {
    check(&[
        (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, &[("aws:SecureTransport", "true")], true),
        (r#"{"Bool":{"aws:SecureTransport":true}}"#, &[("aws:SecureTransport", "true")], true),
        (r#"{"Bool":{"aws:SecureTransport":"TRUE"}}"#, &[("aws:SecureTransport", "true")], true),
        (r#"{"Bool":{"aws:SecureTransport":"false"}}"#, &[("aws:SecureTransport", "true")], false),
        (r#"{"Bool":{"aws:SecureTransport":"false"}}"#, &[], false),
        (r#"{"BoolIfExists":{"aws:SecureTransport":"false"}}"#, &[], true),
        (r#"{"BinaryEquals":{"k:v":"QmluYXJ5"}}"#, &[("k:v", "QmluYXJ5")], true),
        (r#"{"BinaryEquals":{"k:v":"QmluYXJ5"}}"#, &[("k:v", "qmluyxj5")], false),
    ]);
}

#[test]
fn addresses() {
    check(&[
        (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, &[("aws:SourceIp", "10.2.3.4")], true),
        (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, &[("aws:SourceIp", "11.2.3.4")], false),
        (r#"{"IpAddress":{"aws:SourceIp":"192.0.2.7"}}"#, &[("aws:SourceIp", "192.0.2.7")], true),
        (r#"{"IpAddress":{"aws:SourceIp":"192.0.2.7"}}"#, &[("aws:SourceIp", "::ffff:192.0.2.7")], true),
        (r#"{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}"#, &[("aws:SourceIp", "2001:db8:1::9")], true),
        (r#"{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}"#, &[("aws:SourceIp", "2001:db9::9")], false),
        (r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#, &[("aws:SourceIp", "2001:db9::9")], false),
        (r#"{"IpAddress":{"aws:SourceIp":"::/0"}}"#, &[("aws:SourceIp", "2001:db9::9")], true),
        (
            r#"{"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","192.0.2.0/24"]}}"#,
            &[("aws:SourceIp", "192.0.2.1")],
            false,
        ),
        (r#"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, &[("aws:SourceIp", "192.0.2.1")], true),
        (r#"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, &[], true),
        (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, &[], false),
        (r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, &[("aws:SourceIp", "cairn.amazonaws.com")], false),
    ]);
}

#[test]
fn arns() {
    let trail = ("aws:SourceArn", "arn:aws:cloudtrail:us-east-1:111122223333:trail/main");
    check(&[
        (r#"{"ArnLike":{"aws:SourceArn":"arn:aws:cloudtrail:*:111122223333:trail/*"}}"#, &[trail], true),
        (r#"{"ArnEquals":{"aws:SourceArn":"arn:aws:cloudtrail:*:111122223333:trail/*"}}"#, &[trail], true),
        (r#"{"ArnLike":{"aws:SourceArn":"arn:aws:cloudtrail:*:444455556666:trail/*"}}"#, &[trail], false),
        // A wildcard passes no colon, but in the last part.
        (r#"{"ArnLike":{"aws:SourceArn":"arn:aws:*:111122223333:trail/main:x"}}"#, &[trail], false),
        (r#"{"ArnLike":{"aws:SourceArn":"arn:*:*:*:*:*"}}"#, &[trail], true),
        (r#"{"ArnLike":{"aws:SourceArn":"*"}}"#, &[trail], true),
        (
            r#"{"ArnLike":{"aws:SourceArn":"arn:aws:logs:*:*:log-group:*"}}"#,
            &[("aws:SourceArn", "arn:aws:logs:r:1:log-group:a:b")],
            true,
        ),
        (r#"{"ArnNotLike":{"aws:SourceArn":"arn:aws:cloudtrail:*:*:trail/*"}}"#, &[trail], false),
        (r#"{"ArnNotEquals":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}"#, &[trail], true),
        (r#"{"ArnNotEquals":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}"#, &[], true),
        (r#"{"ArnLikeIfExists":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}"#, &[], true),
        (
            r#"{"ArnLike":{"aws:SourceArn":"arn:aws:cloudtrail:*:${aws:PrincipalAccount}:trail/*"}}"#,
            &[trail, ("aws:PrincipalAccount", "111122223333")],
            true,
        ),
    ]);
}

#[test]
fn absence() {
    check(&[
        (r#"{"Null":{"aws:TokenIssueTime":"true"}}"#, &[], true),
        (r#"{"Null":{"aws:TokenIssueTime":true}}"#, &[("aws:TokenIssueTime", "x")], false),
        (r#"{"Null":{"aws:TokenIssueTime":"false"}}"#, &[("aws:TokenIssueTime", "x")], true),
        (r#"{"Null":{"aws:TokenIssueTime":"false"}}"#, &[], false),
        (r#"{"StringNotEqualsIfExists":{"s3:x-amz-acl":"private"}}"#, &[], true),
        (r#"{"StringEqualsIfExists":{"s3:x-amz-acl":"private"}}"#, &[("s3:x-amz-acl", "public-read")], false),
    ]);
}

#[test]
fn sets() {
    let both = ("aws:TagKeys", "team|cost");
    check(&[
        (r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["team","cost","x"]}}"#, &[both], true),
        (r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}"#, &[both], false),
        (r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}"#, &[], true),
        (r#"{"ForAllValues:StringNotEquals":{"aws:TagKeys":["x","y"]}}"#, &[both], true),
        (r#"{"ForAllValues:StringNotEquals":{"aws:TagKeys":["x","cost"]}}"#, &[both], false),
        (r#"{"ForAnyValue:StringEquals":{"aws:TagKeys":["team"]}}"#, &[both], true),
        (r#"{"ForAnyValue:StringEquals":{"aws:TagKeys":["x"]}}"#, &[both], false),
        (r#"{"ForAnyValue:StringEquals":{"aws:TagKeys":["team"]}}"#, &[], false),
        (r#"{"ForAnyValue:StringLike":{"aws:TagKeys":["t*"]}}"#, &[both], true),
        (r#"{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["team"]}}"#, &[both], true),
        (r#"{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["team","cost"]}}"#, &[both], false),
        (r#"{"ForAnyValue:StringEqualsIfExists":{"aws:TagKeys":["team"]}}"#, &[], true),
        (r#"{"StringEquals":{"aws:TagKeys":"cost"}}"#, &[both], true),
        (r#"{"StringNotEquals":{"aws:TagKeys":"cost"}}"#, &[both], false),
    ]);
}

#[test]
fn all_conditions_have_to_hold() {
    let one = r#"{"StringEquals":{"s3:prefix":"a"},"Bool":{"aws:SecureTransport":"true"}}"#;
    let two = r#"{"StringEquals":{"s3:prefix":"a","s3:delimiter":"/"}}"#;
    check(&[
        (one, &[("s3:prefix", "a")], false),
        (one, &[("s3:prefix", "a"), ("aws:SecureTransport", "true")], true),
        (two, &[("s3:prefix", "a")], false),
        (two, &[("s3:prefix", "a"), ("s3:delimiter", "/")], true),
    ]);
}
