//! Events about Cairn's own calls: what `record` makes of them goes into the log.

use crate::app::App;
use crate::auth::{Caller, Refused};
use crate::clock;
use crate::config::RecordMode;
use crate::gateway::{signed_region, tls_details};
use crate::journal::JournalError;
use cairn_bucket::S3Outcome;
use cairn_model::{AccountId, Category, Timestamp};
use cairn_record::{
    AuditCall, Call, Caller as RecordedCaller, Exchange as RecordedExchange, Failure, S3Request, TlsDetails,
    event_text,
};
use cairn_wire::ApiError;
use cairn_wire::query::QueryError;
use cairn_wire::sigv4::AuthError;
use http::request::Parts;
use serde_json::Value;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// One request as events tell it.
pub(crate) struct Exchange<'a> {
    pub(crate) parts: &'a Parts,
    /// Whom the connection is with.
    pub(crate) peer: IpAddr,
    /// Where the request comes from: the peer, or whom a trusted proxy names.
    pub(crate) source: IpAddr,
    pub(crate) request_id: String,
    pub(crate) now: Timestamp,
}

/// What every event of an exchange has in common.
struct Told<'a> {
    caller: RecordedCaller<'a>,
    region: &'a str,
    recipient: AccountId,
    failure: Option<Failure<'a>>,
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(app: &App, parts: &'a Parts, peer: SocketAddr) -> Exchange<'a> {
        let peer = peer.ip().to_canonical();
        Exchange {
            parts,
            peer,
            source: app.config.gateway.trusted_proxies.source(peer, &parts.headers),
            request_id: clock::random_uuid(),
            now: clock::now(),
        }
    }

    fn header(&self, name: &str) -> Option<&'a str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    fn event(&self, told: &Told<'_>, call: Call) -> Vec<u8> {
        event_text(&RecordedExchange {
            caller: told.caller,
            call,
            event_time: clock::now(),
            region: told.region,
            source_ip: &self.source.to_string(),
            user_agent: self.header("user-agent"),
            failure: told.failure,
            request_id: &self.request_id,
            event_id: &clock::random_uuid(),
            recipient: told.recipient,
            tls: tls_details(self.parts.extensions.get().copied(), self.header("host")),
        })
    }
}

impl Caller {
    /// As events tell it.
    pub(crate) fn recorded(&self) -> RecordedCaller<'_> {
        let (account, access_key_id) = (self.key.account, self.key.access_key_id.as_str());
        if let Some(temporary) = &self.session {
            return RecordedCaller::Session(&temporary.session);
        }
        match &self.key.user {
            None => RecordedCaller::Root { account, access_key_id },
            Some(user) => RecordedCaller::User { account, user, access_key_id },
        }
    }

    fn told<'a>(&'a self, failure: Option<Failure<'a>>) -> Told<'a> {
        Told { caller: self.recorded(), region: &self.region, recipient: self.account(), failure }
    }
}

fn failure(error: &ApiError) -> Failure<'_> {
    Failure { code: error.code.name(), message: Some(&error.message) }
}

/// The event of a call of CloudTrail's API. `result` is what a write answered.
pub(crate) fn cloudtrail_event(
    exchange: &Exchange<'_>,
    caller: &Caller,
    operation: &str,
    body: &[u8],
    result: Result<Option<Value>, &ApiError>,
) -> Vec<u8> {
    let request: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let response = result.as_ref().ok().cloned().flatten();
    let call = cairn_record::cloudtrail(operation, &request, response.as_ref());
    exchange.event(&caller.told(result.err().map(failure)), call)
}

/// Records a call of CloudTrail's API that changed nothing.
pub(crate) async fn cloudtrail(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    operation: &str,
    body: &[u8],
    result: Result<Option<Value>, &ApiError>,
) {
    let event = cloudtrail_event(exchange, caller, operation, body, result);
    app.journal.note(caller.account(), &event).await;
}

/// The event of a call of PutAuditEvents.
pub(crate) fn audit_call(
    exchange: &Exchange<'_>,
    caller: &Caller,
    call: AuditCall<'_>,
    error: Option<&ApiError>,
) -> Vec<u8> {
    exchange.event(&caller.told(error.map(failure)), cairn_record::put_audit_events(call))
}

/// `eventSource` of calls of `organizations`.
pub(crate) const ORGANIZATIONS: &str = "organizations.amazonaws.com";

/// Records a call of `organizations`.
pub(crate) async fn organizations(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    operation: &str,
    body: &[u8],
    error: Option<&ApiError>,
) {
    let request = serde_json::from_slice(body).unwrap_or(Value::Null);
    let call = cairn_record::organizations(operation, &request);
    let event = exchange.event(&caller.told(error.map(failure)), call);
    app.journal.note(caller.account(), &event).await;
}

/// Records a call of `sts`.
pub(crate) async fn sts(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    action: &str,
    error: Option<&QueryError>,
) {
    let call = match action {
        "GetCallerIdentity" => cairn_record::sts_get_caller_identity(),
        other => Call::named("sts.amazonaws.com", other.to_owned()),
    };
    let failure = error.map(|error| Failure { code: error.code.facts().0, message: Some(&error.message) });
    let event = exchange.event(&caller.told(failure), call);
    app.journal.note(caller.account(), &event).await;
}

/// Records a call of `sts` that hands out credentials. When this returns `Ok`, its event survives power loss.
pub(crate) async fn sts_credentials(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    call: Call,
) -> Result<(), JournalError> {
    let event = exchange.event(&caller.told(None), call);
    app.journal.record(caller.account(), &event).await
}

