//! Who a request to an upstream is let through as, or why not.

use super::faults::Fault;
use super::hashed::{Hashed, Mismatch};
use super::request_body::{RequestBody, WholeBody};
use super::resign::SignedFor;
use super::sent_form::{SentForm, UNPACKED_BYTES_MAX};
use super::subject::{Subject, ambiguity, has_form};
use super::upstreams::Upstream;
use crate::app::App;
use crate::auth::{Caller, Claim, Refused, Standing};
use crate::body::{self, BodyError};
use crate::config::RecordMode;
use cairn_gateway::PayloadHash;
use cairn_interfaces::{ApiCaller, Verification};
use cairn_model::{AccountId, Session, Timestamp};
use cairn_record::MappedIdentity;
use cairn_wire::sigv4::{AuthError, Body as SignedBody, Payload, sha256};
use http::request::Parts;
use http::{HeaderValue, Method};
use http_body::Body as _;
use hyper::body::Incoming;
use std::sync::Arc;

/// The largest body that is read whole before it is forwarded: to verify it, or to sign it anew.
const WHOLE_BYTES_MAX: usize = 64 << 20;
/// The same for whoever proves nothing: a form in which the largest message of a queue, 1 MiB, fits however it is
/// encoded.
const STRANGERS_BYTES_MAX: usize = 4 << 20;
/// Bytes of a hash, which is told in hexadecimal.
const SHA256_BYTES: usize = 32;
/// With [`RecordMode::Intent`] bodies up to this size are read before it is told what will be done.
const INTENT_BYTES_MAX: u64 = 64 << 10;

/// Who calls, as far as it was found out.
#[derive(Clone, Debug)]
pub(crate) enum Identity {
    /// The holder of a key of Cairn's own, whose signature holds.
    Own(Caller),
    /// The holder of a temporary key that an upstream handed out.
    Session(Arc<Session>),
    /// Somebody whom the operator's file names.
    Mapped(Arc<MappedIdentity>, String),
    /// The holder of a key that nobody here knows, or one whose signature is wrong.
    Stranger(Option<String>),
    /// The request is not signed.
    Nobody,
    /// The caller of an API of one's own.
    Api(ApiCaller),
}

/// Who calls, where.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) identity: Identity,
    /// The region that was spoken to.
    pub(crate) region: String,
    /// Whether Cairn verified it; `None` if there was nothing to verify.
    pub(crate) verified: Option<bool>,
    /// The account of the key that the request names, whoever used it.
    pub(crate) key_account: Option<AccountId>,
}

/// A request that may be forwarded.
pub(crate) struct Admitted {
    pub(crate) who: Who,
    pub(crate) subject: Subject,
    pub(crate) body: RequestBody,
    /// What the body turns out to be, if it is being held against a hash.
    pub(crate) mismatch: Option<Mismatch>,
    /// The body, if it was read.
    pub(crate) read: Option<WholeBody>,
}

/// A request that is not forwarded.
pub(crate) struct Turned {
    pub(crate) fault: Fault,
    pub(crate) who: Who,
    pub(crate) subject: Subject,
    pub(crate) read: Option<WholeBody>,
}

impl Who {
    /// The account whose the call's event is, if it is known.
    pub(crate) fn account(&self) -> Option<AccountId> {
        match &self.identity {
            Identity::Own(caller) => Some(caller.account()),
            Identity::Session(session) => Some(session.account),
            Identity::Mapped(mapped, _) => mapped.account(),
            Identity::Stranger(_) | Identity::Nobody | Identity::Api(_) => self.key_account,
        }
    }
}

