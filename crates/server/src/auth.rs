//! Who is calling: signatures and bearer tokens against the catalog's keys.

mod temporary;
mod version2;

pub(crate) use temporary::{Issued, Temporaries, Temporary, begin, expiry};

use crate::clock;
use crate::listener::TlsSession;
use aws_lc_rs::digest;
use cairn_model::{AccessKey, AccountId, KeyStatus, SessionHolder, Timestamp};
use cairn_store::catalog::{Catalog, CatalogState};
use cairn_store::seal::Seal;
use cairn_wire::sigv4::{
    AuthError, Body, Payload, Presented, Request, Rules, Scope, ScopeFault, SigningKey, verify_with,
};
use http::request::Parts;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A caller whose key was verified.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The key.
    pub(crate) key: Arc<AccessKey>,
    /// The region that the request was signed for.
    pub(crate) region: String,
    /// Whose session it is, if the key is a temporary one of Cairn's own.
    pub(crate) session: Option<Arc<Temporary>>,
}

impl Caller {
    /// The account that the caller acts for.
    pub(crate) fn account(&self) -> AccountId {
        self.key.account
    }

    /// The ARN of the user, the session of a role, or the account's root.
    pub(crate) fn arn(&self) -> String {
        let account = self.key.account;
        let holder = self.session.as_ref().map(|temporary| &temporary.session.holder);
        match (holder, &self.key.user) {
            (Some(SessionHolder::AssumedRole { role_arn, session_name, .. }), _) => {
                let role = role_arn.rsplit('/').next().unwrap_or_default();
                format!("arn:aws:sts::{account}:assumed-role/{role}/{session_name}")
            }
            (_, None) => format!("arn:aws:iam::{account}:root"),
            (_, Some(user)) => format!("arn:aws:iam::{account}:user/{user}"),
        }
    }
}

/// Verifies requests. Derived keys are kept, so that a request costs no key derivation.
pub(crate) struct Authenticator {
    seal: Arc<Seal>,
    temporaries: Arc<Temporaries>,
    derived: Mutex<HashMap<(String, Scope), SigningKey>>,
}

/// Derived keys are good for a day and one scope; beyond this many all are dropped and made again.
const DERIVED_MAX: usize = 10_000;

/// What a bearer token is answered with that was not taken.
const NO_TOKEN: &str = "A bearer token is taken for posting events only, over TLS or loopback only, and while its key \
                        is active; everything else is signed.";

/// What a request that does not authenticate claimed.
#[derive(Debug)]
pub(crate) struct Refused {
    /// Why.
    pub(crate) error: AuthError,
    /// The access key id that the request names, if it names one.
    pub(crate) access_key_id: Option<String>,
    /// That key, if Cairn knows it.
    pub(crate) key: Option<Arc<AccessKey>>,
    /// The region that the request was signed for, if it says one.
    pub(crate) region: Option<String>,
}

impl Authenticator {
    pub(crate) fn new(seal: Arc<Seal>, temporaries: Arc<Temporaries>) -> Authenticator {
        Authenticator { seal, temporaries, derived: Mutex::default() }
    }

    /// Temporary credentials of Cairn's own.
    pub(crate) fn temporaries(&self) -> &Temporaries {
        &self.temporaries
    }

    /// Finds the key that a request claims, before its body is read: a request of nobody known is refused
    /// for the price of its head.
    pub(crate) fn claim(&self, catalog: &Catalog, parts: &Parts) -> Result<Claim, Box<Refused>> {
        let nobody = |error| Box::new(Refused { error, access_key_id: None, key: None, region: None });
        if presented_token(parts).is_some() {
            return Err(nobody(AuthError::Incomplete { what: NO_TOKEN }));
        }
        let presented = Presented::parse(&Request::of(parts)).map_err(nobody)?;
        let state = catalog.state();
        let known = state.keys.get(&presented.access_key_id).cloned();
        let session = match (&known, &presented.session_token) {
            (None, Some(token)) => self.temporaries.open(&presented.access_key_id, token),
            _ => None,
        };
        let key = known.or_else(|| session.as_ref().map(|session| Arc::clone(&session.key)));
        let refused = |error| Err(Box::new(Refused::new(error, &presented, key.clone())));
        let Some(known) = &key else { return refused(AuthError::UnknownKey) };
        if known.status == KeyStatus::Disabled {
            return refused(AuthError::DisabledKey);
        }
        if let Some(Err(over)) = session.as_ref().map(|session| session.check(&state, clock::now())) {
            return refused(over);
        }
        // A region becomes part of ARNs and of object keys.
        if !is_region(&presented.scope.region) {
            let region = ScopeFault::Region(presented.scope.region.clone());
            return refused(AuthError::WrongScope(region));
        }
        Ok(Claim { key: Arc::clone(known), presented, session })
    }

