#![allow(clippy::unwrap_used, reason = "tests")]

use super::parse;

#[test]
fn identities_are_told_by_key() {
    let text = r#"{"AKIAONE": {"type": "IAMUser", "accountId": "111122223333", "userName": "ann"},
        "AKIATWO": {"type": "AWSService", "invokedBy": "backup.example"}}"#;
    let identities = parse(text).unwrap();
    assert_eq!(identities["AKIAONE"].account(), Some("111122223333".parse().unwrap()));
    assert_eq!(identities["AKIATWO"].account(), None);
}

#[test]
fn what_is_no_identity_is_pointed_at_by_its_key() {
    let check = |text: &str, message: &str| {
        let refused = parse(text).unwrap_err();
        assert!(refused.contains(message), "{refused}");
    };
    check("[]", "not a JSON object");
    check(r#"{"AKIAONE": {"userName": "ann"}}"#, "the identity of AKIAONE: `type`");
    check(r#"{"AKIAONE": {"type": "IAMUser", "accountId": "7"}}"#, "12 digits");
    check(r#"{"AKIAONE": "ann"}"#, "the identity of AKIAONE");
}
