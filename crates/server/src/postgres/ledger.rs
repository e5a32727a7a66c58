//! What a connection's statements and logins leave on the record.

use super::session::Session;
use crate::auth::{Caller, Refused};
use crate::clock;
use crate::events::{self, Exchange};
use crate::listener::TlsSession;
use cairn_model::AccessKey;
use cairn_wire::ApiError;
use cairn_wire::sigv4::AuthError;
use http::request::Parts;
use serde_json::json;
use std::net::IpAddr;
use std::sync::Arc;

/// `eventSource`.
const SOURCE: &str = "cairn.amazonaws.com";

/// Records a statement, with why it was refused if it was.
pub(super) async fn statement(
    session: &Session,
    caller: &Caller,
    statement: &str,
    parameters: &[Option<String>],
    error: Option<&ApiError>,
) {
    let mut told = json!({ "statement": statement });
    if !parameters.is_empty() {
        told["parameters"] = json!(parameters);
    }
    let parts = parts(&session.client(), session.tls);
    let exchange = exchange(&parts, session.source);
    events::own(&session.shared.app, &exchange, caller, "Query", Some(told), error).await;
}

/// Records a login that failed.
pub(super) async fn login(session: &Session, user: &str, key: Option<Arc<AccessKey>>, error: AuthError) {
    let parts = parts(&session.client(), session.tls);
    let cause = error.json();
    let access_key_id = Some(user.to_owned()).filter(|user| is_plain(user));
    let refused = Refused { error, access_key_id, key, region: None };
    let exchange = exchange(&parts, session.source);
    events::refused(&session.shared.app, &exchange, &refused, SOURCE, "Query", &cause).await;
}

/// A key's id is not made up of anything.
fn is_plain(user: &str) -> bool {
    (1..=128).contains(&user.len()) && user.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Events tell of requests: this one has no head but who sent it and how it was secured.
fn parts(client: &str, tls: Option<TlsSession>) -> Parts {
    let mut request = http::Request::new(());
    if let Ok(client) = http::HeaderValue::from_str(client) {
        request.headers_mut().insert(http::header::USER_AGENT, client);
    }
    if let Some(tls) = tls {
        request.extensions_mut().insert(tls);
    }
    request.into_parts().0
}

fn exchange(parts: &Parts, source: IpAddr) -> Exchange<'_> {
    Exchange { parts, peer: source, source, request_id: clock::random_uuid(), now: clock::now() }
}
