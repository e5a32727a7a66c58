//! The gate: every request passes it after its signature was verified and before anything of its operation.
//!
//! XML and JSON bodies are read behind it, as slowly as they are sent. By then a bucket may be there that was not, or
//! another account's of the same name. So a bucket has to be there at the gate, and an operation that does what a body
//! says asks again once it has it.

use super::access::{Who, arn, denied};
use super::actions::{action_of, makes_object};
use super::condition_values::condition_values;
use super::parameters::query;
use crate::buckets::Buckets;
use crate::error::BucketError;
use cairn_decide::policy::{Actor, Context};
use cairn_model::{AccountId, Timestamp};
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Error, S3Result, s3_error};
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// What the server knows of an access key.
#[derive(Clone)]
pub struct KeyInfo {
    /// The secret access key; never shown by `Debug`.
    pub secret: String,
    /// Whose it is, and what they may do.
    pub actor: Arc<Actor>,
    /// A disabled key is treated as one that does not exist.
    pub disabled: bool,
    /// A key that may only send events; it may do nothing here.
    pub ingest_only: bool,
    /// The session token that every request of a temporary key has to present; never shown by `Debug`.
    pub session_token: Option<String>,
}

impl fmt::Debug for KeyInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let KeyInfo { secret: _, actor, disabled, ingest_only, session_token: _ } = self;
        f.debug_struct("KeyInfo")
            .field("account", &actor.account)
            .field("who", &actor.who)
            .field("disabled", disabled)
            .field("ingest_only", ingest_only)
            .finish_non_exhaustive()
    }
}

/// The access keys of the server.
pub trait Keys: Send + Sync {
    /// The key of this id, if there is one. Must not wait: it is asked for every request.
    fn secret(&self, access_key_id: &str) -> Option<KeyInfo>;

    /// Tells of a session token that the fields of a form present: from now on its key is known, if it is one.
    fn meet(&self, access_key_id: &str, token: &str);

    /// Whether another account than this one counts on a bucket of this name, wherever that is: whoever made one here
    /// would get what is meant for it.
    fn is_counted_on(&self, bucket: &str, account: AccountId) -> bool;
}

/// The session token that a request presents: in a header, its query, or the fields of a form.
#[derive(Clone, Debug, Default)]
pub(super) struct PresentedToken(pub(super) Option<String>);

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection {
    /// The client's address.
    pub address: IpAddr,
    /// Whether it came over TLS.
    pub is_secure: bool,
    /// When it came.
    pub time: Timestamp,
}

/// What the gate saw, left with the request by the front.
#[derive(Clone, Default)]
pub(super) struct Sighting(Arc<Mutex<Seen>>);

#[derive(Clone, Default)]
pub(super) struct Seen {
    pub(super) operation: Option<String>,
    pub(super) verified: Option<Verified>,
}

/// The access key whose signature was found right.
#[derive(Clone)]
pub(super) struct Verified {
    pub(super) access_key_id: String,
    pub(super) account: AccountId,
}

