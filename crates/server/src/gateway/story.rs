//! What is told of a call: its event, and what it taught.

use super::admission::{Identity, Who};
use super::subject::Subject;
use super::upstreams::Upstream;
use crate::app::App;
use crate::listener::TlsSession;
use cairn_interfaces::{Api, ApiCaller, Category, Matched, Verification, grpc};
use cairn_model::{AccountId, Change, Timestamp};
use cairn_record::{
    Answer, Body, Call, Caller, Exchange, Observed, Outcome, OwnApiCall, OwnedFailure, Resource, ResourceArn,
    TlsDetails, aws_call, event_text, federated, hide_repeated, learned, own_api,
};
use http::{HeaderMap, request};
use serde_json::{Value, json};
use std::net::IpAddr;
use uuid::Uuid;

/// What is known of a call beside its head, body and answer.
pub(crate) struct Story<'a> {
    pub(crate) who: &'a Who,
    pub(crate) subject: &'a Subject,
    /// Where it went, if anywhere.
    pub(crate) upstream: Option<&'a Upstream>,
    /// The request's id, unless the answer has one.
    pub(crate) request_id: &'a str,
    pub(crate) event_id: Uuid,
    pub(crate) source: IpAddr,
    pub(crate) tls: Option<TlsSession>,
    /// When it was over.
    pub(crate) at: Timestamp,
}

/// What is told of a call.
pub(crate) struct Told {
    /// Whose event it is.
    pub(crate) account: AccountId,
    /// The event's JSON.
    pub(crate) event: Vec<u8>,
    /// What the call taught: whose a key is that was handed out.
    pub(crate) changes: Vec<Change>,
    /// Whether the call failed.
    pub(crate) failed: bool,
}

/// `errorCode` of calls that did not authenticate, whoever answered.
const NOT_AUTHENTIC: [&str; 17] = [
    "AuthFailure",
    "AuthorizationHeaderMalformed",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
    "XAmzContentSHA256Mismatch",
];

