#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use super::{TargetSettings, targets};
use crate::config::ConfigError;
use std::collections::BTreeMap;

fn read(pairs: &[(&'static str, &str)]) -> Result<TargetSettings, ConfigError> {
    let values: BTreeMap<_, _> = pairs.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
    targets(&values)
}

fn check_refused(pairs: &[(&'static str, &str)], message: &str) {
    assert_eq!(read(pairs).unwrap_err().to_string(), message);
}

#[test]
fn without_settings_there_is_nothing_to_ask() {
    let settings = read(&[("server.region", "eu-west-1")]).unwrap();
    assert_eq!((settings.s3, settings.sns, settings.kms, settings.logs), (None, None, None, None));
    assert!(settings.credentials.is_none());
    assert_eq!(settings.region, "eu-west-1");
}

#[test]
fn endpoints_regions_and_keys_are_read() {
    let settings = read(&[
        ("targets.s3_endpoint", "http://127.0.0.1:9000/"),
        ("aws.access_key_id", "AKIDEXAMPLE"),
        ("aws.secret_access_key", "hidden"),
        ("aws.region", "eu-central-1"),
    ])
    .unwrap();
    assert_eq!(settings.s3.as_ref().unwrap().to_string(), "http://127.0.0.1:9000");
    assert_eq!(settings.region, "eu-central-1");
    let shown = format!("{settings:?}");
    assert!(shown.contains("AKIDEXAMPLE") && !shown.contains("hidden"), "{shown}");
}

#[test]
fn what_does_not_go_together_is_refused() {
    let expected = "a URL like http://host:port or https://host";
    check_refused(
        &[("targets.kms_endpoint", "127.0.0.1:9000")],
        &format!("targets.kms_endpoint: \"127.0.0.1:9000\" is not {expected}"),
    );
    check_refused(
        &[("aws.access_key_id", "AKIDEXAMPLE")],
        "aws.access_key_id and aws.secret_access_key go together",
    );
    check_refused(&[("aws.session_token", "token")], "aws.session_token goes with aws.access_key_id");
    check_refused(
        &[("aws.profile", "work"), ("aws.ambient", "true")],
        "of aws.access_key_id, aws.profile and aws.ambient only one can hold",
    );
    check_refused(&[("aws.ambient", "yes")], "aws.ambient: \"yes\" is not true or false");
    check_refused(&[("aws.region", "Mars")], "aws.region: \"Mars\" is not a region like us-east-1");
}
