//! Temporary credentials of Cairn's own: AssumeRole and GetSessionToken hand them out.
//!
//! Nothing is kept of them. The session token holds everything, sealed under the data folder's key file with the access
//! key's id as context, so it works over restarts and in every copy that has the key file.

use crate::{clock, own};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cairn_decide::access::role_of_arn;
use cairn_decide::policy::{Policy, Purpose};
use cairn_model::{AccessKey, KeyStatus, Session, SessionHolder, Timestamp};
use cairn_store::catalog::CatalogState;
use cairn_store::seal::{Seal, SealError};
use cairn_wire::sigv4::AuthError;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A token that was opened. Its secret opens as a key's does.
#[derive(Debug)]
pub(crate) struct Temporary {
    /// What stands for a key of the catalog.
    pub(crate) key: Arc<AccessKey>,
    /// Who acts, and until when.
    pub(crate) session: Session,
    /// The policy that narrows the session.
    pub(crate) policy: Option<Arc<Policy>>,
    /// The key that it ends with: GetSessionToken's caller's.
    issuer: Option<String>,
    /// What its requests present, as they do.
    pub(crate) token: String,
}

/// What is handed out.
pub(crate) struct Issued {
    pub(crate) access_key_id: String,
    pub(crate) secret: String,
    pub(crate) token: String,
    pub(crate) expires: Timestamp,
}

/// What a token says.
#[derive(Serialize, Deserialize)]
struct Content {
    session: Session,
    /// In hex.
    sealed_secret: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    #[serde(default)]
    operator: bool,
}

/// Tokens that were opened lately are kept; beyond this many all are dropped and opened again.
const OPENED_MAX: usize = 10_000;
/// No token of ours is longer.
const TOKEN_BYTES_MAX: usize = 16 << 10;

/// Seals and opens tokens.
#[derive(Debug)]
pub(crate) struct Temporaries {
    seal: Arc<Seal>,
    opened: Mutex<HashMap<String, Arc<Temporary>>>,
}

impl Temporaries {
    pub(crate) fn new(seal: Arc<Seal>) -> Temporaries {
        Temporaries { seal, opened: Mutex::default() }
    }

    /// Makes credentials for a session; its access key id is filled in. `issuer` is the key that they end with.
    /// `policy` was checked.
    pub(crate) fn issue(
        &self,
        session: Session,
        policy: Option<String>,
        issuer: Option<&AccessKey>,
    ) -> Result<Issued, SealError> {
        let (access_key_id, secret) = (new_id(), own::new_secret());
        let expires = session.expires;
        let content = Content {
            session: Session { access_key_id: access_key_id.clone(), ..session },
            sealed_secret: hex::encode(self.seal.seal(secret.as_bytes(), access_key_id.as_bytes())?),
            policy,
            issuer: issuer.map(|key| key.access_key_id.clone()),
            operator: issuer.is_some_and(|key| key.operator),
        };
        let plain = serde_json::to_vec(&content).expect("a token has string keys only");
        let sealed = self.seal.seal(&plain, context(&access_key_id).as_bytes())?;
        Ok(Issued { access_key_id, secret, token: BASE64_STANDARD.encode(sealed), expires })
    }

    /// The credentials that a token is of; `None` if Cairn did not make it for this key.
    pub(crate) fn open(&self, access_key_id: &str, token: &str) -> Option<Arc<Temporary>> {
        if let Some(known) = self.known(access_key_id).filter(|known| known.token == token) {
            return Some(known);
        }
        if token.len() > TOKEN_BYTES_MAX || !access_key_id.starts_with("ASIA") {
            return None;
        }
        let sealed = BASE64_STANDARD.decode(token).ok()?;
        let plain = self.seal.open(&sealed, context(access_key_id).as_bytes()).ok()?;
        let temporary = Arc::new(read(serde_json::from_slice(&plain).ok()?, token)?);
        let mut opened = self.opened();
        if opened.len() >= OPENED_MAX {
            opened.clear();
        }
        opened.insert(access_key_id.to_owned(), Arc::clone(&temporary));
        Some(temporary)
    }

    /// The credentials of this key, if their token was seen lately.
    pub(crate) fn known(&self, access_key_id: &str) -> Option<Arc<Temporary>> {
        self.opened().get(access_key_id).cloned()
    }

    fn opened(&self) -> MutexGuard<'_, HashMap<String, Arc<Temporary>>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Temporary {
    /// Refuses those that are over, by themselves or with the key or the role that they came of.
    pub(crate) fn check(&self, state: &CatalogState, now: Timestamp) -> Result<(), AuthError> {
        if self.session.expires <= now {
            return Err(AuthError::TokenExpired);
        }
        let is_active = |id: &String| state.keys.get(id).is_some_and(|key| key.status == KeyStatus::Active);
        match self.issuer.as_ref().is_none_or(is_active) && self.has_role(state) {
            true => Ok(()),
            false => Err(AuthError::DisabledKey),
        }
    }

    /// Whether the role of the session, if it is one of a role, is still there: neither gone nor another of its name,
    /// or policies of resources would let in whom nobody can take out any more.
    fn has_role(&self, state: &CatalogState) -> bool {
        let SessionHolder::AssumedRole { role_arn, role_id, .. } = &self.session.holder else { return true };
        let named = role_of_arn(role_arn).and_then(|(account, name)| state.role(account, name));
        named.is_some_and(|role| role.id == *role_id)
    }
}

/// So that a token never opens as anything else that was sealed.
fn context(access_key_id: &str) -> String {
    format!("session-token/{access_key_id}")
}

fn read(content: Content, token: &str) -> Option<Temporary> {
    let Content { session, sealed_secret, policy, issuer, operator } = content;
    let policy = match policy {
        None => None,
        Some(text) => Some(Arc::new(Policy::parse(&text, Purpose::Identity).ok()?)),
    };
    let user = match &session.holder {
        SessionHolder::User { user } => user.clone(),
        _ => None,
    };
    let key = AccessKey {
        access_key_id: session.access_key_id.clone(),
        account: session.account,
        user,
        sealed_secret: hex::decode(sealed_secret).ok()?,
        token_sha256: None,
        ingest_only: false,
        any_account: false,
        operator,
        status: KeyStatus::Active,
        created: session.created,
    };
    Some(Temporary { key: Arc::new(key), session, policy, issuer, token: token.to_owned() })
}

/// `ASIA` and 16 letters or digits of base 32, as AWS's are.
fn new_id() -> String {
    own::new_access_key_id().replacen("AKIA", "ASIA", 1)
}

/// Until when a session lasts that begins now.
pub(crate) fn expiry(now: Timestamp, seconds: u32) -> Timestamp {
    now.plus(std::time::Duration::from_secs(u64::from(seconds)))
}

/// Now, to the second: answers and events tell no fraction.
pub(crate) fn begin() -> Timestamp {
    clock::now().floor_to_second()
}

#[cfg(test)]
mod tests;
