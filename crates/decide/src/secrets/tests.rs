#![allow(clippy::unwrap_used, reason = "tests")]

use super::{HIDDEN, hide};
use proptest::prelude::*;
use serde_json::{Value, json};

fn check(mut value: Value, expected: Value) {
    hide(&mut value);
    assert_eq!(value, expected);
}

#[test]
fn secrets_are_hidden_at_any_depth_whatever_their_type() {
    check(
        json!({"a": [{"Password": 7, "newPassword": {"x": 1}}], "clientSecret": "s", "private-key": "k", "sessionToken": "t",
            "passwords": ["p", "q"], "authorization_code": "c", "Otp": "123456", "connectionString": "Server=s;Password=p",
            "x-api-key": "k", "X-Amz-Server-Side-Encryption-Customer-Key": "k"}),
        json!({
            "a": [{"Password": HIDDEN, "newPassword": HIDDEN}],
            "clientSecret": HIDDEN, "private-key": HIDDEN, "sessionToken": HIDDEN,
            "passwords": HIDDEN, "authorization_code": HIDDEN, "Otp": HIDDEN, "connectionString": HIDDEN,
            "x-api-key": HIDDEN, "X-Amz-Server-Side-Encryption-Customer-Key": HIDDEN,
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
        "secretId": "s", "nextToken": "n", "continuation-token": "c", "tokenType": "t", "maxTokens": 7, "password": null, "generateSecret": true,
        "clientRequestToken": "r", "authorization": {"action": "read"}, "text": "a=b, c = d", "broken": "{\"password\":",
        "uri": "/api/v1/pods?limit=5&continue=x", "name": "LOG_LEVEL", "value": "debug",
    });
    check(plain.clone(), plain);
}

#[test]
fn a_value_beside_the_name_of_a_secret_is_hidden() {
    check(
        json!([
            {"name": "DB_PASSWORD", "value": "p"},
            {"key": "http.request.header.x-api-key", "value": {"stringValue": "k"}},
            {"op": "replace", "path": "/data/clientSecret", "value": "s"},
        ]),
        json!([
            {"name": "DB_PASSWORD", "value": HIDDEN},
            {"key": "http.request.header.x-api-key", "value": HIDDEN},
            {"op": "replace", "path": "/data/clientSecret", "value": HIDDEN},
        ]),
    );
}

#[test]
fn headers_that_carry_secrets_are_hidden() {
    check(
        json!({"http.request.header.authorization": ["Bearer x"], "Set-Cookie": "y"}),
        json!({"http.request.header.authorization": HIDDEN, "Set-Cookie": HIDDEN}),
    );
}

#[test]
fn secrets_in_queries_are_hidden_and_the_rest_stays() {
    check(
        json!("https://a.example/x?sv=1&sig=abc%3D&se=2#token=t"),
        json!(format!("https://a.example/x?sv=1&sig={HIDDEN}&se=2#token={HIDDEN}")),
    );
    check(json!("access_token=x&a=1"), json!(format!("access_token={HIDDEN}&a=1")));
}

#[test]
fn what_signs_a_url_is_hidden_wherever_the_url_stands() {
    let check = |text: &str, expected: &str| check(json!(text), json!(expected.replace('*', HIDDEN)));
    check(
        "see https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIA%2F2026&X-Amz-Date=20260101T000000Z&X-Amz-Security-Token=t&X-Amz-Signature=5f",
        "see https://b.s3.amazonaws.com/k?X-Amz-Credential=*&X-Amz-Date=20260101T000000Z&X-Amz-Security-Token=*&X-Amz-Signature=*",
    );
    check(
        "b/k?AWSAccessKeyId=AKIA&Signature=5f%3D&Expires=1",
        "b/k?AWSAccessKeyId=AKIA&Signature=*&Expires=1",
    );
    check(
        "https://a.blob.core.windows.net/c?sv=1&sig=ab%3D&sp=r",
        "https://a.blob.core.windows.net/c?sv=1&sig=*&sp=r",
    );
    check(
        "https://storage.googleapis.com/b/k?X-Goog-Signature=5f",
        "https://storage.googleapis.com/b/k?X-Goog-Signature=*",
    );
    let within = "https://h/?next=https%3A%2F%2Fb%2Fk%3Fa%3D1%26sig%3D5f%26X-Amz-Signature%3d6f%26z%3d1&b=2";
    check(within, "https://h/?next=https%3A%2F%2Fb%2Fk%3Fa%3D1%26sig%3D*%26X-Amz-Signature%3d*%26z%3d1&b=2");
    check("[no JSON: https://h/?sig=5f", "[no JSON: https://h/?sig=*");
    check("filter=password=p&x=1", "filter=password=*&x=1");
}

#[test]
fn passwords_before_a_host_are_hidden_and_names_stay() {
    let check = |text: &str, expected: &str| check(json!(text), json!(expected.replace('*', HIDDEN)));
    check("mongodb://ann:p@ss@db/x and amqp://:q@h", "mongodb://ann:*@db/x and amqp://:*@h");
    check("https://ghp_0123456789abcdef@github.com/a/b", "https://*@github.com/a/b");
    for plain in
        ["ssh://git@github.com/a", "https://h/a:b@c", "arn:aws:iam::1:user/a@b", "https://h:80/", "x://a:@h"]
    {
        check(plain, plain);
    }
}

#[test]
fn secrets_in_json_that_is_text_are_hidden() {
    let inner = json!({"deep": json!({"password": "p"}).to_string(), "n": 1}).to_string();
    let expected = json!({"deep": json!({"password": HIDDEN}).to_string(), "n": 1}).to_string();
    check(json!({"body": inner}), json!({"body": expected}));
}

proptest! {
    #[test]
    fn any_text_is_taken_and_hiding_twice_changes_nothing(text in ".*|[a-z?&=;#]{0,40}|(sig|token|a|=|%3D|%3d|%26|&|%|\\?|://|:|@|é| ){0,20}|\\{\"token\":\"[a-z=&]{0,9}\"\\}") {
        let mut once = json!({"text": text});
        hide(&mut once);
        let mut twice = once.clone();
        hide(&mut twice);
        prop_assert_eq!(once, twice);
    }
}
