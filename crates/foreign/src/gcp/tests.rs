use crate::tests::{check, record, refusal};
use crate::{Format, Refusal};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

fn entry() -> Value {
    json!({
        "insertId": "1x9k", "logName": "projects/acme/logs/cloudaudit.googleapis.com%2Factivity",
        "timestamp": "2026-03-01T08:04:11.123456789Z", "receiveTimestamp": "2026-03-01T08:04:12Z", "severity": "NOTICE",
        "resource": {"type": "service_account", "labels": {"project_id": "acme", "email_id": "ci@acme.iam.gserviceaccount.com"}},
        "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "serviceName": "iam.googleapis.com", "methodName": "google.iam.admin.v1.CreateServiceAccountKey",
            "resourceName": "projects/-/serviceAccounts/117",
            "authenticationInfo": {
                "principalEmail": "deployer@acme.iam.gserviceaccount.com",
                "principalSubject": "serviceAccount:deployer@acme.iam.gserviceaccount.com",
                "serviceAccountKeyName": "//iam.googleapis.com/projects/acme/serviceAccounts/deployer/keys/ab12",
                "serviceAccountDelegationInfo": [{"firstPartyPrincipal": {"principalEmail": "eve@example.com"}}],
            },
            "authorizationInfo": [{"permission": "iam.serviceAccountKeys.create", "granted": true, "permissionType": "ADMIN_WRITE"}],
            "requestMetadata": {"callerIp": "203.0.113.9", "callerSuppliedUserAgent": "gcloud/500"},
            "request": {"name": "projects/-/serviceAccounts/117", "keyAlgorithm": 2},
            "response": {"name": "projects/acme/serviceAccounts/117/keys/cd34", "private_key": "canary"},
        },
    })
}

fn with(members: &[(&str, Value)]) -> Value {
    let mut entry = entry();
    for (pointer, value) in members {
        let (holder, name) = pointer.rsplit_once('/').unwrap_or_default();
        entry.pointer_mut(holder).expect("the holder is there")[name] = value.clone();
    }
    entry
}

#[test]
fn an_entry_becomes_a_record() {
    let original = check(
        Format::Gcp,
        &entry(),
        &json!({
            "userIdentity": {
                "type": "WebIdentityUser", "principalId": "serviceAccount:deployer@acme.iam.gserviceaccount.com",
                "userName": "deployer@acme.iam.gserviceaccount.com", "identityProvider": "accounts.google.com",
                "accessKeyId": "ab12", "sessionContext": {"sourceIdentity": "eve@example.com"},
            },
            "eventTime": "2026-03-01T08:04:11Z", "eventSource": "iam.googleapis.com",
            "eventName": "google.iam.admin.v1.CreateServiceAccountKey",
            "sourceIPAddress": "203.0.113.9", "userAgent": "gcloud/500",
            "requestParameters": {
                "resourceName": "projects/-/serviceAccounts/117",
                "request": {"name": "projects/-/serviceAccounts/117", "keyAlgorithm": 2},
                "resourceType": "service_account",
                "resourceLabels": {"project_id": "acme", "email_id": "ci@acme.iam.gserviceaccount.com"},
                "authorizationInfo": [{"permission": "iam.serviceAccountKeys.create", "granted": true, "permissionType": "ADMIN_WRITE"}],
                "logName": "projects/acme/logs/cloudaudit.googleapis.com%2Factivity",
            },
            "responseElements": {
                "name": "projects/acme/serviceAccounts/117/keys/cd34", "private_key": "HIDDEN_DUE_TO_SECURITY_REASONS",
            },
            "requestID": "1x9k", "readOnly": false,
            "resources": [{"type": "GCP::service_account", "ARN": "//iam.googleapis.com/projects/-/serviceAccounts/117"}],
        }),
    );
    assert!(!original.to_string().contains("canary"));
    assert_eq!(original["timestamp"], "2026-03-01T08:04:11.123456789Z");
}

#[test]
fn a_message_of_pub_sub_holds_the_same_entry() {
    let data = STANDARD.encode(entry().to_string());
    let push = json!({"message": {"data": data, "messageId": "1"}, "subscription": "projects/acme/subscriptions/cairn"});
    let pulled = json!({"receivedMessages": [{"ackId": "a", "message": {"data": data}}]});
    assert_eq!(record(Format::Gcp, &push), record(Format::Gcp, &entry()));
    assert_eq!(record(Format::Gcp, &pulled), record(Format::Gcp, &json!({"entries": [entry()]})));
    assert_eq!(refusal(Format::Gcp, &json!({"message": {"data": "%"}})), Refusal::Missing("message.data"));
}

#[test]
fn data_access_is_data_unless_it_is_of_configuration() {
    let log = json!("projects/acme/logs/cloudaudit.googleapis.com%2Fdata_access");
    let reads = |kind: &str| {
        let checks = json!([{"permission": "p", "permissionType": kind}]);
        let entry = with(&[("/logName", log.clone()), ("/protoPayload/authorizationInfo", checks)]);
        let record = record(Format::Gcp, &entry);
        (record["eventCategory"].clone(), record["managementEvent"].clone(), record["readOnly"].clone())
    };
    assert_eq!(reads("DATA_READ"), (json!("Data"), json!(false), json!(true)));
    assert_eq!(reads("DATA_WRITE"), (json!("Data"), json!(false), json!(false)));
    assert_eq!(reads("ADMIN_READ"), (json!("Management"), json!(true), json!(true)));
    let untold = with(&[
        ("/protoPayload/authorizationInfo", json!([])),
        ("/protoPayload/methodName", json!("storage.objects.get")),
    ]);
    assert_eq!(record(Format::Gcp, &untold)["readOnly"], true);
}

#[test]
fn a_failure_has_the_name_of_its_code() {
    let status = json!({"code": 7, "message": "denied"});
    let denied = record(Format::Gcp, &with(&[("/protoPayload/status", status)]));
    assert_eq!(
        (&denied["errorCode"], &denied["errorMessage"]),
        (&json!("PERMISSION_DENIED"), &json!("denied"))
    );
    assert_eq!(denied["responseElements"], Value::Null);
    let unknown = record(Format::Gcp, &with(&[("/protoPayload/status", json!({"code": 99}))]));
    assert_eq!(unknown["errorCode"], "99");
    let fine = record(Format::Gcp, &with(&[("/protoPayload/status", json!({"code": 0}))]));
    assert_eq!(fine.get("errorCode"), None);
}

#[test]
fn what_google_did_itself_is_told_of_a_service() {
    let record = record(
        Format::Gcp,
        &with(&[
            ("/logName", json!("projects/acme/logs/cloudaudit.googleapis.com%2Fsystem_event")),
            ("/protoPayload/authenticationInfo", json!({})),
            ("/protoPayload/requestMetadata", json!({})),
        ]),
    );
    assert_eq!(record["userIdentity"], json!({"type": "AWSService", "invokedBy": "iam.googleapis.com"}));
    assert_eq!(record["sourceIPAddress"], "iam.googleapis.com");
}

#[test]
fn what_is_no_audit_log_is_refused() {
    assert_eq!(
        refusal(Format::Gcp, &json!({"textPayload": "x"})),
        Refusal::Not("an entry of Cloud Audit Logs")
    );
    assert_eq!(
        refusal(Format::Gcp, &with(&[("/protoPayload/methodName", json!(""))])),
        Refusal::Missing("methodName")
    );
}
