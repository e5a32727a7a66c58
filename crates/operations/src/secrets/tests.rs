use super::*;

#[test]
fn members_that_end_like_secrets_are_secret() {
    for name in [
        "Password",
        "Passwords",
        "MasterUserPassword",
        "secretAccessKey",
        "PrivateKey",
        "Plaintext",
        "clientSecret",
        "cak",
        "authKey",
        "authCode",
        "Otp",
        "VerificationCode",
        "DeviceToken",
        "ConnectionString",
        "PreSignedUrl",
    ] {
        assert!(is_secret("any", name), "{name}");
    }
    for name in
        ["PasswordResetRequired", "NextToken", "SecretId", "KeyId", "ckn", "authCodeUrl", "otpType", "", "é"]
    {
        assert!(!is_secret("any", name), "{name}");
    }
}

#[test]
fn exceptions_hold_for_their_service_only() {
    assert!(!is_secret("sts", "SessionToken"));
    assert!(is_secret("lakeformation", "SessionToken"));
    assert!(!is_secret("ec2", "PublicKeyMaterial"));
    assert!(!is_secret("apigateway", "apiKey") && is_secret("appflow", "apiKey"));
}

#[test]
fn exceptions_are_needed_and_name_services() {
    for (service, member) in EXCEPTIONS {
        assert!(crate::service(service).is_some(), "{service} is no service");
        assert!(is_secret("any", member), "{member} needs no exception");
    }
}
