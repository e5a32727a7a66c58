#![allow(clippy::unwrap_used, reason = "tests")]

use super::super::{Config, ConfigError, GatewaySettings, RecordMode};
use std::collections::BTreeMap;
use std::time::Duration;

fn read(text: &str) -> Result<GatewaySettings, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cairn.toml");
    std::fs::write(&path, text).unwrap();
    Ok(Config::load(Some(&path), &BTreeMap::new(), &BTreeMap::new())?.gateway)
}

fn check_refused(text: &str, message: &str) {
    let refused = read(text).unwrap_err().to_string();
    assert!(refused.contains(message), "{refused}");
}

#[test]
fn upstreams_stand_in_their_order_and_the_one_of_everything_else_last() {
    let gateway = read(
        r#"
        [server]
        upstream = "http://127.0.0.1:5000"
        [gateway]
        record = "intent"
        trusted_proxies = ["10.0.0.0/8", "::1"]
        answer_timeout = "7s"
        [[upstream]]
        url = "https://minio.example:9000/api"
        services = ["s3"]
        regions = ["eu-west-1", "eu-west-2"]
        verifies = true
        identities = "map.json"
        connect_timeout = "250ms"
        [[upstream]]
        name = "billing"
        url = "http://127.0.0.1:9000"
        openapi = "billing.yaml"
        paths = ["/billing"]
        "#,
    )
    .unwrap();
    assert_eq!(gateway.record, RecordMode::Intent);
    let names: Vec<_> = gateway.upstreams.iter().map(|upstream| upstream.name.as_str()).collect();
    assert_eq!(names, ["minio.example:9000", "billing", "127.0.0.1:5000"]);
    let minio = &gateway.upstreams[0];
    assert_eq!((minio.services.len(), minio.regions.len()), (1, 2));
    assert_eq!(minio.timeouts.connect, Duration::from_millis(250));
    assert_eq!(minio.timeouts.answer, Duration::from_secs(7));
    assert!(minio.verifies && minio.api.is_none());
    assert!(gateway.upstreams[1].api.as_ref().is_some_and(|api| api.openapi.is_some()));
    assert!(gateway.upstreams[2].services.is_empty());
}

#[test]
fn what_is_wrong_with_an_upstream_is_pointed_at_by_its_line() {
    check_refused("[[upstream]]\nurl = \"ftp://x\"", "cairn.toml:2: upstream.url: \"ftp://x\" is not a URL");
    check_refused("[[upstream]]\nservices = [\"s3\"]", "cairn.toml:2: ");
    for url in ["http://u:secret@x/", "u:secret@x", "http://u:sec@ret@x", "http://u:s@cret@x"] {
        let refused = read(&format!("[[upstream]]\nurl = \"{url}\"")).unwrap_err().to_string();
        assert!(refused.contains("\"***@x") && !refused.contains("ret"), "{refused}");
    }
    check_refused(
        "[[upstream]]\nurl = \"http://x\"\nservice = [\"s3\"]",
        "cairn.toml:3: unknown key \"upstream.service\"; did you mean \"services\"?",
    );
    check_refused(
        "[[upstream]]\nurl = \"http://x\"\n\nservices = \"s3\"",
        "cairn.toml:4: upstream.services: ",
    );
    check_refused("[[upstream]]\nurl = \"http://x\"\nresign = true", "needs credentials");
    check_refused("[[upstream]]\nurl = \"http://x\"\nidentities = \"m\"", "goes with verifies = true");
    check_refused("[[upstream]]\nurl = \"http://x\"\nopenapi = \"m\"\nservices = [\"s3\"]", "cairn.toml:4: ");
    check_refused("[gateway]\nrecord = \"later\"", "before-response, intent or async");
    check_refused("[gateway]\ntrusted_proxies = [\"10.0.0.0/33\"]", "cairn.toml:2: gateway.trusted_proxies");
    check_refused("[gateway]\nopenapi = \"x\"", "go with server.upstream");
    check_refused("[upstream]\nurl = \"http://x\"", "cairn.toml:2: unknown key");
}
