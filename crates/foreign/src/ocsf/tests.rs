use crate::tests::{ACCOUNT, check, record, refusal};
use crate::{Format, Refusal};
use serde_json::{Value, json};

fn event() -> Value {
    json!({
        "class_uid": 6003, "class_name": "API Activity", "activity_id": 1, "time": 1_772_352_251_500u64, "status_id": 1,
        "metadata": {"version": "1.5.0", "uid": "ev-1", "product": {"name": "Billing", "vendor_name": "Acme"}},
        "actor": {"user": {"name": "eve", "uid": "u-17", "credential_uid": "key-1"}, "idp": {"name": "login.acme.example"}},
        "api": {
            "operation": "CreateInvoice", "service": {"name": "billing.acme.example"}, "request": {"uid": "R1", "data": {"customer": "c-1"}},
            "response": {"code": 201, "data": {"invoice": "i-1"}},
        },
        "src_endpoint": {"ip": "203.0.113.9"}, "http_request": {"user_agent": "curl/8"},
        "resources": [{"uid": "i-1", "type": "Invoice"}],
    })
}

fn cloudtrail() -> Value {
    json!({
        "class_uid": 6003, "activity_id": 1, "time": 1_772_352_251_000u64, "status_id": 2, "status": "Failure",
        "metadata": {
            "version": "1.1.0", "uid": "7b1f6c1e-0000-4000-8000-000000000001", "event_code": "AwsApiCall",
            "product": {"name": "CloudTrail", "vendor_name": "AWS", "version": "1.11"},
        },
        "actor": {
            "user": {
                "type": "AssumedRole", "uid": "arn:aws:sts::111122223333:assumed-role/Deployer/deploy", "uid_alt": "AROA1:deploy",
                "account": {"uid": "111122223333"}, "credential_uid": "ASIA1",
            },
            "session": {"issuer": "arn:aws:iam::111122223333:role/Deployer", "created_time": 1_772_352_000_000u64, "is_mfa": false},
        },
        "api": {
            "operation": "CreateBucket", "service": {"name": "s3.amazonaws.com"},
            "request": {"uid": "R1", "data": "{\"bucketName\":\"acme-raw\"}"},
            "response": {"error": "AccessDenied", "message": "Access Denied", "data": null},
        },
        "cloud": {"provider": "AWS", "region": "us-west-2"}, "src_endpoint": {"ip": "203.0.113.9"}, "http_request": {"user_agent": "aws-cli"},
        "resources": [{"uid": "arn:aws:s3:::acme-raw", "type": "AWS::S3::Bucket", "owner": {"account": {"uid": "111122223333"}}}],
        "unmapped": {"recipientAccountId": "111122223333", "readOnly": "false", "managementEvent": "true"},
    })
}

#[test]
fn an_activity_becomes_a_record() {
    check(
        Format::Ocsf,
        &json!([event()]),
        &json!({
            "userIdentity": {
                "type": "WebIdentityUser", "principalId": "u-17", "userName": "eve", "identityProvider": "login.acme.example",
                "accessKeyId": "key-1",
            },
            "eventTime": "2026-03-01T08:04:11Z", "eventSource": "billing.acme.example", "eventName": "CreateInvoice",
            "sourceIPAddress": "203.0.113.9", "userAgent": "curl/8", "requestParameters": {"customer": "c-1"},
            "responseElements": {"invoice": "i-1"}, "requestID": "R1", "readOnly": false,
            "resources": [{"type": "Invoice", "ARN": "i-1"}],
        }),
    );
}

#[test]
fn what_was_an_event_of_cloudtrail_is_that_event_again() {
    check(
        Format::Ocsf,
        &cloudtrail(),
        &json!({
            "userIdentity": {
                "type": "AssumedRole", "principalId": "AROA1:deploy", "arn": "arn:aws:sts::111122223333:assumed-role/Deployer/deploy",
                "accountId": ACCOUNT, "accessKeyId": "ASIA1",
                "sessionContext": {
                    "sessionIssuer": {
                        "type": "Role", "arn": "arn:aws:iam::111122223333:role/Deployer", "accountId": ACCOUNT, "userName": "Deployer",
                    },
                    "attributes": {"creationDate": "2026-03-01T08:00:00Z", "mfaAuthenticated": "false"},
                },
            },
            "eventTime": "2026-03-01T08:04:11Z", "eventSource": "s3.amazonaws.com", "eventName": "CreateBucket", "awsRegion": "us-west-2",
            "sourceIPAddress": "203.0.113.9", "userAgent": "aws-cli", "errorCode": "AccessDenied", "errorMessage": "Access Denied",
            "requestParameters": {"bucketName": "acme-raw"}, "requestID": "R1", "readOnly": false,
            "resources": [{"accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::acme-raw"}],
        }),
    );
    assert_eq!(record(Format::Ocsf, &cloudtrail())["eventID"], "7b1f6c1e-0000-4000-8000-000000000001");
}

#[test]
fn older_names_are_known_too() {
    let mut event = cloudtrail();
    event["class_uid"] = json!(3001);
    event["actor"]["user"] = json!({"type": "IAMUser", "name": "eve", "uid": "AIDA1", "uuid": "arn:aws:iam::111122223333:user/eve", "account_uid": ACCOUNT});
    event["unmapped"] = json!({"eventCategory": "Data"});
    let record = record(Format::Ocsf, &event);
    assert_eq!(record["userIdentity"]["principalId"], "AIDA1");
    assert_eq!(record["userIdentity"]["arn"], "arn:aws:iam::111122223333:user/eve");
    assert_eq!((&record["eventCategory"], &record["managementEvent"]), (&json!("Data"), &json!(false)));
}

#[test]
fn a_failure_has_a_code_in_any_case() {
    let failed = |name: &str, value: Value| {
        let mut event = event();
        event["status_id"] = json!(2);
        event["api"]["response"] = json!({});
        event[name] = value;
        record(Format::Ocsf, &event)["errorCode"].clone()
    };
    assert_eq!(failed("status_code", json!(409)), "409");
    assert_eq!(failed("status_detail", json!("no")), "Failure");
}

#[test]
fn other_classes_are_refused() {
    let refused = Refusal::Not("API Activity of OCSF (class_uid 6003)");
    assert_eq!(refusal(Format::Ocsf, &json!({"class_uid": 4001, "time": 1})), refused);
    assert_eq!(refusal(Format::Ocsf, &json!({"class_uid": 6003})), Refusal::Missing("api.operation"));
}
