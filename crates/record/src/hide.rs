//! Secrets stay out of events. A secret that reaches the log is a defect that no deletion mends, so this
//! is done once, for every call, at the last step.

use serde_json::Value;

/// What stands in place of a secret, whatever its type was.
pub const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Hides the members whose names say that they are secret, at any depth; `secretAccessKey` goes altogether.
pub(crate) fn hide(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| plain(name) != "secretaccesskey");
            for (name, value) in members.iter_mut() {
                if value.is_null() {
                    continue;
                }
                if is_secret(&plain(name)) {
                    *value = Value::from(HIDDEN);
                } else {
                    hide(value);
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(hide),
        _ => {}
    }
}

/// Letters and digits only, in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Judged by the end of the name: `secretId` and `tokenType` are no secrets. Tokens that turn pages or make a
/// call repeatable are none either, and look-ups go by them.
fn is_secret(name: &str) -> bool {
    const ENDS: [&str; 12] = [
        "secret",
        "secretstring",
        "secretbinary",
        "secretkey",
        "secretvalue",
        "password",
        "passphrase",
        "passcode",
        "privatekey",
        "credential",
        "token",
        "signature",
    ];
    const HARMLESS_TOKENS: [&str; 7] = [
        "nexttoken",
        "continuationtoken",
        "paginationtoken",
        "pagetoken",
        "clienttoken",
        "clientrequesttoken",
        "idempotencytoken",
    ];
    ENDS.iter().any(|end| name.ends_with(end)) && !HARMLESS_TOKENS.iter().any(|token| name.ends_with(token))
}

#[cfg(test)]
mod tests {
    use super::hide;
    use serde_json::{Value, json};

    fn check(mut value: Value, expected: Value) {
        hide(&mut value);
        assert_eq!(value, expected);
    }

    #[test]
    fn secrets_are_hidden_at_any_depth_whatever_their_type() {
        check(
            json!({"a": [{"Password": 7, "newPassword": {"x": 1}}], "clientSecret": "s", "private-key": "k", "sessionToken": "t"}),
            json!({
                "a": [{"Password": super::HIDDEN, "newPassword": super::HIDDEN}],
                "clientSecret": super::HIDDEN, "private-key": super::HIDDEN, "sessionToken": super::HIDDEN,
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
            "clientRequestToken": "r",
        });
        check(plain.clone(), plain);
    }
}