    /// Opens the session token of a request that somebody else verifies, who then finds its key by its id. A token that
    /// is not Cairn's is not for Cairn to judge.
    pub(crate) fn meet(&self, catalog: &Catalog, parts: &Parts) -> Result<(), AuthError> {
        let in_query = || parts.uri.query().is_some_and(|query| query.contains("X-Amz-Security-Token"));
        if !parts.headers.contains_key("x-amz-security-token") && !in_query() {
            return Ok(());
        }
        let Ok(presented) = Presented::parse(&Request::of(parts)) else { return Ok(()) };
        let Some(token) = &presented.session_token else { return Ok(()) };
        match self.temporaries.open(&presented.access_key_id, token) {
            Some(session) => session.check(&catalog.state(), clock::now()),
            None => Ok(()),
        }
    }

    /// Who a request claims to be that may be meant for an upstream, which knows other keys. `bucket` is the one that it
    /// names, by its host or its path.
    pub(crate) fn standing(
        &self,
        catalog: &Catalog,
        parts: &Parts,
        bucket: Option<&str>,
        now: Timestamp,
    ) -> Result<Standing, Box<Refused>> {
        let refused = match self.claim(catalog, parts) {
            Ok(claim) => return Ok(Standing::Known(claim)),
            Err(refused) => refused,
        };
        if let Some(presigned) = version2::Presigned::parse(parts)
            && let Some(key) = catalog.state().keys.get(&presigned.access_key_id).cloned()
        {
            return self.presigned(&presigned, key, parts, bucket, now).map(Standing::Presigned);
        }
        let named = refused.access_key_id.clone().or_else(|| named_key(parts));
        let is_known = named.as_ref().is_some_and(|id| catalog.state().keys.contains_key(id));
        match refused.error {
            AuthError::MissingToken if named.is_none() => Ok(Standing::Nobody),
            // A temporary key of Cairn's own is known by its token.
            _ if is_known || refused.key.is_some() => Err(refused),
            _ => Ok(Standing::Stranger { access_key_id: named, region: refused.region }),
        }
    }

    /// Verifies a URL that was presigned by version 2, which says neither service nor region.
    fn presigned(
        &self,
        presigned: &version2::Presigned<'_>,
        key: Arc<AccessKey>,
        parts: &Parts,
        bucket: Option<&str>,
        now: Timestamp,
    ) -> Result<Arc<AccessKey>, Box<Refused>> {
        let verified = match secret_of(&self.seal, &key) {
            _ if key.status == KeyStatus::Disabled => Err(AuthError::DisabledKey),
            None => Err(AuthError::UnknownKey),
            // Whether host or path names the bucket is not told apart here: only one of them was signed.
            Some(secret) => presigned.verify(parts, None, &secret, now).or_else(|error| {
                bucket.map_or(Err(error), |_| presigned.verify(parts, bucket, &secret, now))
            }),
        };
        match verified {
            Ok(()) => Ok(key),
            Err(error) => {
                let access_key_id = Some(key.access_key_id.clone());
                Err(Box::new(Refused { error, access_key_id, key: Some(key), region: None }))
            }
        }
    }

    /// Verifies a claim for `service`, with the whole body at hand.
    pub(crate) fn verify_claim(
        &self,
        claim: Claim,
        parts: &Parts,
        body: &[u8],
        service: &str,
        now: Timestamp,
    ) -> Result<Caller, Box<Refused>> {
        let (caller, _) = self.verify_body(claim, parts, Body::Whole(body), service, now)?;
        Ok(caller)
    }

    /// Verifies a claim for `service`, with what is known of the body. Tells what is signed of it.
    pub(crate) fn verify_body(
        &self,
        claim: Claim,
        parts: &Parts,
        body: Body<'_>,
        service: &str,
        now: Timestamp,
    ) -> Result<(Caller, Payload), Box<Refused>> {
        let Claim { key, presented, session } = claim;
        let name = (key.access_key_id.clone(), presented.scope.clone());
        let kept = self.derived().get(&name).cloned();
        let is_new = kept.is_none();
        let derive = || Some(SigningKey::derive(&secret_of(&self.seal, &key)?, &presented.scope));
        let refused = |error| Box::new(Refused::new(error, &presented, Some(Arc::clone(&key))));
        let signing_key = kept.or_else(derive).ok_or_else(|| refused(AuthError::UnknownKey))?;
        let (request, rules) = (Request::of(parts), Rules { service, region: None });
        let verified = verify_with(&request, &presented, body, &signing_key, clock::jiff(now), &rules);
        let verified = verified.map_err(refused)?;
        if is_new {
            self.keep(name, signing_key);
        }
        Ok((Caller { key, region: presented.scope.region, session }, verified.payload))
    }

