#![allow(clippy::unwrap_used, reason = "tests")]

use super::{bearer, token_hash};
use crate::listener::TlsSession;
use cairn_model::{AccessKey, KeyStatus, Timestamp};
use cairn_store::catalog::CatalogState;
use http::request::Parts;
use std::net::IpAddr;
use std::sync::Arc;

const TOKEN: &str = "cairn_made_up";
const SECURED: TlsSession =
    TlsSession { version: "TLSv1.3", cipher_suite: "TLS_AES_128_GCM_SHA256", key_exchange: None };

fn state(status: KeyStatus) -> CatalogState {
    let key = AccessKey {
        access_key_id: "AKIAMADEUP".to_owned(),
        account: "111122223333".parse().unwrap(),
        user: Some("shipper".to_owned()),
        sealed_secret: Vec::new(),
        token_sha256: Some(token_hash(TOKEN)),
        ingest_only: true,
        any_account: false,
        operator: false,
        status,
        created: Timestamp::MIN,
    };
    let mut state = CatalogState::default();
    Arc::make_mut(&mut state.keys).insert(key.access_key_id.clone(), Arc::new(key));
    state
}

fn request(authorization: &str, session: Option<TlsSession>) -> Parts {
    let request = http::Request::post("/_cairn/events").header("authorization", authorization);
    let mut parts = request.body(()).unwrap().into_parts().0;
    if let Some(session) = session {
        parts.extensions.insert(session);
    }
    parts
}

fn is_taken(status: KeyStatus, token: &str, peer: &str, session: Option<TlsSession>) -> bool {
    let peer: IpAddr = peer.parse().unwrap();
    bearer(&state(status), &request(&format!("Bearer {token}"), session), peer).is_some()
}

#[test]
fn a_token_is_taken_only_where_nobody_else_sees_it() {
    for loopback in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
        assert!(is_taken(KeyStatus::Active, TOKEN, loopback, None), "{loopback}");
    }
    for remote in ["10.0.0.1", "192.0.2.1", "2001:db8::1", "::ffff:10.0.0.1"] {
        assert!(!is_taken(KeyStatus::Active, TOKEN, remote, None), "{remote}");
        assert!(is_taken(KeyStatus::Active, TOKEN, remote, Some(SECURED)), "{remote} over TLS");
    }
}

#[test]
fn a_token_of_nobody_or_of_a_disabled_key_is_not_taken() {
    assert!(!is_taken(KeyStatus::Active, "cairn_other", "127.0.0.1", None));
    assert!(!is_taken(KeyStatus::Active, "", "127.0.0.1", None));
    assert!(!is_taken(KeyStatus::Disabled, TOKEN, "127.0.0.1", Some(SECURED)));
    let basic = request(&format!("Basic {TOKEN}"), Some(SECURED));
    assert!(bearer(&state(KeyStatus::Active), &basic, "127.0.0.1".parse().unwrap()).is_none());
}
