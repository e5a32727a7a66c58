use crate::tests::{check, outcomes, record, refusal};
use crate::{Format, Outcome, Refusal, Skip};
use cairn_decide::secrets::HIDDEN;
use serde_json::{Value, json};

fn event() -> Value {
    json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "RequestResponse",
        "auditID": "0f3c1d6e-8a70-4ad5-9d3c-1b8f1c7f0a11", "stage": "ResponseComplete",
        "requestURI": "/apis/apps/v1/namespaces/shop/deployments?fieldManager=kubectl", "verb": "create",
        "user": {
            "username": "eve@example.com", "uid": "u-17", "groups": ["devs", "system:authenticated"],
            "extra": {"authentication.kubernetes.io/credential-id": ["JTI=1"]},
        },
        "impersonatedUser": {"username": "admin"},
        "sourceIPs": ["203.0.113.9", "10.0.0.1"], "userAgent": "kubectl/v1.33",
        "objectRef": {
            "resource": "deployments", "namespace": "shop", "name": "cart", "apiGroup": "apps", "apiVersion": "v1",
        },
        "responseStatus": {"metadata": {}, "code": 201},
        "requestObject": {"kind": "Deployment", "env": [{"name": "DB_PASSWORD", "value": "canary"}]},
        "responseObject": {"kind": "Deployment", "status": {}},
        "requestReceivedTimestamp": "2026-03-01T08:04:10.900000Z", "stageTimestamp": "2026-03-01T08:04:11.250000Z",
        "annotations": {"authorization.k8s.io/decision": "allow"},
    })
}

fn with(members: &[(&str, Value)]) -> Value {
    let mut event = event();
    for (name, value) in members {
        event[*name] = value.clone();
    }
    event
}