/// Looks at a request for `upstream`, and reads and verifies as much of it as has to be before it is forwarded.
/// Whether its signature holds shows before a byte of it is forwarded, but for a body that is longer than is kept: of
/// that the last part is forwarded once the whole was what was signed.
pub(crate) async fn admit(
    app: &App,
    upstream: &Upstream,
    parts: &mut Parts,
    body: Incoming,
    now: Timestamp,
) -> Result<Admitted, Box<Turned>> {
    let mut entry = Entry { app, upstream, now, read: None };
    let standing = match &upstream.api {
        Some(_) => Ok(Standing::Nobody),
        None => {
            let bucket = app.s3.bucket_of(&parts.uri, &parts.headers);
            app.authenticator.standing(app.journal.catalog(), parts, bucket.as_deref(), now)
        }
    };
    let standing = match standing {
        Ok(standing) => standing,
        Err(refused) => return Err(entry.refused(parts, *refused)),
    };
    let body = match entry.take(parts, body, &standing).await {
        Ok(body) => body,
        Err(error) => {
            let who = entry.stranger(&standing).await;
            return Err(entry.turned(parts, fault(&error), who));
        }
    };
    let (who, body, mismatch) = match standing {
        Standing::Known(claim) => entry.known(parts, claim, body)?,
        Standing::Presigned(key) => {
            let region = app.config.region.clone();
            (entry.own(parts, Caller { key, region, session: None }, "s3".to_owned())?, body, None)
        }
        Standing::Stranger { .. } => {
            (entry.unknown(parts, &standing, AuthError::UnknownKey).await?, body, None)
        }
        Standing::Nobody if upstream.api.is_some() => (entry.api_caller(parts).await?, body, None),
        Standing::Nobody => (entry.unknown(parts, &standing, AuthError::MissingToken).await?, body, None),
    };
    match entry.named(parts) {
        (subject, None) => Ok(Admitted { who, subject, body, mismatch, read: entry.read }),
        (subject, Some(fault)) => Err(Box::new(Turned { fault, who, subject, read: entry.read })),
    }
}

/// A request on its way in.
struct Entry<'a> {
    app: &'a App,
    upstream: &'a Upstream,
    now: Timestamp,
    /// Its body, if it was read.
    read: Option<WholeBody>,
}

