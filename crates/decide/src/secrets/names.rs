//! Names of secrets.

/// Whether what bears this name is secret. Judged by the end of the name, so that `secretId` and `tokenType`
/// are no secrets. Tokens that turn pages or make a call repeatable are none either, and look-ups go by them.
pub fn is_secret(name: &str) -> bool {
    const ENDS: [&str; 28] = [
        "secret",
        "secretstring",
        "secretbinary",
        "secretkey",
        "secretvalue",
        "accountkey",
        "password",
        "passwords",
        "passphrase",
        "passcode",
        "privatekey",
        "apikey",
        "apikeyvalue",
        "authkey",
        // Of SSE-C.
        "customerkey",
        "credential",
        "token",
        "tokenvalue",
        "signature",
        "connectionstring",
        // What is typed in, or exchanged for a token, once.
        "activationcode",
        "authcode",
        "authorizationcode",
        "confirmationcode",
        "devicecode",
        "otp",
        "verificationcode",
        // The annotation in which kubectl keeps the whole object.
        "lastappliedconfiguration",
    ];
    const HARMLESS: [&str; 16] = [
        "changetoken",
        "clientrequesttoken",
        "clienttoken",
        "continuationtoken",
        "creationtoken",
        "creatorrequesttoken",
        "idempotencytoken",
        "locktoken",
        "masterusersecret",
        "nextbackwardtoken",
        "nextforwardtoken",
        "nexttoken",
        "pagetoken",
        "paginationtoken",
        "sequencetoken",
        "webidentitytokensubject",
    ];
    let name = plain(name);
    ends_with_any(&name, &ENDS) && !ends_with_any(&name, &HARMLESS)
}

/// Looks at the last letter first: this is asked of every member of every event.
fn ends_with_any(name: &str, ends: &[&str]) -> bool {
    let last = name.as_bytes().last();
    ends.iter().any(|end| end.as_bytes().last() == last && name.ends_with(end))
}

/// Whether a member goes with its name.
pub(super) fn is_dropped(name: &str) -> bool {
    plain(name) == "secretaccesskey"
}

/// Whether a text, or a list of them, that bears this name is secret: an object of this name is none, as
/// Azure's `authorization` tells what was allowed.
pub(super) fn is_secret_header(name: &str) -> bool {
    let name = plain(name);
    name.ends_with("authorization") || name.ends_with("cookie")
}

/// Whether a value in a URL's query is secret: `sig` is Azure's signature.
pub(super) fn is_secret_in_query(name: &str) -> bool {
    is_secret(name) || plain(name) == "sig"
}

/// Letters and digits only, in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}
