//! Members that are secret though the models do not mark them.

/// Ends of the names of such members, in lower case. When in doubt, it is one: what reaches the log stays there.
const ENDS: [&str; 21] = [
    "accesstoken",
    "apikey",
    "authtoken",
    "bearertoken",
    "credential",
    "idtoken",
    "keymaterial",
    "passphrase",
    "password",
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
    "webidentitytoken",
];

/// Members whose names only look like it: service, and name.
const EXCEPTIONS: [(&str, &str); 7] = [
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

/// Whether a member that holds text or bytes is secret by its name, whatever the model says of it.
pub(crate) fn is_secret(service: &str, member: &str) -> bool {
    let ends_so = |end: &str| {
        let start = member.len().checked_sub(end.len());
        start.and_then(|start| member.get(start..)).is_some_and(|found| found.eq_ignore_ascii_case(end))
    };
    ENDS.iter().any(|end| ends_so(end)) && !EXCEPTIONS.contains(&(service, member))
}

#[cfg(test)]
mod tests;
