#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use cairn_model::{AccountId, Change, Grants, Role};
use std::collections::BTreeMap;

const POLICY: &str = r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;

fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

fn session() -> Session {
    Session {
        access_key_id: String::new(),
        account: account(),
        holder: SessionHolder::User { user: Some("ann".to_owned()) },
        created: Timestamp::from_seconds(100),
        expires: Timestamp::from_seconds(1000),
        mfa: false,
        source_identity: None,
    }
}

fn long_term(status: KeyStatus) -> AccessKey {
    AccessKey {
        access_key_id: "AKIAONE".to_owned(),
        account: account(),
        user: Some("ann".to_owned()),
        sealed_secret: Vec::new(),
        token_sha256: None,
        ingest_only: false,
        any_account: false,
        operator: false,
        status,
        created: Timestamp::from_seconds(1),
    }
}

fn temporaries(key: u8) -> Temporaries {
    Temporaries::new(Arc::new(Seal::new(&[key; 32])))
}

#[test]
fn a_token_says_everything_even_after_a_restart() {
    let issued = temporaries(7).issue(session(), Some(POLICY.to_owned()), None).unwrap();
    assert!(issued.access_key_id.starts_with("ASIA") && issued.access_key_id.len() == 20);
    let restarted = temporaries(7);
    let opened = restarted.open(&issued.access_key_id, &issued.token).unwrap();
    assert_eq!(opened.session, Session { access_key_id: issued.access_key_id.clone(), ..session() });
    assert_eq!(opened.key.user.as_deref(), Some("ann"));
    assert!(opened.policy.is_some());
    let secret = crate::auth::secret_of(&restarted.seal, &opened.key).unwrap();
    assert_eq!(secret, issued.secret);
    assert!(!issued.token.contains(&issued.secret));
    assert!(restarted.known(&issued.access_key_id).is_some());
}

#[test]
fn a_token_opens_for_its_own_key_and_under_its_own_seal_only() {
    let issued = temporaries(7).issue(session(), None, None).unwrap();
    let other = temporaries(7).issue(session(), None, None).unwrap();
    let temporaries = temporaries(7);
    assert!(temporaries.open(&other.access_key_id, &issued.token).is_none());
    assert!(self::temporaries(8).open(&issued.access_key_id, &issued.token).is_none());
    for token in ["", "x", &issued.token[1..], &format!("{}AAAA", issued.token)] {
        assert!(temporaries.open(&issued.access_key_id, token).is_none(), "{token}");
    }
    // A token that was opened is no pass for another.
    assert!(temporaries.open(&issued.access_key_id, &issued.token).is_some());
    assert!(temporaries.open(&issued.access_key_id, &other.token).is_none());
}

#[test]
fn a_session_is_over_when_its_time_is_or_its_key_is_off() {
    let temporaries = temporaries(7);
    let mut state = CatalogState::default();
    let now = Timestamp::from_seconds;
    state.apply(&Change::PutKey(long_term(KeyStatus::Active)));
    let issued = temporaries.issue(session(), None, Some(&long_term(KeyStatus::Active))).unwrap();
    let opened = temporaries.open(&issued.access_key_id, &issued.token).unwrap();
    assert_eq!(opened.check(&state, now(999)), Ok(()));
    assert_eq!(opened.check(&state, now(1000)), Err(AuthError::TokenExpired));
    state.apply(&Change::PutKey(long_term(KeyStatus::Disabled)));
    assert_eq!(opened.check(&state, now(999)), Err(AuthError::DisabledKey));
    state.apply(&Change::DeleteKey { access_key_id: "AKIAONE".to_owned() });
    assert_eq!(opened.check(&state, now(999)), Err(AuthError::DisabledKey));
}

fn role(id: &str) -> Role {
    Role {
        account: account(),
        name: "ci".to_owned(),
        id: id.to_owned(),
        description: None,
        trust: String::new(),
        grants: Grants::default(),
        tags: BTreeMap::new(),
        session_seconds_max: 3600,
        created: Timestamp::from_seconds(1),
    }
}

#[test]
fn a_session_is_over_when_its_role_is_gone_or_another() {
    let temporaries = temporaries(7);
    let mut state = CatalogState::default();
    let holder = SessionHolder::AssumedRole {
        role_arn: role("AROAONE").arn(),
        role_id: "AROAONE".to_owned(),
        session_name: "x".to_owned(),
        provider: None,
    };
    let issued = temporaries.issue(Session { holder, ..session() }, None, None).unwrap();
    let opened = temporaries.open(&issued.access_key_id, &issued.token).unwrap();
    let check = |state: &CatalogState| opened.check(state, Timestamp::from_seconds(999));
    state.apply(&Change::PutRole(Box::new(role("AROAONE"))));
    assert_eq!(check(&state), Ok(()));
    state.apply(&Change::PutRole(Box::new(role("AROATWO"))));
    assert_eq!(check(&state), Err(AuthError::DisabledKey));
    state.apply(&Change::DeleteRole { account: account(), name: "ci".to_owned() });
    assert_eq!(check(&state), Err(AuthError::DisabledKey));
}
