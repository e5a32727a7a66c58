//! Members that are secret though the models do not mark them.

/// Ends of the names of such members, in lower case. When in doubt, it is one: what reaches the log stays there.
/// URLs are among them that open what they name to whoever has them.
const ENDS: [&str; 55] = [
    "acceptcode",
    "accesstoken",
    "activationcode",
    "apikey",
    "apikeyvalue",
    "appkey",
    "appskey",
    "authcode",
    "authkey",
    "authorizationcode",
    "authorizedurl",
    "authtoken",
    "bearertoken",
    "cak",
    "challengecode",
    "codeverifier",
    "confirmationcode",
    "connectionstring",
    "contextassertion",
    "credential",
    "devicecode",
    "devicetoken",
    "idtoken",
    "invitationurl",
    "invitecode",
    "keymaterial",
    "nwkkey",
    "nwksenckey",
    "nwksintkey",
    "nwkskey",
    "otp",
    "passphrase",
    "password",
    "passwords",
    "passwordverifier",
    "personalpin",
    "plaintext",
    "presharedkey",
    "privatekey",
    "refreshtoken",
    "samlassertion",
    "secret",
    "secretaccesskey",
    "secretbinary",
    "secretkey",
    "secretstring",
    "sessiontoken",
    "signedurl",
    "statickeyvalue",
    "tokenvalue",
    "uploadurl",
    "usercode",
    "verificationcode",
    "webhookurl",
    "webidentitytoken",
];

/// Members whose names only look like it: service, and name.
const EXCEPTIONS: [(&str, &str); 8] = [
    // The id of a key, by which it is managed.
    ("apigateway", "apiKey"),
    ("ec2", "PublicKeyMaterial"),
    ("ivs", "publicKeyMaterial"),
    ("ivs-realtime", "publicKeyMaterial"),
    ("kms", "EncryptedKeyMaterial"),
    // CloudTrail records it, and without its secret key it opens nothing.
    ("sts", "SessionToken"),
    ("sts", "SubjectFromWebIdentityToken"),
    // The session of a sync, not of a caller.
    ("cognito-sync", "SyncSessionToken"),
];

/// Whether a member that holds text or bytes, or a list of them, is secret by its name, whatever the model says of it.
pub(crate) fn is_secret(service: &str, member: &str) -> bool {
    let ends_so = |end: &str| {
        let start = member.len().checked_sub(end.len());
        start.and_then(|start| member.get(start..)).is_some_and(|found| found.eq_ignore_ascii_case(end))
    };
    ENDS.iter().any(|end| ends_so(end)) && !EXCEPTIONS.contains(&(service, member))
}

#[cfg(test)]
mod tests;
