//! The gate: every request passes it after its signature was verified and before anything of its operation.

use super::access::{Who, denied};
use super::actions::{action_of, makes_object};
use super::parameters::query;
use crate::buckets::Buckets;
use crate::policy::{Asker, Circumstances, ConditionKey};
use cairn_model::AccountId;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Result, s3_error};
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// What the server knows of an access key.
#[derive(Clone)]
pub struct KeyInfo {
    /// The secret access key; never shown by `Debug`.
    pub secret: String,
    /// The account it belongs to.
    pub account: AccountId,
    /// The user it belongs to, by name with path; nothing for the account's root.
    pub user: Option<String>,
    /// A disabled key is treated as one that does not exist.
    pub disabled: bool,
    /// A key that may only send events; it may do nothing here.
    pub ingest_only: bool,
}

impl fmt::Debug for KeyInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let KeyInfo { secret: _, account, user, disabled, ingest_only } = self;
        f.debug_struct("KeyInfo")
            .field("account", account)
            .field("user", user)
            .field("disabled", disabled)
            .field("ingest_only", ingest_only)
            .finish_non_exhaustive()
    }
}

/// The access keys of the server.
pub trait Keys: Send + Sync {
    /// The key of this id, if there is one. Must not wait: it is asked for every request.
    fn secret(&self, access_key_id: &str) -> Option<KeyInfo>;
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection {
    /// The client's address.
    pub address: IpAddr,
    /// Whether it came over TLS.
    pub is_secure: bool,
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
        self.keys.secret(access_key_id).filter(|key| !key.disabled).ok_or_else(|| {
            s3_error!(InvalidAccessKeyId, "The AWS Access Key Id you provided does not exist in our records.")
        })
    }

    /// Notes whose signature it is, and says who that is.
    fn asker(&self, cx: &S3AccessContext<'_>, sighting: &Sighting) -> S3Result<Asker> {
        let Some(credentials) = cx.credentials() else { return Ok(Asker::Anonymous) };
        let key = self.key(&credentials.access_key)?;
        let verified = Verified { access_key_id: credentials.access_key.clone(), account: key.account };
        sighting.note(|seen| seen.verified = Some(verified));
        match key.ingest_only {
            true => Err(denied()),
            false => Ok(Asker::Key { account: key.account, user: key.user }),
        }
    }

    /// Refuses what the owner, or the bucket's policy, does not let the asker do with a bucket that exists.
    async fn admit(&self, cx: &S3AccessContext<'_>, who: &Who) -> S3Result<()> {
        let operation = cx.s3_op().name();
        let bucket = match cx.s3_path().get_bucket_name() {
            Some(bucket) if operation != "CreateBucket" => bucket,
            // Making and listing buckets is for accounts.
            _ => return who.account().map(drop),
        };
        let Some(info) = self.buckets.bucket(bucket).await else { return Ok(()) };
        let expected = cx.headers().get("x-amz-expected-bucket-owner");
        if expected.is_some_and(|expected| expected.as_bytes() != info.owner.as_bytes()) {
            return Err(denied());
        }
        let key = cx.s3_path().get_object_key();
        if matches!(operation, "DeleteObjects" | "PostObject") {
            // Which keys, the body says; the operation asks again. Who has no say at all goes no further.
            let has_policy = self.buckets.settings(bucket).is_ok_and(|settings| settings.policy.is_some());
            return if who.asker.account() == Some(info.owner) || has_policy {
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
        let asker = self.asker(cx, &sighting)?;
        let owner = match cx.s3_path().get_bucket_name() {
            Some(bucket) => self.buckets.bucket(bucket).await.map(|info| info.owner),
            None => None,
        };
        let circumstances = Arc::new(circumstances(cx, &asker, connection, owner));
        let who = Who { asker, circumstances };
        self.admit(cx, &who).await?;
        cx.extensions_mut().insert(who);
        Ok(())
    }
}

/// Header or query parameter, and the condition key that it is the value of.
const FROM_HEADERS: [(&str, ConditionKey); 7] = [
    ("user-agent", ConditionKey::UserAgent),
    ("referer", ConditionKey::Referer),
    ("x-amz-acl", ConditionKey::Acl),
    ("x-amz-server-side-encryption", ConditionKey::ServerSideEncryption),
    ("x-amz-copy-source", ConditionKey::CopySource),
    ("x-amz-metadata-directive", ConditionKey::MetadataDirective),
    ("x-amz-storage-class", ConditionKey::StorageClass),
];
const FROM_QUERY: [(&str, ConditionKey); 2] =
    [("prefix", ConditionKey::Prefix), ("delimiter", ConditionKey::Delimiter)];

/// What conditions of a policy see of a request.
fn circumstances(
    cx: &S3AccessContext<'_>,
    asker: &Asker,
    connection: Option<Connection>,
    owner: Option<AccountId>,
) -> Circumstances {
    let mut known = Circumstances::new();
    if let Some(Connection { address, is_secure }) = connection {
        known.insert(ConditionKey::SourceIp, address.to_canonical().to_string());
        known.insert(ConditionKey::SecureTransport, is_secure.to_string());
    }
    known.extend(FROM_HEADERS.into_iter().filter_map(|(name, key)| {
        let value = cx.headers().get(name)?;
        Some((key, String::from_utf8_lossy(value.as_bytes()).into_owned()))
    }));
    known.extend(FROM_QUERY.into_iter().filter_map(|(name, key)| Some((key, query(cx.uri(), name)?))));
    known.extend(owner.map(|owner| (ConditionKey::ResourceAccount, owner.to_string())));
    known.insert(ConditionKey::PrincipalIsAwsService, false.to_string());
    let is_old = query(cx.uri(), "Signature").is_some();
    let is_in_query = is_old || query(cx.uri(), "X-Amz-Signature").is_some();
    let Asker::Key { account, user } = asker else {
        known.insert(ConditionKey::PrincipalType, "Anonymous".to_owned());
        return known;
    };
    let auth_type = match (cx.s3_op().name(), is_in_query) {
        ("PostObject", _) => "POST",
        (_, true) => "REST-QUERY-STRING",
        (_, false) => "REST-HEADER",
    };
    let version = if is_old { "AWS" } else { "AWS4-HMAC-SHA256" };
    let (kind, name) = match user {
        Some(user) => ("User", format!("user/{user}")),
        None => ("Account", "root".to_owned()),
    };
    known.extend([
        (ConditionKey::AuthType, auth_type.to_owned()),
        (ConditionKey::SignatureVersion, version.to_owned()),
        (ConditionKey::PrincipalType, kind.to_owned()),
        (ConditionKey::PrincipalAccount, account.to_string()),
        (ConditionKey::PrincipalArn, format!("arn:aws:iam::{account}:{name}")),
    ]);
    let short = user.as_ref().map(|user| user.rsplit('/').next().unwrap_or_default().to_owned());
    known.extend(short.map(|short| (ConditionKey::Username, short)));
    known
}
