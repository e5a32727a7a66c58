#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use super::{Addressing, url};
use crate::s3::S3Options;

fn check(endpoint: Option<&str>, addressing: Addressing, bucket: &str, key: Option<&str>, expected: &str) {
    let endpoint = endpoint.map(|url| url.parse().unwrap());
    let options = S3Options { endpoint, region: "us-east-1".to_owned(), addressing };
    assert_eq!(url(&options, "eu-west-1", bucket, key, ""), expected);
}

#[test]
fn at_aws_the_bucket_stands_before_the_host_where_tls_can_bear_it() {
    let key = Some("a b/c%+d");
    check(None, Addressing::Auto, "logs", key, "https://logs.s3.eu-west-1.amazonaws.com/a%20b/c%25%2Bd");
    check(
        None,
        Addressing::Auto,
        "my.logs",
        key,
        "https://s3.eu-west-1.amazonaws.com/my.logs/a%20b/c%25%2Bd",
    );
    check(None, Addressing::Path, "logs", None, "https://s3.eu-west-1.amazonaws.com/logs/");
}

#[test]
fn elsewhere_the_bucket_stands_in_the_path_unless_told() {
    let endpoint = Some("http://minio:9000");
    check(endpoint, Addressing::Auto, "logs", Some("k"), "http://minio:9000/logs/k");
    check(endpoint, Addressing::VirtualHost, "my.logs", Some("k"), "http://my.logs.minio:9000/k");
    check(endpoint, Addressing::VirtualHost, "evil/", Some("k"), "http://minio:9000/evil//k");
}
