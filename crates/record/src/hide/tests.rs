use super::{HIDDEN, Hiding, hide};
use serde_json::{Value, json};

fn check(mut value: Value, expected: Value) {
    let written = serde_json::to_string(&Hiding { value: &value, kept: &[] }).unwrap();
    assert_eq!(written, expected.to_string());
    hide(&mut value, &[]);
    assert_eq!(value, expected);
}

#[test]
fn secrets_are_hidden_at_any_depth_whatever_their_type() {
    check(
        json!({"a": [{"Password": 7, "newPassword": {"x": 1}}], "clientSecret": "s", "private-key": "k", "sessionToken": "t"}),
        json!({
            "a": [{"Password": HIDDEN, "newPassword": HIDDEN}],
            "clientSecret": HIDDEN, "private-key": HIDDEN, "sessionToken": HIDDEN,
        }),
    );
    check(
        json!({"credentials": {"accessKeyId": "AKIA", "secretAccessKey": "s"}}),
        json!({"credentials": {"accessKeyId": "AKIA"}}),
    );
}

#[test]
fn what_only_sounds_secret_stays() {
    let plain = json!({
        "secretId": "s", "nextToken": "n", "continuation-token": "c", "tokenType": "t", "password": null,
        "clientRequestToken": "r", "generateSecret": true, "lockToken": "l",
        "masterUserSecret": {"secretArn": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:s"},
    });
    check(plain.clone(), plain);
}

#[test]
fn texts_that_are_json_are_looked_into_but_policies_are_not() {
    check(
        json!({"a": "{\"x\":[{\"password\":\"s\"}]}", "b": "{\"x\":1}"}),
        json!({"a": HIDDEN, "b": "{\"x\":1}"}),
    );
    let policy =
        json!({"policyDocument": "{\"Condition\":{\"StringEquals\":{\"aws:SecurityToken\":\"t\"}}}"});
    check(policy.clone(), policy);
    check(
        json!({"passwordPolicy": {"oldPassword": "s"}}),
        json!({"passwordPolicy": {"oldPassword": HIDDEN}}),
    );
}

#[test]
fn what_signs_a_url_is_hidden_in_any_text() {
    check(
        json!({"copySource": "b/k?versionId=1&X-Amz-Signature=5f", "templateURL": ["https://b/t?X-Amz-Security-Token=t&a=1"],
            "deep": "{\"url\":\"https://u:p@h/?sig=5f\"}", "location": "https://ann:p@github.com/a"}),
        json!({
            "copySource": format!("b/k?versionId=1&X-Amz-Signature={HIDDEN}"),
            "templateURL": [format!("https://b/t?X-Amz-Security-Token={HIDDEN}&a=1")],
            "deep": HIDDEN, "location": format!("https://ann:{HIDDEN}@github.com/a"),
        }),
    );
}

#[test]
fn keys_of_apis_and_of_sse_c_are_secret() {
    check(
        json!({"api_key": "k", "X-Amz-Server-Side-Encryption-Customer-Key": "k", "keyId": "k"}),
        json!({"api_key": HIDDEN, "X-Amz-Server-Side-Encryption-Customer-Key": HIDDEN, "keyId": "k"}),
    );
}

#[test]
fn what_a_service_shows_is_kept() {
    let mut value = json!({"credentials": {"sessionToken": "t"}, "password": "p"});
    hide(&mut value, &["sessiontoken"]);
    assert_eq!(value, json!({"credentials": {"sessionToken": "t"}, "password": HIDDEN}));
}
