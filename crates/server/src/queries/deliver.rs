//! Delivering results to a bucket: CSV files, then the file that signs them.
//!
//! The files follow from the rows, and their keys from the query: after a crash the same is put again.

use super::blocking;
use crate::app::App;
use crate::clock;
use crate::jobs::make_signing_key;
use crate::targets::PutFault;
use bytes::Bytes;
use cairn_aws::ServerSideEncryption;
use cairn_bucket::{BucketError, Condition, Headers, ObjectBody, PutObject};
use cairn_decide::queries::{Delivery, DeliveryStatus, Location, Query};
use cairn_delivery::{ResultFile, ResultFiles, SIGN_FILE, SigningKeyOpen};
use cairn_model::{SigningKey, Timestamp};
use cairn_store::rows::{RowsError, RowsReader};
use std::sync::Arc;
use std::time::Duration;

/// Rows that are read at once.
const ROWS_AT_ONCE: usize = 10_000;
/// Bytes of them.
const BYTES_AT_ONCE: usize = 4 << 20;
/// How many seconds are waited before a file is put once more; then it is given up.
const WAITS: [u64; 6] = [1, 2, 4, 8, 15, 30];

/// Delivers the results of a query, if they are to be delivered, and says how that went.
pub(crate) async fn deliver(app: &Arc<App>, id: &str) {
    let awaits = |query: &Query| query.awaits_delivery().is_some();
    if !app.queries.kept.find(id).is_some_and(|query| awaits(&query)) {
        return;
    }
    let _one = app.queries.delivering.lock().await;
    let Some(query) = app.queries.kept.find(id).filter(awaits) else { return };
    let status = match Delivering::of(app, &query).deliver_all().await {
        Ok(()) => DeliveryStatus::Success,
        Err(fault) => {
            tracing::warn!(query = id, %fault, "results were not delivered");
            fault.status()
        }
    };
    let (kept, id) = (Arc::clone(&app.queries.kept), id.to_owned());
    blocking(move || {
        let told = |query: &mut Query| {
            if let Some(delivery) = &mut query.delivery {
                delivery.status = status;
            }
        };
        if let Err(error) = kept.delivered(&id, told) {
            tracing::error!(query = id, %error, "how a delivery fared could not be written; it is done again at the next start");
        }
    })
    .await;
}

/// Why results were not delivered.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{name}: {code}")]
    Put { name: String, code: String },
    #[error(transparent)]
    Rows(#[from] RowsError),
    #[error("the account has no key that signs")]
    NoKey,
}

impl Fault {
    fn status(&self) -> DeliveryStatus {
        let is_signing = matches!(self, Fault::Put { name, .. } if name == SIGN_FILE);
        match self {
            Fault::Put { code, .. } if code == "NoSuchBucket" => DeliveryStatus::ResourceNotFound,
            Fault::Put { code, .. } if code == "AccessDenied" && is_signing => {
                DeliveryStatus::AccessDeniedSigningFile
            }
            Fault::Put { code, .. } if code == "AccessDenied" => DeliveryStatus::AccessDenied,
            Fault::NoKey => DeliveryStatus::FailedSigningFile,
            Fault::Put { .. } if is_signing => DeliveryStatus::FailedSigningFile,
            Fault::Put { .. } | Fault::Rows(_) => DeliveryStatus::Failed,
        }
    }
}

struct Delivering<'a> {
    app: &'a Arc<App>,
    query: &'a Query,
    bucket: String,
    /// What keys begin with.
    folder: String,
    completed: Timestamp,
}

