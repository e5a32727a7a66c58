#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Upstreams, is_below};
use crate::config::Config;
use std::collections::BTreeMap;

fn upstreams(tables: &str) -> Upstreams {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cairn.toml");
    std::fs::write(&path, tables).unwrap();
    let config = Config::load(Some(&path), &BTreeMap::new(), &BTreeMap::new()).unwrap();
    Upstreams::open(&config.gateway, "us-east-1").unwrap()
}

fn check(upstreams: &Upstreams, service: &str, region: Option<&str>, expected: Option<&str>) {
    let found = upstreams.serving(service, region).map(|upstream| upstream.settings.name.as_str());
    assert_eq!(found, expected, "{service} {region:?}");
}

#[test]
fn service_and_region_choose_the_upstream() {
    let upstreams = upstreams(
        r#"
        [server]
        upstream = "http://127.0.0.1:1"
        [[upstream]]
        name = "first"
        url = "http://127.0.0.1:2"
        services = ["s3", "dynamodb"]
        [[upstream]]
        name = "europe"
        url = "http://127.0.0.1:3"
        services = ["s3"]
        regions = ["eu-west-1"]
        [[upstream]]
        name = "second"
        url = "http://127.0.0.1:4"
        services = ["s3"]
        "#,
    );
    check(&upstreams, "s3", Some("us-east-1"), Some("first"));
    check(&upstreams, "s3", Some("eu-west-1"), Some("europe"));
    check(&upstreams, "s3", None, Some("first"));
    check(&upstreams, "dynamodb", Some("eu-west-1"), Some("first"));
    check(&upstreams, "ec2", Some("eu-west-1"), Some("127.0.0.1:1"));
}

#[test]
fn a_service_that_nobody_serves_has_no_upstream() {
    let upstreams = upstreams("[[upstream]]\nurl = \"http://127.0.0.1:1\"\nservices = [\"s3\"]");
    check(&upstreams, "ec2", Some("us-east-1"), None);
}

#[test]
fn apis_of_ones_own_are_found_by_host_and_path() {
    let upstreams = upstreams(
        "[[upstream]]\nname = \"paths\"\nurl = \"http://127.0.0.1:1\"\ngrpc = true\npaths = [\"/billing/\"]\n\
         [[upstream]]\nname = \"hosts\"\nurl = \"http://127.0.0.1:2\"\ngrpc = true\nhosts = [\"Api.example\"]\n\
         [[upstream]]\nname = \"any\"\nurl = \"http://127.0.0.1:3\"\ngrpc = true",
    );
    let named = |host, path| upstreams.named_api(host, path).map(|found| found.settings.name.as_str());
    assert_eq!(named("x", "/billing"), Some("paths"));
    assert_eq!(named("x", "/billing/1"), Some("paths"));
    assert_eq!(named("x", "/billings"), None);
    assert_eq!(named("api.example:4580", "/x"), Some("hosts"));
    assert_eq!(upstreams.any_api().unwrap().settings.name, "any");
    assert!(upstreams.serving("s3", None).is_none());
    assert!(is_below("/a/b", "/"));
}
