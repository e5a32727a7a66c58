use super::*;

#[test]
fn exceptions_are_sorted_and_needed() {
    assert!(OTHERS.is_sorted());
    for name in OTHERS {
        assert!(!PREFIXES.iter().any(|prefix| name.starts_with(prefix)), "{name} has a prefix that says so");
    }
}

#[test]
fn reads_keys_and_credentials_change_nothing() {
    for name in
        ["GetObject", "ListObjects", "HeadBucket", "AssumeRoleWithSAML", "Decrypt", "GenerateDataKeyPair"]
    {
        assert!(is_read_only(name), "{name}");
    }
    for name in ["PutObject", "CreateUser", "Invoke", "Publish", "StartQuery", "SendMessage", "Signup", ""] {
        assert!(!is_read_only(name), "{name}");
    }
}