impl Story<'_> {
    /// Tells of a call. `trailers` are those of the answer.
    pub(crate) fn told(
        &self,
        app: &App,
        head: &request::Parts,
        body: Body<'_>,
        answer: Answer<'_>,
        trailers: Option<&HeaderMap>,
    ) -> Told {
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let account = self.who.account().unwrap_or(app.home_account());
        let body = start(body, app.config.gateway.capture_bytes);
        let verified = self.verified(&answer);
        let mut observed = Observed {
            method: &head.method,
            uri: &head.uri,
            headers: &head.headers,
            host: header("host").unwrap_or_default(),
            body,
            answer,
            region: &self.who.region,
            account,
            // Nobody tells whose it is: most call on their own.
            bucket_owner: Some(account),
            cipher_suite: self.tls.map(|tls| tls.cipher_suite),
            signature_verified: verified,
        };
        let mut outcome = self.outcome(&observed, trailers);
        let is_refused = self.is_refused(&outcome);
        if is_refused && observed.signature_verified == Some(true) {
            observed.signature_verified = Some(false);
            outcome = self.outcome(&observed, trailers);
        }
        let is_unproven = is_refused || (self.is_verified_there() && verified == Some(false));
        let stranger = self.stranger(is_unproven);
        let vouched = match self.subject {
            Subject::Aws(recognized) => federated(recognized, &observed),
            Subject::Own(_) => None,
        };
        let caller = vouched.as_ref().map(|vouched| vouched.caller()).filter(|_| self.who.is_nobody());
        let caller = caller.or(stranger).unwrap_or_else(|| self.caller());
        let changes = match self.subject {
            Subject::Aws(recognized) => learned(recognized, &observed, &caller, self.at),
            Subject::Own(_) => None,
        };
        let event = event_text(&Exchange {
            caller,
            event_time: self.at,
            region: &self.who.region,
            source_ip: &self.source.to_string(),
            user_agent: header("user-agent"),
            failure: outcome.failure.as_ref().map(OwnedFailure::as_failure),
            request_id: outcome.request_id.as_deref().unwrap_or(self.request_id),
            event_id: &self.event_id.to_string(),
            recipient: account,
            tls: tls_details(self.tls, header("host")),
            call: outcome.call,
        });
        let changes = changes.map(|session| Change::PutSession(Box::new(session))).into_iter().collect();
        Told { account, event, changes, failed: outcome.failure.is_some() }
    }

    /// Whether somebody verified who calls: Cairn, or the upstream by answering.
    fn verified(&self, answer: &Answer<'_>) -> Option<bool> {
        match (self.who.verified, answer) {
            (Some(false), Answer::Given { .. }) => Some(self.is_verified_there()),
            (verified, _) => verified,
        }
    }

    fn is_verified_there(&self) -> bool {
        self.upstream.is_some_and(|upstream| upstream.settings.verifies)
    }

    /// Whether the upstream, which verifies callers, refused this one as not authentic.
    fn is_refused(&self, outcome: &Outcome) -> bool {
        let code = outcome.failure.as_ref().map(|failure| failure.code.as_str());
        let code = code.map(|code| code.strip_prefix("Client.").unwrap_or(code));
        code.is_some_and(|code| NOT_AUTHENTIC.contains(&code))
    }

    /// The caller who claimed to hold a key and did not prove it to whom it is known.
    fn stranger(&self, is_unproven: bool) -> Option<Caller<'_>> {
        if !is_unproven {
            return None;
        }
        let access_key_id = match &self.who.identity {
            Identity::Session(session) => Some(session.access_key_id.as_str()),
            Identity::Mapped(_, id) => Some(id.as_str()),
            Identity::Own(_) | Identity::Stranger(_) | Identity::Nobody | Identity::Api(_) => return None,
        };
        Some(Caller::Unknown { access_key_id })
    }

    fn caller(&self) -> Caller<'_> {
        match &self.who.identity {
            Identity::Own(caller) => caller.recorded(),
            Identity::Session(session) => Caller::Session(session),
            Identity::Mapped(identity, access_key_id) => Caller::Mapped { identity, access_key_id },
            Identity::Stranger(access_key_id) => Caller::Unknown { access_key_id: access_key_id.as_deref() },
            Identity::Nobody => Caller::Anonymous,
            Identity::Api(caller) => self.api_caller(caller),
        }
    }

    fn api_caller<'a>(&'a self, caller: &'a ApiCaller) -> Caller<'a> {
        if let Verification::Failed(_) = caller.verification {
            return Caller::Unknown { access_key_id: None };
        }
        let source = match self.subject {
            Subject::Own(matched) => &*matched.event_source,
            Subject::Aws(_) => "",
        };
        let issuer = caller.issuer.as_deref().unwrap_or(source);
        Caller::WebIdentity {
            issuer,
            audience: source,
            subject: &caller.subject,
            name: caller.name.as_deref(),
        }
    }

    fn outcome(&self, observed: &Observed<'_>, trailers: Option<&HeaderMap>) -> Outcome {
        match self.subject {
            Subject::Aws(recognized) => aws_call(recognized, observed),
            Subject::Own(matched) => self.own_outcome(matched, observed, trailers),
        }
    }

    fn own_outcome(
        &self,
        matched: &Matched,
        observed: &Observed<'_>,
        trailers: Option<&HeaderMap>,
    ) -> Outcome {
        let content_type = observed.headers.get("content-type").and_then(|kind| kind.to_str().ok());
        let body =
            cairn_interfaces::Body { content_type, bytes: observed.body.start, size: observed.body.bytes };
        let api = self.upstream.and_then(|upstream| upstream.api.as_ref()).map(|api| api.api());
        let parameters = api.map(|api| api.parameters(matched, observed.uri.query(), body));
        let parameters = parameters.unwrap_or_default();
        let response = api.and_then(|api| response(api, matched, body, &parameters, observed));
        let touched = api.map(|api| api.resources(matched, &parameters)).unwrap_or_default();
        let mut call = own_api(OwnApiCall {
            event_source: matched.event_source.to_string(),
            event_name: matched.event_name.to_string(),
            read_only: matched.read_only,
            is_data: matched.category == Category::Data,
            resource: None,
            parameters: Some(parameters).filter(|parameters| !parameters.is_null()),
            response: None,
        });
        call.resources = touched.into_iter().map(resource).collect();
        // That of a read too: its document asks for it.
        call.response_elements = response;
        note(&mut call, observed);
        let request_id = answer_header(observed, "x-request-id").map(str::to_owned);
        Outcome { call, failure: own_failure(observed, trailers), request_id }
    }
}

