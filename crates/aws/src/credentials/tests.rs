#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use super::Credentials;
use std::time::SystemTime;

#[tokio::test]
async fn given_keys_are_the_ones_that_sign() {
    let given = Credentials::fixed("AKIDEXAMPLE", "secret", Some("token".to_owned()));
    let keys = given.current(SystemTime::UNIX_EPOCH).await.unwrap().unwrap();
    assert_eq!(keys.access_key_id(), "AKIDEXAMPLE");
    assert_eq!(keys.session_token(), Some("token"));
    assert!(Credentials::anonymous().current(SystemTime::UNIX_EPOCH).await.unwrap().is_none());
}

#[test]
fn no_secret_is_shown() {
    let shown = format!("{:?}", Credentials::fixed("AKIDEXAMPLE", "hidden", Some("hidden".to_owned())));
    assert_eq!(shown, "Credentials(AKIDEXAMPLE)");
}