impl Entry<'_> {
    /// Reads the body if it has to be at hand.
    async fn take(
        &mut self,
        parts: &mut Parts,
        body: Incoming,
        standing: &Standing,
    ) -> Result<RequestBody, BodyError> {
        if !self.needs_whole(parts, &body, standing) {
            return Ok(RequestBody::Incoming(body));
        }
        let mut share = self.app.budget.share();
        let bytes_max = match standing {
            Standing::Known(_) | Standing::Presigned(_) => WHOLE_BYTES_MAX,
            Standing::Stranger { .. } | Standing::Nobody => STRANGERS_BYTES_MAX,
        };
        let read = WholeBody::new(body::read(body, bytes_max, &mut share).await?, share);
        if self.upstream.settings.resign.is_some() {
            parts.extensions.insert(PayloadHash(hex::encode(sha256(read.bytes()))));
        }
        self.read = Some(read.clone());
        Ok(read.into())
    }

    /// Forms name their operation. What a known key signed is verified with its body, unless its head holds a hash of
    /// it. What is to be told before it is done has to be known.
    fn needs_whole(&self, parts: &Parts, body: &Incoming, standing: &Standing) -> bool {
        if body.is_end_stream() || self.has_form(parts) || self.names_objects(parts, standing) {
            return true;
        }
        let intends = self.app.config.gateway.record == RecordMode::Intent;
        let is_small = body.size_hint().upper().is_some_and(|bytes| bytes <= INTENT_BYTES_MAX);
        match standing {
            Standing::Known(claim) if !has_hash(parts, claim) => true,
            _ => intends && is_small,
        }
    }

    /// Verifies what a key of Cairn's signed.
    fn known(
        &mut self,
        parts: &mut Parts,
        claim: Claim,
        body: RequestBody,
    ) -> Result<(Who, RequestBody, Option<Mismatch>), Box<Turned>> {
        let service = claim.service().to_owned();
        let signed = match &self.read {
            Some(read) => SignedBody::Whole(read.bytes()),
            None => self.declarable(parts, &service),
        };
        let verified = self.app.authenticator.verify_body(claim, parts, signed, &service, self.now);
        let (caller, payload) = match verified {
            Ok(verified) => verified,
            Err(refused) => return Err(self.refused(parts, *refused)),
        };
        let who = self.own(parts, caller, service)?;
        Ok(match (body, payload) {
            (RequestBody::Incoming(body), Payload::Sha256(hash)) => {
                let mismatch = Mismatch::default();
                let hashed = Hashed::new(body, hash, mismatch.clone());
                (who, RequestBody::Hashed(Box::new(hashed)), Some(mismatch))
            }
            (body, _) => (who, body, None),
        })
    }

    /// Lets through the holder of a key of Cairn's own.
    fn own(&mut self, parts: &mut Parts, caller: Caller, service: String) -> Result<Who, Box<Turned>> {
        let (region, is_ingest_only) = (caller.region.clone(), caller.key.ingest_only);
        parts.extensions.insert(SignedFor { service, region: region.clone() });
        let who = Who { identity: Identity::Own(caller), region, verified: Some(true), key_account: None };
        match is_ingest_only {
            true => Err(self.turned(parts, Fault::Denied("This key may only post events."), who)),
            false => Ok(who),
        }
    }

    /// Lets through whom Cairn does not know, if the upstream is for such.
    async fn unknown(
        &mut self,
        parts: &Parts,
        standing: &Standing,
        error: AuthError,
    ) -> Result<Who, Box<Turned>> {
        let who = self.stranger(standing).await;
        match self.upstream.takes_strangers(self.app.config.gateway.require_known_keys) {
            true => Ok(who),
            false => Err(self.turned(parts, Fault::Signature(error), who)),
        }
    }

    /// Who somebody is whom Cairn did not verify.
    async fn stranger(&self, standing: &Standing) -> Who {
        let home = &self.app.config.region;
        match standing {
            Standing::Known(claim) => {
                let identity = Identity::Stranger(Some(claim.key().access_key_id.clone()));
                let key_account = Some(claim.key().account);
                Who { identity, region: home.clone(), verified: Some(false), key_account }
            }
            Standing::Stranger { access_key_id, region } => Who {
                identity: self.identity(access_key_id.as_deref()).await,
                region: region.as_ref().unwrap_or(home).clone(),
                verified: Some(false),
                key_account: None,
            },
            Standing::Presigned(key) => Who {
                identity: Identity::Stranger(Some(key.access_key_id.clone())),
                region: home.clone(),
                verified: Some(false),
                key_account: Some(key.account),
            },
            Standing::Nobody => {
                Who { identity: Identity::Nobody, region: home.clone(), verified: None, key_account: None }
            }
        }
    }

    async fn identity(&self, access_key_id: Option<&str>) -> Identity {
        let Some(id) = access_key_id else { return Identity::Stranger(None) };
        if let Some(session) = self.app.journal.catalog().session(id) {
            return Identity::Session(session);
        }
        let mapped = match &self.upstream.identities {
            Some(identities) => Box::pin(identities.current(self.now)).await.get(id).cloned(),
            None => None,
        };
        match mapped {
            Some(mapped) => Identity::Mapped(mapped, id.to_owned()),
            None => Identity::Stranger(Some(id.to_owned())),
        }
    }

    /// Who calls an API of one's own.
    async fn api_caller(&mut self, parts: &Parts) -> Result<Who, Box<Turned>> {
        let found = match &self.upstream.api {
            Some(api) => Box::pin(api.caller(&parts.headers, self.now)).await,
            None => None,
        };
        let verified = found.as_ref().map(ApiCaller::is_verified);
        let why = match found.as_ref().map(|caller| &caller.verification) {
            Some(Verification::Failed(fault)) => fault.to_string(),
            _ => "the call has no token that can be verified".to_owned(),
        };
        let identity = found.map_or(Identity::Nobody, Identity::Api);
        let region = self.app.config.region.clone();
        let who = Who { identity, region, verified, key_account: None };
        match self.app.config.gateway.require_known_keys && verified != Some(true) {
            true => Err(self.turned(parts, Fault::Token(why), who)),
            false => Ok(who),
        }
    }

    fn refused(&mut self, parts: &Parts, refused: Refused) -> Box<Turned> {
        let Refused { error, access_key_id, key, region } = refused;
        let who = Who {
            identity: Identity::Stranger(access_key_id),
            region: region.unwrap_or_else(|| self.app.config.region.clone()),
            verified: Some(false),
            key_account: key.map(|key| key.account),
        };
        self.turned(parts, Fault::Signature(error), who)
    }

    fn turned(&mut self, parts: &Parts, fault: Fault, who: Who) -> Box<Turned> {
        let (subject, _) = self.named(parts);
        Box::new(Turned { fault, who, subject, read: self.read.take() })
    }

    /// What the request is about, and why that cannot be told for sure, if so.
    fn named(&self, parts: &Parts) -> (Subject, Option<Fault>) {
        let form = self.form(parts);
        let subject = Subject::of(self.upstream, parts, &form, &self.app.gateway.base_hosts);
        let fault = match self.upstream.api {
            Some(_) => None,
            None if form.is_cut() => Some(Fault::TooLarge(UNPACKED_BYTES_MAX)),
            None => ambiguity(parts, &form).map(Fault::Ambiguous),
        };
        (subject, fault)
    }

    /// Whether policies are asked about objects that only the body names.
    fn names_objects(&self, parts: &Parts, standing: &Standing) -> bool {
        if parts.method != Method::POST || !is_s3_of_own_key(standing) {
            return false;
        }
        let subject = Subject::of(self.upstream, parts, &SentForm::default(), &self.app.gateway.base_hosts);
        subject.is("s3", "DeleteObjects")
    }

    /// Forms of APIs of one's own name no operation.
    fn has_form(&self, parts: &Parts) -> bool {
        self.upstream.api.is_none() && has_form(parts)
    }

    /// The body if it is a form, else nothing.
    fn form(&self, parts: &Parts) -> SentForm<'_> {
        match &self.read {
            Some(read) if self.has_form(parts) => SentForm::of(&parts.headers, read.bytes()),
            _ => SentForm::default(),
        }
    }

    /// What may be said of a body that was not read. Most say its hash, and need not be looked at twice. Who signs anew
    /// cannot sign the events of a stream.
    fn declarable(&self, parts: &Parts, service: &str) -> SignedBody<'static> {
        let is_hash = |said: &HeaderValue| said.len() == 2 * SHA256_BYTES;
        if service == "s3" || parts.headers.get("x-amz-content-sha256").is_some_and(is_hash) {
            return SignedBody::Declared;
        }
        let subject = Subject::of(self.upstream, parts, &SentForm::default(), &self.app.gateway.base_hosts);
        subject.declarable(self.upstream.settings.resign.is_none())
    }
}

fn is_s3_of_own_key(standing: &Standing) -> bool {
    match standing {
        Standing::Known(claim) => claim.service() == "s3",
        Standing::Presigned(_) => true,
        Standing::Stranger { .. } | Standing::Nobody => false,
    }
}

/// Whether the head of a signed request tells what its body is, or that it tells nothing of it.
fn has_hash(parts: &Parts, claim: &Claim) -> bool {
    let in_query = || parts.uri.query().is_some_and(|query| query.contains("X-Amz-Content-Sha256="));
    claim.service() == "s3" || parts.headers.contains_key("x-amz-content-sha256") || in_query()
}

fn fault(error: &BodyError) -> Fault {
    match error {
        BodyError::TooLarge(max) => Fault::TooLarge(*max),
        BodyError::Stalled | BodyError::BrokeOff => Fault::BrokeOff,
        BodyError::Busy => Fault::Unavailable("Too many large requests at once. Try again."),
    }
}