#[test]
fn a_request_becomes_a_record() {
    let object = json!({"kind": "Deployment", "env": [{"name": "DB_PASSWORD", "value": HIDDEN}]});
    let original = check(
        Format::Kubernetes,
        &json!({"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "metadata": {}, "items": [event()]}),
        &json!({
            "userIdentity": {
                "type": "WebIdentityUser", "principalId": "u-17", "userName": "eve@example.com",
                "identityProvider": "k8s.io", "onBehalfOf": {"userId": "admin"}, "credentialId": "JTI=1",
            },
            "eventTime": "2026-03-01T08:04:11Z", "eventSource": "k8s.io",
            "eventName": "io.k8s.apps.v1.deployments.create",
            "sourceIPAddress": "203.0.113.9", "userAgent": "kubectl/v1.33",
            "requestParameters": {
                "verb": "create", "requestURI": "/apis/apps/v1/namespaces/shop/deployments?fieldManager=kubectl",
                "apiGroup": "apps", "apiVersion": "v1", "resource": "deployments", "namespace": "shop", "name": "cart",
                "decision": "allow", "requestObject": object, "userGroups": ["devs", "system:authenticated"],
            },
            "responseElements": {"kind": "Deployment", "status": {}},
            "requestID": "0f3c1d6e-8a70-4ad5-9d3c-1b8f1c7f0a11", "readOnly": false,
            "resources": [{"type": "Kubernetes::apps::deployments", "ARN": "apps/v1/namespaces/shop/deployments/cart"}],
        }),
    );
    assert_eq!(original["responseStatus"]["code"], 201);
    assert_eq!(original["requestObject"], object);
}

#[test]
fn what_was_denied_says_why_and_has_no_response() {
    let denied = record(
        Format::Kubernetes,
        &with(&[("responseStatus", json!({"code": 403, "reason": "Forbidden", "message": "eve may not"}))]),
    );
    assert_eq!(denied["errorCode"], "Forbidden");
    assert_eq!(denied["errorMessage"], "eve may not");
    assert_eq!(denied["responseElements"], Value::Null);
    let without_reason = with(&[("responseStatus", json!({"code": 504}))]);
    assert_eq!(record(Format::Kubernetes, &without_reason)["errorCode"], "504");
    assert_eq!(record(Format::Kubernetes, &with(&[("stage", json!("Panic"))]))["errorCode"], "InternalError");
}

#[test]
fn early_stages_are_skipped_and_counted() {
    let body: String = ["RequestReceived", "ResponseStarted", "ResponseComplete"]
        .iter()
        .map(|stage| format!("{}\n", with(&[("stage", json!(stage))])))
        .collect();
    let skipped = Outcome::Skipped(Skip::EarlyStage);
    let outcomes = outcomes(Format::Kubernetes, body.as_bytes());
    assert_eq!((&outcomes[0].1, &outcomes[1].1), (&skipped, &skipped));
    assert!(matches!(outcomes[2].1, Outcome::Record(_)));
}

#[test]
fn contents_of_secrets_and_tokens_are_nowhere_in_the_record() {
    let references = [
        json!({"resource": "secrets", "apiVersion": "v1", "namespace": "shop", "name": "db"}),
        json!({"resource": "serviceaccounts", "subresource": "token", "apiVersion": "v1", "name": "cart"}),
        json!({"resource": "tokenreviews", "apiGroup": "authentication.k8s.io", "apiVersion": "v1"}),
    ];
    let patch = json!([{"op": "replace", "path": "/data/key", "value": "canary"}]);
    let object = json!({"kind": "x", "data": {"key": "canary"}, "spec": {"token": "canary"}});
    for reference in references {
        let members =
            [("objectRef", reference), ("requestObject", patch.clone()), ("responseObject", object.clone())];
        let text = record(Format::Kubernetes, &with(&members)).to_string();
        assert!(!text.contains("canary"), "{text}");
        assert!(text.contains(HIDDEN));
    }
    let list = json!({"kind": "List", "items": [{"kind": "Secret", "stringData": {"a": "canary"}}]});
    let text = record(Format::Kubernetes, &with(&[("objectRef", Value::Null), ("responseObject", list)]))
        .to_string();
    assert!(!text.contains("canary"), "{text}");
}

#[test]
fn names_and_reads_follow_verb_and_resource() {
    for (reference, verb, name, reads) in [
        (json!({"resource": "pods", "apiVersion": "v1"}), "list", "io.k8s.core.v1.pods.list", true),
        (
            json!({"resource": "pods", "subresource": "exec", "apiVersion": "v1"}),
            "get",
            "io.k8s.core.v1.pods.exec.get",
            false,
        ),
        (
            json!({"resource": "clusterrolebindings", "apiGroup": "rbac.authorization.k8s.io", "apiVersion": "v1"}),
            "delete",
            "io.k8s.authorization.rbac.v1.clusterrolebindings.delete",
            false,
        ),
        (
            json!({"resource": "subjectaccessreviews", "apiGroup": "authorization.k8s.io", "apiVersion": "v1"}),
            "create",
            "io.k8s.authorization.v1.subjectaccessreviews.create",
            true,
        ),
        (Value::Null, "get", "io.k8s.get", true),
    ] {
        let record = record(Format::Kubernetes, &with(&[("objectRef", reference), ("verb", json!(verb))]));
        assert_eq!((&record["eventName"], &record["readOnly"]), (&json!(name), &json!(reads)));
    }
}

#[test]
fn nobody_is_anonymous() {
    let record = record(Format::Kubernetes, &with(&[("user", json!({"username": "system:anonymous"}))]));
    assert_eq!(record["userIdentity"]["accountId"], "anonymous");
}

#[test]
fn what_is_no_audit_event_is_refused() {
    assert_eq!(
        refusal(Format::Kubernetes, &json!({"apiVersion": "v1", "kind": "Pod"})),
        Refusal::Not("an audit event of Kubernetes")
    );
    assert_eq!(refusal(Format::Kubernetes, &json!({})), Refusal::Missing("stage"));
    assert_eq!(refusal(Format::Kubernetes, &with(&[("verb", Value::Null)])), Refusal::Missing("verb"));
}