impl<'a> Delivering<'a> {
    fn of(app: &'a Arc<App>, query: &'a Query) -> Delivering<'a> {
        let Delivery { uri, .. } = query.delivery.as_ref().expect("it is to be delivered");
        let location = Location::parse(uri).expect("it was read when the query was started");
        Delivering {
            app,
            query,
            folder: location.folder(query.account, query.created, &query.id),
            bucket: location.bucket,
            completed: query.awaits_delivery().expect("it awaits it"),
        }
    }

    async fn deliver_all(&self) -> Result<(), Fault> {
        let kept = &self.app.queries.kept;
        let (disk, path) = (kept.disk().clone(), kept.rows_path(&self.query.id));
        let reader = blocking(move || RowsReader::open(&*disk, &path)).await?;
        let (mut reader, mut files) = (reader, None);
        let mut next = Some(0);
        while let Some(from) = next {
            let (back, packed, page) = blocking(move || pack(reader, files, from)).await;
            let (full, behind) = page?;
            for file in full {
                self.put_with_patience(&file).await?;
            }
            (reader, files, next) = (back, Some(packed), behind);
        }
        let mut files = files.expect("there is a first page");
        if let Some(last) = files.last() {
            self.put_with_patience(&last).await?;
        }
        let bytes = self.sign(&files).await?;
        self.put_with_patience(&ResultFile { name: SIGN_FILE.to_owned(), sha256: sha256(&bytes), bytes })
            .await
    }

    async fn sign(&self, files: &ResultFiles) -> Result<Bytes, Fault> {
        make_signing_key(self.app, self.query.account).await.map_err(|error| {
            tracing::error!(%error, "no signing key could be made");
            Fault::NoKey
        })?;
        let key = self.key().ok_or(Fault::NoKey)?;
        let pkcs8 =
            self.app.seal.open(&key.sealed_private, key.fingerprint.as_bytes()).map_err(|_| Fault::NoKey)?;
        let key = SigningKeyOpen { pkcs8: &pkcs8, fingerprint: &key.fingerprint };
        files.sign(&self.query.region, self.completed, key).map_err(|_| Fault::NoKey)
    }

    /// The newest key that is valid now.
    fn key(&self) -> Option<Arc<SigningKey>> {
        let (state, now) = (self.app.journal.catalog().state(), clock::now());
        let valid = state
            .signing_keys_of(self.query.account)
            .filter(|key| key.valid_from <= now.plus(Duration::from_secs(1)) && now < key.valid_to);
        valid.max_by_key(|key| key.valid_from).cloned()
    }

    async fn put_with_patience(&self, file: &ResultFile) -> Result<(), Fault> {
        for wait in WAITS {
            match self.put(file).await {
                Ok(()) => return Ok(()),
                Err(code) if matches!(code.as_str(), "NoSuchBucket" | "AccessDenied" | "Conflict") => {
                    return Err(Fault::Put { name: file.name.clone(), code });
                }
                Err(code) => {
                    tracing::warn!(query = self.query.id, name = file.name, code, "a result was not put yet");
                    tokio::time::sleep(Duration::from_secs(wait)).await;
                }
            }
        }
        let put = self.put(file).await;
        put.map_err(|code| Fault::Put { name: file.name.clone(), code })
    }

    /// Errors are S3's codes.
    async fn put(&self, file: &ResultFile) -> Result<(), String> {
        match self.app.buckets.bucket(&self.bucket).await {
            Some(_) => self.put_own(file).await,
            None => self.put_elsewhere(file).await,
        }
    }

    async fn put_own(&self, file: &ResultFile) -> Result<(), String> {
        let put = PutObject {
            bucket: self.bucket.clone(),
            key: format!("{}{}", self.folder, file.name),
            body: ObjectBody::Bytes(file.bytes.clone()),
            headers: Headers { content_type: Some(content_type(file).to_owned()), ..Headers::default() },
            condition: Condition::IfAbsent,
            locked_until: None,
            now: clock::now(),
        };
        let store = self.query.stores.first().expect("a query asks one store at least");
        // Policies see the store as the source; whose bucket may be written into, the account that asked.
        let source = cairn_model::EventDataStoreArn { account: self.query.account, ..store.clone() };
        match self.app.buckets.deliver(put, &source.to_string()).await {
            Ok(_) => Ok(()),
            Err(BucketError::Exists { sha256 }) if hex::encode(sha256.0) == file.sha256 => Ok(()),
            Err(BucketError::Exists { .. }) => Err("Conflict".to_owned()),
            Err(BucketError::NoSuchBucket) => Err("NoSuchBucket".to_owned()),
            Err(BucketError::Denied | BucketError::Locked { .. }) => Err("AccessDenied".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn put_elsewhere(&self, file: &ResultFile) -> Result<(), String> {
        let put = cairn_aws::PutObject {
            bucket: self.bucket.clone(),
            key: format!("{}{}", self.folder, file.name),
            // The query's id is in it.
            key_is_random: true,
            body: file.bytes.clone(),
            sha256: file.sha256.clone(),
            content_type: content_type(file),
            content_encoding: None,
            metadata: Vec::new(),
            encryption: ServerSideEncryption::SseS3,
        };
        match self.app.targets.put_new(&put).await {
            Ok(_) => Ok(()),
            Err(PutFault::Conflict) => Err("Conflict".to_owned()),
            Err(PutFault::Service(fault)) => Err(fault.code),
        }
    }
}

/// What was packed of a page: the files that are full, and where the next page begins.
type Packed = Result<(Vec<ResultFile>, Option<u64>), RowsError>;

/// Packs the rows from `from` on. Blocks.
fn pack(reader: RowsReader, files: Option<ResultFiles>, from: u64) -> (RowsReader, ResultFiles, Packed) {
    let mut files = files.unwrap_or_else(|| ResultFiles::new(reader.columns()));
    let page = reader.page(from, ROWS_AT_ONCE, BYTES_AT_ONCE).map(|page| {
        let full = page.rows.iter().filter_map(|row| files.push(row)).collect();
        (full, page.next)
    });
    (reader, files, page)
}

/// No encoding is told: clients would unpack what its signature covers packed.
fn content_type(file: &ResultFile) -> &'static str {
    if file.name == SIGN_FILE { "application/json" } else { "application/gzip" }
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes))
}