impl Who {
    fn is_nobody(&self) -> bool {
        matches!(self.identity, Identity::Nobody)
    }
}

/// What is recorded of an answer, if its operation has that done. A secret of the request is none less there.
fn response(
    api: &Api,
    matched: &Matched,
    request: cairn_interfaces::Body<'_>,
    parameters: &Value,
    observed: &Observed<'_>,
) -> Option<Value> {
    let Answer::Given { body, .. } = observed.answer else { return None };
    let content_type = answer_header(observed, "content-type");
    let body = cairn_interfaces::Body { content_type, bytes: body.start, size: body.bytes };
    let mut response = api.response(matched, body)?;
    let sent = api.sent(matched, observed.uri.query(), request);
    hide_repeated(&mut response, &sent, parameters);
    Some(response)
}

/// As much of a body as the record gets, however much was read of it, and why.
fn start(body: Body<'_>, bytes_max: usize) -> Body<'_> {
    match body.start.get(..bytes_max) {
        Some(start) if start.len() < body.start.len() => Body { start, is_whole: false, ..body },
        _ => body,
    }
}

fn resource(touched: cairn_interfaces::Resource) -> Resource {
    Resource {
        resource_type: Some(touched.resource_type.into()),
        arn: ResourceArn::Whole(touched.arn),
        account: None,
    }
}

/// What Cairn has to say of the call itself, as it says it of those of AWS's services.
fn note(call: &mut Call, observed: &Observed<'_>) {
    let mut notes = serde_json::Map::new();
    if observed.signature_verified == Some(false) {
        notes.insert("signatureVerified".to_owned(), json!(false));
    }
    if matches!(observed.answer, Answer::Own { .. }) {
        notes.insert("answeredBy".to_owned(), json!("cairn"));
    }
    if !notes.is_empty() {
        call.additional_event_data = Some(json!({ "cairn": Value::Object(notes) }));
    }
}

fn answer_header<'a>(observed: &Observed<'a>, name: &str) -> Option<&'a str> {
    match observed.answer {
        Answer::Given { headers, .. } => headers.get(name)?.to_str().ok(),
        Answer::Own { .. } => None,
    }
}

fn own_failure(observed: &Observed<'_>, trailers: Option<&HeaderMap>) -> Option<OwnedFailure> {
    let found = match observed.answer {
        Answer::Own { code, message } => {
            return Some(OwnedFailure { code: code.to_owned(), message: Some(message.to_owned()) });
        }
        Answer::Given { status, headers, body } => {
            let content_type = answer_header(observed, "content-type");
            trailers
                .and_then(grpc::failure)
                .or_else(|| grpc::failure(headers))
                .or_else(|| cairn_interfaces::failure(status, content_type, body.start))
        }
    };
    found.map(|failure| OwnedFailure { code: failure.code, message: failure.message })
}

/// How a request came, if over TLS.
pub(crate) fn tls_details(session: Option<TlsSession>, host: Option<&str>) -> TlsDetails<'_> {
    let Some(session) = session else { return TlsDetails::default() };
    TlsDetails {
        tls_version: Some(session.version),
        cipher_suite: Some(session.cipher_suite),
        client_provided_host_header: host,
        key_exchange: session.key_exchange,
    }
}
