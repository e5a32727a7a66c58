#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Config, ConfigError, SETTINGS, parse_duration};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

type Values = BTreeMap<&'static str, String>;

fn values(pairs: &[(&'static str, &str)]) -> Values {
    pairs.iter().map(|(key, value)| (*key, (*value).to_owned())).collect()
}

fn with_file(text: &str, flags: &Values, variables: &Values) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cairn.toml");
    std::fs::write(&path, text).unwrap();
    Config::load(Some(&path), flags, variables)
}

#[test]
fn flags_beat_variables_and_variables_beat_the_file() {
    let file = "[trails]\ndeliver_every = \"1s\"\ndigest_every = \"1s\"\nlock = \"1s\"\n[history]\ndays = 7";
    let flags = values(&[("trails.deliver_every", "3s")]);
    let variables = values(&[("trails.deliver_every", "2s"), ("trails.digest_every", "2s")]);
    let config = with_file(file, &flags, &variables).unwrap();
    assert_eq!(config.deliver_every, Duration::from_secs(3));
    assert_eq!(config.digest_every, Duration::from_secs(2));
    assert_eq!(config.lock, Duration::from_secs(1));
    assert_eq!(config.history, Duration::from_secs(7 * 86_400));
    assert_eq!(config.listen.port(), 4580);
}

fn check_refused(file: &str, message: &str) {
    let refused = with_file(file, &Values::new(), &Values::new()).unwrap_err().to_string();
    assert!(refused.contains(message), "{refused}");
}

#[test]
fn what_cannot_be_honoured_is_refused_by_name() {
    check_refused("[trails]\ndeliver_evry = \"1s\"", "did you mean \"trails.deliver_every\"?");
    check_refused("[trails]\ndeliver_every = \"soon\"", "trails.deliver_every: \"soon\" is not a duration");
    check_refused("[trails]\ndeliver_every = \"0s\"", "is not a duration");
    check_refused("[history]\ndays = 0", "history.days");
    check_refused("[history]\ncategories = \"Data\"", "history.categories is not built yet");
    check_refused("[limits]\nprofile = \"wide\"", "open or aws");
    check_refused("[trails]\nrotate_every = \"3s\"", "a duration of 4s or more");
    check_refused("not toml", "cairn.toml");
}

#[test]
fn what_is_wrong_in_the_file_is_pointed_at_by_its_line() {
    check_refused("[history]\ndays = 7\n[trails]\n\ndeliver_evry = \"1s\"", "cairn.toml:5: unknown key");
    check_refused(
        "# a\n[trails]\nlock = \"1s\"\ndeliver_every = 5",
        "cairn.toml:4: trails.deliver_every: \"5\" is not",
    );
    check_refused("trails.lock = [\"1s\"]", "cairn.toml:1: trails.lock: \"[...]\" is not a duration");
    check_refused("trails = { lock = \"1s\",\n deliver_every = true }", "cairn.toml:");
    check_refused("[history]\n\ncategories = \"x\"", "cairn.toml:3: history.categories is not built yet");
    check_refused("[history]\ndays = ", "cairn.toml:2: ");
    check_refused("[history]\ndays = 1\ndays = 2", "cairn.toml:3: duplicate key");
    check_refused("deliver_every = \"1s\"", "did you mean \"trails.deliver_every\"?");
    check_refused("[trails.lock]\ndays = 1", "cairn.toml:2: unknown key \"trails.lock.days\"");
}

#[test]
fn what_is_wrong_with_a_flag_or_variable_is_pointed_at_by_its_name() {
    let refused = |flags, variables| with_file("", &flags, &variables).unwrap_err().to_string();
    let wrong = values(&[("trails.deliver_every", "soon")]);
    let by_flag = refused(wrong.clone(), Values::new());
    assert!(by_flag.starts_with("--deliver-every: trails.deliver_every: \"soon\""), "{by_flag}");
    let by_variable = refused(Values::new(), wrong);
    assert!(by_variable.starts_with("CAIRN_DELIVER_EVERY: "), "{by_variable}");
}

#[test]
fn certificate_and_key_go_together() {
    check_refused("[tls]\nkey = \"key.pem\"", "tls.certificate and tls.key go together");
    let both = with_file("[tls]\nkey = \"k\"\ncertificate = \"c\"", &Values::new(), &Values::new()).unwrap();
    assert!(both.tls.is_some());
}

#[test]
fn a_catalog_url_that_is_none_is_refused_without_showing_its_password() {
    let refused =
        with_file("[catalog]\nurl = \"mysql://ann:secret@host/db\"", &Values::new(), &Values::new());
    let shown = refused.unwrap_err().to_string();
    assert!(shown.contains("catalog.url") && !shown.contains("secret"), "{shown}");
    let url = "postgres://ann@host/db";
    let config = with_file("", &values(&[("catalog.url", url)]), &Values::new()).unwrap();
    assert_eq!(config.catalog_url.as_deref(), Some(url));
}

#[test]
fn a_named_file_must_exist() {
    let missing = std::path::Path::new("/nowhere/cairn.toml");
    let refused = Config::load(Some(missing), &Values::new(), &Values::new()).unwrap_err();
    assert!(refused.to_string().contains("does not exist"));
}

#[test]
fn durations_read_as_written() {
    assert_eq!(parse_duration("250ms"), Some(Duration::from_millis(250)));
    assert_eq!(parse_duration("90d"), Some(Duration::from_secs(90 * 86_400)));
    for text in ["", "5", "s", "-5s", "5 s", "99999999999999999999d", "18446744073709551615d", "1w"] {
        assert_eq!(parse_duration(text), None, "{text}");
    }
}

#[test]
fn every_key_has_its_flag_and_variable() {
    let mut seen = BTreeSet::new();
    for setting in SETTINGS {
        let flag = setting.key.replace(['.', '_'], "-");
        let variable = format!("CAIRN_{}", flag.replace('-', "_").to_uppercase());
        let long_or_short = setting.flags.contains(&flag.as_str());
        assert!(long_or_short, "{flag}");
        assert!(setting.variables.contains(&variable.as_str()), "{variable}");
        assert!(setting.flags.iter().all(|flag| seen.insert(*flag)), "{flag}");
    }
}
