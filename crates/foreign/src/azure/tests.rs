use crate::tests::{check, record, refusal};
use crate::{Format, Refusal};
use serde_json::{Value, json};

const ID: &str = "/SUBSCRIPTIONS/5F/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/WEB1";

fn claims() -> Value {
    json!({
        "iss": "https://sts.windows.net/72f9/", "appid": "c44b", "uti": "Qx1",
        "http://schemas.microsoft.com/identity/claims/objectidentifier": "9d-object",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "eve@example.com",
    })
}

fn exported() -> Value {
    json!({
        "time": "2026-03-01T08:04:11.1234567Z", "resourceId": ID, "correlationId": "8b-correlation",
        "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE", "category": "Administrative",
        "resultType": "Success", "resultSignature": "Succeeded.Created", "callerIpAddress": "203.0.113.9",
        "identity": {"authorization": {"scope": "/subscriptions/5f", "action": "Microsoft.Compute/virtualMachines/write"}, "claims": claims()},
        "level": "Information", "location": "global",
        "properties": {"statusCode": "Created", "requestbody": "{\"adminPassword\":\"canary\",\"size\":\"B1\"}", "responseBody": "{\"id\":\"web1\"}"},
    })
}

fn listed() -> Value {
    json!({
        "eventDataId": "e-1", "eventTimestamp": "2026-03-01T08:04:11Z", "caller": "eve@example.com", "claims": claims(),
        "operationName": {"value": "Microsoft.Compute/virtualMachines/delete", "localizedValue": "Delete Virtual Machine"},
        "category": {"value": "Administrative", "localizedValue": "Administrative"},
        "resourceId": "/subscriptions/5f/resourceGroups/shop/providers/Microsoft.Compute/virtualMachines/web1",
        "status": {"value": "Failed"}, "subStatus": {"value": "Conflict"}, "correlationId": "8b-correlation",
        "httpRequest": {"clientIpAddress": "203.0.113.9", "method": "DELETE"}, "subscriptionId": "5f",
        "properties": {"statusMessage": "{\"error\":{\"code\":\"ScopeLocked\",\"message\":\"It is locked.\"}}"},
    })
}

#[test]
fn an_exported_event_becomes_a_record() {
    let hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";
    let original = check(
        Format::Azure,
        &json!({"records": [exported()]}),
        &json!({
            "userIdentity": {
                "type": "WebIdentityUser", "principalId": "9d-object", "userName": "eve@example.com",
                "identityProvider": "sts.windows.net/72f9", "credentialId": "Qx1",
            },
            "eventTime": "2026-03-01T08:04:11Z", "eventSource": "microsoft.compute",
            "eventName": "microsoft.compute/virtualmachines/write", "sourceIPAddress": "203.0.113.9",
            "requestParameters": {
                "resourceId": ID, "location": "global", "category": "Administrative", "status": "Success",
                "authorization": {"scope": "/subscriptions/5f", "action": "Microsoft.Compute/virtualMachines/write"},
                "properties": {"statusCode": "Created", "requestbody": {"adminPassword": hidden, "size": "B1"}},
            },
            "responseElements": {"id": "web1"}, "requestID": "8b-correlation", "readOnly": false,
            "resources": [{"type": "Azure::microsoft.compute/virtualmachines", "ARN": ID.to_lowercase()}],
        }),
    );
    assert!(!original.to_string().contains("canary"));
    assert_eq!(original["operationName"], "MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE");
}

#[test]
fn a_listed_event_that_failed_has_the_code_of_the_answer() {
    let record = record(Format::Azure, &json!({"value": [listed()], "nextLink": "x"}));
    assert_eq!(record["eventName"], "microsoft.compute/virtualmachines/delete");
    assert_eq!(
        (&record["errorCode"], &record["errorMessage"]),
        (&json!("ScopeLocked"), &json!("It is locked."))
    );
    assert_eq!(record["requestParameters"]["status"], "Failed");
    assert_eq!(record["requestParameters"]["category"], "Administrative");
    assert_eq!(record["sourceIPAddress"], "203.0.113.9");
    assert_eq!(record["resources"][0]["type"], "Azure::microsoft.compute/virtualmachines");
}

#[test]
fn codes_come_from_wherever_they_are() {
    let failed = |members: Value| {
        let mut event = exported();
        for (name, value) in members.as_object().into_iter().flatten() {
            event[name] = value.clone();
        }
        record(Format::Azure, &event)["errorCode"].clone()
    };
    let nothing = json!({});
    assert_eq!(
        failed(
            json!({"resultType": "Failure", "resultSignature": "Failed.Forbidden", "properties": nothing})
        ),
        "Forbidden"
    );
    assert_eq!(
        failed(json!({"resultType": "Failure", "resultSignature": "", "properties": {"statusCode": 409}})),
        "409"
    );
    assert_eq!(
        failed(json!({"resultType": "Failure", "resultSignature": "", "properties": nothing})),
        "Failure"
    );
    assert_eq!(failed(json!({"resultSignature": "403", "properties": nothing})), "403");
    assert_eq!(failed(json!({"resultType": "Start"})), Value::Null);
}

#[test]
fn logs_of_resources_are_data_events() {
    let record = record(
        Format::Azure,
        &json!({
            "time": "2026-03-01T08:04:11Z", "category": "AuditEvent", "operationName": "SecretGet", "resultType": "Success",
            "resourceId": "/SUBSCRIPTIONS/5F/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/V",
            "identity": {"claim": {"oid": "9d"}}, "callerIpAddress": "203.0.113.9:5512",
        }),
    );
    assert_eq!(
        (&record["eventSource"], &record["eventName"]),
        (&json!("microsoft.keyvault"), &json!("secretget"))
    );
    assert_eq!(
        (&record["eventCategory"], &record["sourceIPAddress"]),
        (&json!("Data"), &json!("203.0.113.9"))
    );
}

#[test]
fn what_azure_did_itself_is_told_of_a_service() {
    let mut event = listed();
    event["caller"] = json!("Microsoft.Insights/autoscaleSettings");
    let record = record(Format::Azure, &event);
    assert_eq!(
        record["userIdentity"],
        json!({"type": "AWSService", "invokedBy": "Microsoft.Insights/autoscaleSettings"})
    );
}

#[test]
fn an_event_without_operation_or_time_is_refused() {
    assert_eq!(
        refusal(Format::Azure, &json!({"time": "2026-03-01T08:04:11Z"})),
        Refusal::Missing("operationName")
    );
    assert_eq!(
        refusal(Format::Azure, &json!({"operationName": "a/b", "time": "now"})),
        Refusal::Missing("time")
    );
}