    /// Verifies a request for `service`, whose whole body is at hand.
    pub(crate) fn verify(
        &self,
        catalog: &Catalog,
        parts: &Parts,
        body: &[u8],
        service: &str,
        now: Timestamp,
    ) -> Result<Caller, Box<Refused>> {
        self.verify_claim(self.claim(catalog, parts)?, parts, body, service, now)
    }

    /// Only keys of requests that were verified are kept, so that nobody else can fill this.
    fn keep(&self, name: (String, Scope), signing_key: SigningKey) {
        let mut derived = self.derived();
        if derived.len() >= DERIVED_MAX {
            derived.clear();
        }
        derived.insert(name, signing_key);
    }

    fn derived(&self) -> MutexGuard<'_, HashMap<(String, Scope), SigningKey>> {
        self.derived.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A key that a request claims, not yet believed.
pub(crate) struct Claim {
    key: Arc<AccessKey>,
    presented: Presented,
    session: Option<Arc<Temporary>>,
}

impl Claim {
    /// The service that the request was signed for.
    pub(crate) fn service(&self) -> &str {
        &self.presented.scope.service
    }

    /// The key, which may not be the caller's.
    pub(crate) fn key(&self) -> &AccessKey {
        &self.key
    }
}

/// Who a request claims to be.
pub(crate) enum Standing {
    /// The holder of a key that Cairn knows; to be verified.
    Known(Claim),
    /// The holder of this key, verified by a URL of signature version 2.
    Presigned(Arc<AccessKey>),
    /// The holder of another key, or of none that can be read: not for Cairn to verify.
    Stranger {
        /// The key, if the request names one.
        access_key_id: Option<String>,
        /// The region that the request was signed for, if it says one.
        region: Option<String>,
    },
    /// The request is not signed.
    Nobody,
}

/// The access key that a request names whose signature is of a form that Cairn does not verify: SigV4A, version 2.
fn named_key(parts: &Parts) -> Option<String> {
    let header = parts.headers.get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let in_header = header.and_then(|text| match text.split_once("Credential=") {
        Some((_, credential)) => credential.split('/').next(),
        None => text.strip_prefix("AWS ")?.split(':').next(),
    });
    let in_query = || {
        let pairs = parts.uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
        let names = ["AWSAccessKeyId", "X-Amz-Credential"];
        let (_, value) = pairs.into_iter().find(|(name, _)| names.contains(name))?;
        value.split(['/', '%']).next()
    };
    let is_plain =
        |key: &&str| (1..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    in_header.or_else(in_query).filter(is_plain).map(str::to_owned)
}

impl Refused {
    fn new(error: AuthError, presented: &Presented, key: Option<Arc<AccessKey>>) -> Refused {
        let region = Some(presented.scope.region.clone()).filter(|region| is_region(region));
        Refused { error, access_key_id: Some(presented.access_key_id.clone()), key, region }
    }
}

/// Whether a text has the form of a region's name, such as `us-east-1`.
pub(crate) fn is_region(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (2..=32).contains(&text.len()) && text.bytes().all(allowed)
}

/// A key's secret; `None` if the key file is another than it was sealed under.
pub(crate) fn secret_of(seal: &Seal, key: &AccessKey) -> Option<String> {
    let plain = seal.open(&key.sealed_secret, key.access_key_id.as_bytes());
    match plain.map(String::from_utf8) {
        Ok(Ok(secret)) => Some(secret),
        _ => {
            tracing::error!(
                access_key_id = key.access_key_id,
                "the key's secret does not open under the key file"
            );
            None
        }
    }
}

/// The key whose bearer token the request carries. Whoever sees a token can use it, so it is taken only where
/// nobody does: over loopback or TLS.
pub(crate) fn bearer(state: &CatalogState, parts: &Parts, peer: IpAddr) -> Option<Arc<AccessKey>> {
    let token = presented_token(parts)?;
    let unseen = peer.to_canonical().is_loopback() || parts.extensions.get::<TlsSession>().is_some();
    if !unseen {
        return None;
    }
    let hash = token_hash(token);
    let found = state.keys.values().find(|key| key.token_sha256.as_ref() == Some(&hash));
    found.filter(|key| key.status == KeyStatus::Active).cloned()
}

fn presented_token(parts: &Parts) -> Option<&str> {
    parts.headers.get(http::header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// What the catalog keeps of a bearer token: SHA-256 in lower-case hex.
pub(crate) fn token_hash(token: &str) -> String {
    hex::encode(digest::digest(&digest::SHA256, token.as_bytes()))
}

#[cfg(test)]
mod tests;
