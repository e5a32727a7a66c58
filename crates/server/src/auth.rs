//! Who is calling: signatures and bearer tokens against the catalog's keys.

use crate::clock;
use crate::listener::TlsSession;
use aws_lc_rs::digest;
use cairn_model::{AccessKey, AccountId, KeyStatus, Timestamp};
use cairn_store::catalog::{Catalog, CatalogState};
use cairn_store::seal::Seal;
use cairn_wire::sigv4::{
    AuthError, Body, Presented, Request, Rules, Scope, ScopeFault, SigningKey, verify_with,
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
}

impl Caller {
    /// The account that the caller acts for.
    pub(crate) fn account(&self) -> AccountId {
        self.key.account
    }

    /// The ARN of the user, or of the account's root.
    pub(crate) fn arn(&self) -> String {
        match &self.key.user {
            None => format!("arn:aws:iam::{}:root", self.key.account),
            Some(user) => format!("arn:aws:iam::{}:user/{user}", self.key.account),
        }
    }
}

/// Verifies requests. Derived keys are kept, so that a request costs no key derivation.
pub(crate) struct Authenticator {
    seal: Arc<Seal>,
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
    pub(crate) fn new(seal: Arc<Seal>) -> Authenticator {
        Authenticator { seal, derived: Mutex::default() }
    }

    /// Finds the key that a request claims, before its body is read: a request of nobody known is refused
    /// for the price of its head.
    pub(crate) fn claim(&self, catalog: &Catalog, parts: &Parts) -> Result<Claim, Box<Refused>> {
        let nobody = |error| Box::new(Refused { error, access_key_id: None, key: None, region: None });
        if presented_token(parts).is_some() {
            return Err(nobody(AuthError::Incomplete { what: NO_TOKEN }));
        }
        let presented = Presented::parse(&Request::of(parts)).map_err(nobody)?;
        let key = catalog.state().keys.get(&presented.access_key_id).cloned();
        let refused = |error| Err(Box::new(Refused::new(error, &presented, key.clone())));
        let Some(known) = &key else { return refused(AuthError::UnknownKey) };
        if known.status == KeyStatus::Disabled {
            return refused(AuthError::DisabledKey);
        }
        // A region becomes part of ARNs and of object keys.
        if !is_region(&presented.scope.region) {
            let region = ScopeFault::Region(presented.scope.region.clone());
            return refused(AuthError::WrongScope(region));
        }
        Ok(Claim { key: Arc::clone(known), presented })
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
        let Claim { key, presented } = claim;
        let name = (key.access_key_id.clone(), presented.scope.clone());
        let kept = self.derived().get(&name).cloned();
        let is_new = kept.is_none();
        let derive = || Some(SigningKey::derive(&secret_of(&self.seal, &key)?, &presented.scope));
        let refused = |error| Box::new(Refused::new(error, &presented, Some(Arc::clone(&key))));
        let signing_key = kept.or_else(derive).ok_or_else(|| refused(AuthError::UnknownKey))?;
        let rules = Rules { service, region: None };
        let (request, body) = (Request::of(parts), Body::Whole(body));
        verify_with(&request, &presented, body, &signing_key, clock::jiff(now), &rules).map_err(refused)?;
        if is_new {
            self.keep(name, signing_key);
        }
        Ok(Caller { key, region: presented.scope.region })
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