/// The event of a call under `/_cairn/`.
pub(crate) fn own_event(
    exchange: &Exchange<'_>,
    caller: &Caller,
    name: &'static str,
    parameters: Option<Value>,
    error: Option<&ApiError>,
) -> Vec<u8> {
    exchange.event(&caller.told(error.map(failure)), cairn_record::cairn(name, parameters))
}

/// Records a call under `/_cairn/` that changed nothing.
pub(crate) async fn own(
    app: &App,
    exchange: &Exchange<'_>,
    caller: &Caller,
    name: &'static str,
    parameters: Option<Value>,
    error: Option<&ApiError>,
) {
    let event = own_event(exchange, caller, name, parameters, error);
    app.journal.note(caller.account(), &event).await;
}

/// Who a request that did not authenticate claims to be. The key's owner is not said to be the caller.
fn told_of_refused<'a>(app: &'a App, refused: &'a Refused, error: &'a ApiError) -> Told<'a> {
    let caller = match refused.error {
        AuthError::MissingToken => RecordedCaller::Anonymous,
        _ => RecordedCaller::Unknown { access_key_id: refused.access_key_id.as_deref() },
    };
    Told {
        caller,
        region: refused.region.as_deref().unwrap_or(&app.config.region),
        recipient: refused.key.as_ref().map_or(app.home_account(), |key| key.account),
        failure: Some(failure(error)),
    }
}

/// Records a request that did not authenticate, in the account of the key that it names, or the first
/// account if Cairn does not know the key.
pub(crate) async fn refused(
    app: &App,
    exchange: &Exchange<'_>,
    refused: &Refused,
    source: &'static str,
    name: &str,
    error: &ApiError,
) {
    refused_call(app, exchange, refused, Call::named(source, name.to_owned()), error).await;
}

/// As [`refused`], of a call of PutAuditEvents. What such a request says is not looked at.
pub(crate) async fn refused_audit_events(
    app: &App,
    exchange: &Exchange<'_>,
    refused: &Refused,
    error: &ApiError,
) {
    let call =
        Call { category: Category::Data, ..Call::named("cloudtrail-data.amazonaws.com", "PutAuditEvents") };
    refused_call(app, exchange, refused, call, error).await;
}

async fn refused_call(app: &App, exchange: &Exchange<'_>, refused: &Refused, call: Call, error: &ApiError) {
    let told = told_of_refused(app, refused, error);
    let event = exchange.event(&told, call);
    app.journal.note(told.recipient, &event).await;
}

/// Records a call on a bucket, or on what is in one. When this returns `Ok`, its event survives power loss, unless the
/// settings say that nobody waits for it.
pub(crate) async fn s3(app: &App, exchange: &Exchange<'_>, outcome: &S3Outcome) -> Result<(), JournalError> {
    let request = S3Request {
        operation: outcome.operation.as_deref().unwrap_or("Unknown"),
        bucket: outcome.bucket.as_deref(),
        key: outcome.key.as_deref(),
        query: exchange.parts.uri.query(),
        host: exchange.header("host").unwrap_or_default(),
        headers: &exchange.parts.headers,
        body: outcome.said.clone(),
        owner: outcome.owner,
        bytes_in: outcome.bytes_in,
        bytes_out: outcome.bytes_out,
    };
    let call = cairn_record::s3(&request);
    let unverified = outcome.account.is_none();
    let state = app.journal.catalog().state();
    let id = outcome.access_key_id.as_ref();
    let session = id.and_then(|id| app.authenticator.temporaries().known(id));
    let known = id.and_then(|id| state.keys.get(id)).cloned();
    let key = known.or_else(|| session.as_ref().map(|session| Arc::clone(&session.key)));
    let recipient = key.as_ref().map(|key| key.account).or(outcome.owner).unwrap_or(app.home_account());
    let failure =
        outcome.error.as_ref().map(|error| Failure { code: &error.code, message: Some(&error.message) });
    let region = signed_region(exchange.parts).unwrap_or_else(|| app.config.region.clone());
    let caller = key.filter(|_| !unverified).map(|key| Caller { key, region: region.clone(), session });
    let told = match &caller {
        Some(caller) => caller.told(failure),
        None => {
            let caller = match outcome.access_key_id.as_deref() {
                None => RecordedCaller::Anonymous,
                access_key_id => RecordedCaller::Unknown { access_key_id },
            };
            Told { caller, region: &region, recipient, failure }
        }
    };
    let event = exchange.event(&told, call);
    match app.config.gateway.record {
        RecordMode::Async => {
            app.gateway.offer(recipient, event);
            Ok(())
        }
        RecordMode::BeforeResponse | RecordMode::Intent => app.journal.record(recipient, &event).await,
    }
}

/// The event of something that Cairn itself did.
pub(crate) fn by_cairn(
    name: &'static str,
    account: AccountId,
    region: &str,
    now: Timestamp,
    parameters: Option<Value>,
) -> Vec<u8> {
    event_text(&RecordedExchange {
        caller: RecordedCaller::Service { name: "cairn.amazonaws.com" },
        call: cairn_record::cairn(name, parameters),
        event_time: now,
        region,
        source_ip: "cairn.amazonaws.com",
        user_agent: Some("cairn.amazonaws.com"),
        failure: None,
        request_id: &clock::random_uuid(),
        event_id: &clock::random_uuid(),
        recipient: account,
        tls: TlsDetails::default(),
    })
}