impl Sighting {
    pub(super) fn seen(&self) -> Seen {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, note: impl FnOnce(&mut Seen)) {
        note(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Lets in whom the keys, the buckets' owners and their policies allow.
#[derive(Clone)]
pub(super) struct Gate {
    pub(super) keys: Arc<dyn Keys>,
    pub(super) buckets: Buckets,
}

impl Gate {
    fn key(&self, access_key_id: &str) -> S3Result<KeyInfo> {
        self.keys.secret(access_key_id).filter(|key| !key.disabled).ok_or_else(unknown_key)
    }

    /// Notes whose signature it is, and says who that is.
    fn actor(&self, cx: &mut S3AccessContext<'_>, sighting: &Sighting) -> S3Result<Option<Arc<Actor>>> {
        let Some(credentials) = cx.credentials().cloned() else { return Ok(None) };
        let key = self.key(&credentials.access_key)?;
        require_token(&key, cx)?;
        let verified = Verified { access_key_id: credentials.access_key, account: key.actor.account };
        sighting.note(|seen| seen.verified = Some(verified));
        match key.ingest_only {
            true => Err(denied()),
            false => Ok(Some(key.actor)),
        }
    }

    /// Refuses what the owner, or the bucket's policy, does not let the asker do, and what is about no bucket.
    async fn admit(&self, cx: &S3AccessContext<'_>, who: &Who) -> S3Result<()> {
        let operation = cx.s3_op().name();
        let bucket = match cx.s3_path().get_bucket_name() {
            Some(bucket) if operation == "CreateBucket" => {
                return who.require_of_account("s3:CreateBucket", &arn(bucket, None));
            }
            Some(bucket) => bucket,
            None => return who.require_of_account("s3:ListAllMyBuckets", "*"),
        };
        let info = self.buckets.bucket(bucket).await.ok_or(BucketError::NoSuchBucket)?;
        let expected = cx.headers().get("x-amz-expected-bucket-owner");
        if expected.is_some_and(|expected| expected.as_bytes() != info.owner.as_bytes()) {
            return Err(denied());
        }
        let key = cx.s3_path().get_object_key();
        if matches!(operation, "DeleteObjects" | "PostObject") {
            // Which keys, the body says; the operation asks again. Who has no say at all goes no further.
            let has_policy = self.buckets.settings(bucket).is_ok_and(|settings| settings.policy.is_some());
            return if who.known_account() == Some(info.owner) || has_policy {
                Ok(())
            } else {
                Err(denied())
            };
        }
        who.require(&self.buckets, &action_of(operation), bucket, key).await?;
        if makes_object(operation) && cx.headers().contains_key("x-amz-tagging") {
            who.require(&self.buckets, "s3:PutObjectTagging", bucket, key).await?;
        }
        Ok(())
    }
}

#[async_trait::async_trait]
impl S3Auth for Gate {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        Ok(SecretKey::from(self.key(access_key)?.secret))
    }
}

#[async_trait::async_trait]
impl S3Access for Gate {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let sighting = cx.extensions_mut().get::<Sighting>().cloned().unwrap_or_default();
        let connection = cx.extensions_mut().get::<Connection>().copied();
        let operation = cx.s3_op().name().to_owned();
        sighting.note(|seen| seen.operation = Some(operation));
        let actor = self.actor(cx, &sighting)?;
        let owner = match cx.s3_path().get_bucket_name() {
            Some(bucket) => self.buckets.bucket(bucket).await.map(|info| info.owner),
            None => None,
        };
        let context = Arc::new(context(cx, actor.as_deref(), connection, owner));
        let who = Who { actor, context };
        self.admit(cx, &who).await?;
        cx.extensions_mut().insert(who);
        Ok(())
    }
}

/// Refuses a temporary key without its token: who has but its id and secret has half of the credentials.
fn require_token(key: &KeyInfo, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
    let Some(token) = &key.session_token else { return Ok(()) };
    match cx.extensions_mut().get::<PresentedToken>().and_then(|presented| presented.0.as_ref()) {
        Some(presented) if presented == token => Ok(()),
        Some(_) => Err(s3_error!(InvalidToken, "The provided token is malformed or otherwise invalid.")),
        None => Err(unknown_key()),
    }
}

fn unknown_key() -> S3Error {
    s3_error!(InvalidAccessKeyId, "The AWS Access Key Id you provided does not exist in our records.")
}

/// What conditions of policies see of a request.
fn context(
    cx: &S3AccessContext<'_>,
    actor: Option<&Actor>,
    connection: Option<Connection>,
    owner: Option<AccountId>,
) -> Context {
    let mut context = actor.map_or_else(anonymous, |actor| actor.context.clone());
    if let Some(Connection { address, is_secure, time }) = connection {
        context.set("aws:sourceip", address.to_canonical().to_string());
        context.set("aws:securetransport", is_secure.to_string());
        context.set("aws:currenttime", time.to_string());
        context.set("aws:epochtime", time.as_seconds().to_string());
    }
    for (key, value) in condition_values(cx.uri(), cx.headers()) {
        context.set(key, value);
    }
    if let Some(owner) = owner {
        context.set("s3:resourceaccount", owner.as_str());
        context.set("aws:resourceaccount", owner.as_str());
    }
    if actor.is_some() {
        tell_signature(cx, &mut context);
    }
    context
}

fn anonymous() -> Context {
    Context::from([("aws:principaltype", "Anonymous"), ("aws:principalisawsservice", "false")])
}

fn tell_signature(cx: &S3AccessContext<'_>, context: &mut Context) {
    let is_old = query(cx.uri(), "Signature").is_some();
    let is_in_query = is_old || query(cx.uri(), "X-Amz-Signature").is_some();
    let auth_type = match (cx.s3_op().name(), is_in_query) {
        ("PostObject", _) => "POST",
        (_, true) => "REST-QUERY-STRING",
        (_, false) => "REST-HEADER",
    };
    context.set("s3:authtype", auth_type);
    context.set("s3:signatureversion", if is_old { "AWS" } else { "AWS4-HMAC-SHA256" });
}
