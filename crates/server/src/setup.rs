//! Start-up: opens everything in order, replays, and makes the first account at the first start.

mod shared;

use crate::access::Actors;
use crate::api::Throttles;
use crate::app::{App, BucketKeys, Unsealer, signing_key};
use crate::auth::{Authenticator, Temporaries, secret_of};
use crate::backup;
use crate::clock;
use crate::config::Config;
use crate::dashboards::Refreshes;
use crate::delivering::Router;
use crate::enrichment::{self, Knowledge, Tags, TagsFault};
use crate::events;
use crate::federation::{self, Federation};
use crate::gateway::{self, Gateway, GatewayError};
use crate::imports::{self, Imports};
use crate::ingest::{Budget, ENCODED_BYTES_MAX, UnderWay};
use crate::journal::{Journal, JournalError, ReplayError, Replayed, replay};
use crate::location::{self, Location, LocationError};
use crate::metrics::Metrics;
use crate::organization;
use crate::own;
use crate::queries::{self, Queries};
use crate::stores::{self, StateError, Stores, StoresOptions};
use crate::tail::Tails;
use crate::targets::Targets;
use bytes::Bytes;
use cairn_aws::Credentials;
use cairn_bucket::{BucketError, Buckets};
use cairn_decide::taking::Definitions;
use cairn_delivery::{Delivery, DeliveryError, DeliveryOptions, Limits};
use cairn_lake::{Bodies, BodyError, History, HistoryOptions, LakeError};
use cairn_model::{
    AccessKey, Account, AccountId, Change, KeyStatus, Logging, Position, Timestamp, Trail, TrailArn,
};
use cairn_store::catalog::shared::{OpenError as SharedOpenError, SharedError};
use cairn_store::catalog::{Catalog, CatalogError};
use cairn_store::disk::LocalDisk;
use cairn_store::durable_file::write_durably;
use cairn_store::log::{Log, LogOptions, OpenError, ReadError};
use cairn_store::seal::{KeyError, Seal};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The root key that the environment gives, if it gives one.
#[derive(Clone, Debug, Default)]
pub(crate) struct GivenKey {
    /// `CAIRN_ACCOUNT_ID`.
    pub(crate) account: Option<String>,
    /// `CAIRN_ACCESS_KEY_ID`.
    pub(crate) access_key_id: Option<String>,
    /// `CAIRN_SECRET_ACCESS_KEY`.
    pub(crate) secret: Option<String>,
}

/// Why Cairn does not start. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("data folder {path}: {source}")]
    Folder { path: String, source: std::io::Error },
    #[error("another Cairn serves the data folder {0}")]
    InUse(String),
    #[error("a restore into the data folder {0} did not finish; run it again")]
    Restoring(String),
    #[error(transparent)]
    KeyFile(#[from] KeyError),
    #[error(transparent)]
    Log(#[from] OpenError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Replay(#[from] ReplayError),
    #[error(transparent)]
    History(#[from] LakeError),
    #[error(transparent)]
    Location(#[from] LocationError),
    #[error(transparent)]
    Stores(#[from] StateError),
    #[error(transparent)]
    Tags(#[from] TagsFault),
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    #[error(transparent)]
    Buckets(#[from] BucketError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    #[error(transparent)]
    Imports(#[from] cairn_store::imports::ImportsError),
    #[error(
        "the log ends at position {end}, but event history was read up to {reached} before: segment files are missing at \
         its end. Restore them from a backup"
    )]
    LogBehind { end: Position, reached: Position },
    #[error("{0}")]
    Given(&'static str),
    #[error("the system gives no random bytes")]
    NoRandomness,
    #[error("the secrets in the catalog do not open under secret.key: it is of another data folder")]
    WrongKeyFile,
    #[error(transparent)]
    SharedCatalog(#[from] SharedOpenError),
    #[error(transparent)]
    Shared(#[from] SharedError),
    #[error(
        "the catalog on PostgreSQL has secrets that {0} opens: copy it here from a process that shares the catalog"
    )]
    NoKeyFile(String),
    #[error(
        "this data folder shares its catalog with others: set catalog.url. To go on without them, with what this process knows \
         of it, remove the file {0}"
    )]
    CatalogUrlMissing(String),
    #[error(
        "catalog.url is of another catalog than the one that this data folder shares. To leave that one for good, and take over what \
         the other has, remove the file {0}"
    )]
    OtherCatalog(String),
}

/// What start-up made.
pub(crate) struct Started {
    pub(crate) app: Arc<App>,
    /// The root key's secret, to print.
    pub(crate) root_secret: String,
    pub(crate) first_start: bool,
}

/// Bytes of the log that are read at once where many records are.
const BODIES_BYTES: usize = 1 << 20;

/// The log as the place that bodies of the hot tail are read from.
pub(crate) struct LogBodies(pub(crate) Log);

impl Bodies for LogBodies {
    fn read(&self, at: Position) -> Result<Bytes, BodyError> {
        self.0.read_at(at).map_err(body_error)
    }

    fn read_all(
        &self,
        range: Range<Position>,
        take: &mut dyn FnMut(Position, Bytes),
    ) -> Result<(), BodyError> {
        let mut reader = self.0.reader(range.start).map_err(body_error)?;
        while reader.position() < range.end
            && let Some(chunk) = reader.next(BODIES_BYTES).map_err(body_error)?
        {
            let records = chunk.iter().take_while(|(at, _)| *at < range.end);
            records.for_each(|(at, payload)| take(at, chunk.share(payload)));
        }
        Ok(())
    }
}

fn body_error(error: ReadError) -> BodyError {
    match error {
        ReadError::Released { .. } => BodyError::Gone,
        other => BodyError::Io(std::io::Error::other(other)),
    }
}

/// Opens the data folder, whose lock the caller holds.
pub(crate) async fn start(config: Config, given: &GivenKey) -> Result<Started, StartError> {
    let data = config.data.clone();
    let failed = |source| StartError::Folder { path: data.display().to_string(), source };
    backup::remove_staging(&data).map_err(failed)?;
    let disk = Arc::new(LocalDisk);
    let incarnation = incarnation(&disk, &data).map_err(failed)?;
    let shared = shared::find(&config, &data, &incarnation).await?;
    let seal = Arc::new(open_seal(&disk, &data, shared.as_ref())?);
    let agreed = shared.as_ref().and_then(|shared| shared.agreed);
    let catalog = Catalog::open(&data.join("catalog.db")).await?;
    let buckets = Buckets::open(data.join("buckets")).await?;
    let targets = Targets::new(buckets.clone());
    let target = Router::new(buckets.clone(), config.lock, targets.clone());
    let options = DeliveryOptions {
        deliver_every: config.deliver_every,
        digest_every: config.digest_every,
        limits: Limits {
            outbox_bytes: config.outbox_bytes,
            // Trails whose buckets are down leave the log its reserve, and some time to be seen to.
            keep_free_bytes: config.reserve_bytes.saturating_mul(2),
            ..Limits::default()
        },
        ..DeliveryOptions::new(data.join("delivery"), config.region.clone())
    };
    let unsealer = Arc::new(Unsealer(Arc::clone(&seal)));
    let delivery = Delivery::open(options, Arc::new(target), unsealer).await?;

    let log_options = LogOptions {
        reserve_bytes: config.reserve_bytes,
        queue_bytes: ENCODED_BYTES_MAX,
        must_reach: catalog
            .position()
            .max(delivery.position())
            .max(agreed.unwrap_or(Position::ZERO))
            .max(Stores::saved_in(&data)?.map_or(Position::ZERO, |(position, _)| position)),
        ..LogOptions::new(data.join("log"))
    };
    let log_disk = Arc::clone(&disk);
    let (log, recovery) = tokio::task::spawn_blocking(move || Log::open(log_disk, log_options))
        .await
        .expect("opening the log does not panic")?;
    if let Some(cut) = &recovery.cut {
        tracing::warn!(bytes = cut.bytes, at = %cut.at, "a torn tail of the log was cut; nothing in it was acknowledged");
    }
    let location = Location::open(&config, &incarnation).await?;
    let history_options = HistoryOptions {
        retention: config.history,
        remote: location.remote(HISTORY),
        ..HistoryOptions::new(data.join(HISTORY), config.region.clone())
    };
    let history = History::open(history_options, Arc::new(LogBodies(log.clone()))).await?;
    if history.committed() > recovery.end {
        return Err(StartError::LogBehind { end: recovery.end, reached: history.committed() });
    }
    let Replayed { records: replayed, unsettled } = replay(&log, &catalog, agreed).await?;
    tracing::info!(records = recovery.records, end = %recovery.end, replayed, "the log is open");
    let tags = Tags::open(&data, config.lake.tags_file.as_deref())?;
    let knowledge = Arc::new(Knowledge::new(tags));
    let stores_options =
        StoresOptions { home_region: &config.region, commit_every: config.lake.commit_every };
    let stores =
        Stores::open(&data, &stores_options, log.clone(), &location, Arc::clone(&knowledge), || {
            let state = catalog.state();
            let (stores, channels) = (&state.event_data_stores, &state.channels);
            let organizations = state.organizations.values().cloned();
            Definitions::new(stores.values().cloned(), channels.values().cloned(), organizations)
        })?;

    let fatal = CancellationToken::new();
    let journal = Journal::new(log, catalog, fatal.clone());
    let journal = Arc::new(match shared {
        Some(shared) => journal.sharing(shared.sharing(&config)),
        None => journal,
    });
    knowledge.follow(Arc::clone(&journal));
    shared::join(&journal, unsettled, &disk, &data).await?;
    let first_start = journal.catalog().state().keys.is_empty();
    if first_start {
        first_account(&config, given, &journal, &seal, &buckets).await?;
    }
    organization::settle(&config, &journal).await?;
    let (operator, root_secret) = root_key(&journal, &seal, given)?;
    targets.connect(&config.targets, Credentials::fixed(&operator.access_key_id, &root_secret, None));
    let temporaries = Arc::new(Temporaries::new(Arc::clone(&seal)));
    let actors = Arc::new(Actors::default());
    let keys = BucketKeys {
        journal: Arc::clone(&journal),
        seal: Arc::clone(&seal),
        temporaries: Arc::clone(&temporaries),
        actors: Arc::clone(&actors),
    };
    let s3 = cairn_bucket::service(
        buckets.clone(),
        Arc::new(keys),
        config.region.clone(),
        config.bucket_domain.as_deref(),
    );
    let metrics = Metrics::new();
    let imports = Imports::open(&config.data).await?;
    let gateway = Gateway::open(&config, disk, &journal, metrics.recorder()).await?;
    let federation = Federation::open(&data);
    let queries = Queries::open(&config)?;
    let app = App {
        gateway,
        tails: Tails::new(journal.log()),
        metrics,
        backups: Arc::default(),
        incarnation,
        import_commits: tokio::sync::Mutex::default(),
        authenticator: Authenticator::new(Arc::clone(&seal), temporaries),
        actors,
        throttles: Throttles::default(),
        imports,
        budget: Budget::new(768 << 20),
        under_way: UnderWay::default(),
        started: clock::now(),
        fatal,
        config,
        journal,
        history,
        stores,
        location,
        federation,
        knowledge,
        refreshes: Refreshes::default(),
        queries,
        delivery,
        targets,
        buckets,
        s3,
        seal,
        operator,
    };
    Ok(Started { app: Arc::new(app), root_secret, first_start })
}

/// The data folder's incarnation, made at its first start.
fn incarnation(disk: &LocalDisk, data: &Path) -> std::io::Result<String> {
    let path = data.join(INCARNATION);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let made = clock::random_uuid();
            write_durably(disk, &path, made.as_bytes())?;
            Ok(made)
        }
        Err(error) => Err(error),
    }
}

/// A new key file is made for a new data folder only: beside what was sealed under another, it would open nothing, and
/// hide that the right one is missing.
fn open_seal(disk: &LocalDisk, data: &Path, shared: Option<&shared::Found>) -> Result<Seal, StartError> {
    let path = data.join("secret.key");
    let others_have_one = shared.is_some_and(|shared| shared.operator.is_some());
    if others_have_one && !path.exists() {
        return Err(StartError::NoKeyFile(path.display().to_string()));
    }
    let seal = match others_have_one || data.join("catalog.db").exists() {
        true => Seal::load(disk, &path)?,
        false => Seal::load_or_create(disk, &path)?,
    };
    shared.map_or(Ok(()), |shared| shared.check(&seal))?;
    Ok(seal)
}

/// Makes the account, its root key and the default trail, as one record. A crash before it is durable leaves
/// nothing but an empty bucket, which the next first start takes over.
async fn first_account(
    config: &Config,
    given: &GivenKey,
    journal: &Journal,
    seal: &Seal,
    buckets: &Buckets,
) -> Result<(), StartError> {
    let now = clock::now();
    let account: AccountId = given
        .account
        .as_deref()
        .unwrap_or("000000000000")
        .parse()
        .map_err(|_| StartError::Given("CAIRN_ACCOUNT_ID is not 12 digits"))?;
    let (access_key_id, secret) = match (&given.access_key_id, &given.secret) {
        (None, None) => (own::new_access_key_id(), own::new_secret()),
        (Some(id), Some(secret)) if !id.is_empty() && !secret.is_empty() => (id.clone(), secret.clone()),
        _ => return Err(StartError::Given("CAIRN_ACCESS_KEY_ID and CAIRN_SECRET_ACCESS_KEY go together")),
    };
    let sealed_secret =
        seal.seal(secret.as_bytes(), access_key_id.as_bytes()).map_err(|_| StartError::NoRandomness)?;
    let key = AccessKey {
        access_key_id,
        account,
        user: None,
        sealed_secret,
        token_sha256: None,
        ingest_only: false,
        any_account: false,
        operator: true,
        status: KeyStatus::Active,
        created: now,
    };
    let mut changes =
        vec![Change::PutAccount(Account { id: account, name: None, created: now }), Change::PutKey(key)];
    if config.default_trail {
        let trail = default_trail(config, account, now);
        match buckets.create_bucket(&trail.bucket, &config.region, account, now).await {
            Ok(()) | Err(BucketError::AlreadyOwned) => {}
            Err(error) => return Err(error.into()),
        }
        let signing_key =
            signing_key(seal, account, now, config.rotate_every).ok_or(StartError::NoRandomness)?;
        changes.push(Change::PutSigningKey(signing_key));
        changes.push(Change::PutTrail(Box::new(trail)));
    }
    let event = events::by_cairn("Initialize", account, &config.region, now, None);
    let mut control = journal.control().await;
    control.check()?;
    // Another process may have been first.
    if journal.catalog().state().keys.is_empty() {
        control.commit(&changes, account, &event).await?;
    }
    Ok(())
}

fn default_trail(config: &Config, account: AccountId, now: Timestamp) -> Trail {
    let arn = TrailArn { region: config.region.clone(), account, name: "default".to_owned() };
    Trail {
        multi_region: true,
        log_file_validation: true,
        logging: Logging::On { started: now, stopped: None },
        ..Trail::new(arn, format!("cairn-trail-{account}"), now)
    }
}

/// The operator's key. Values in the environment must be the ones of the first start.
fn root_key(journal: &Journal, seal: &Seal, given: &GivenKey) -> Result<(AccessKey, String), StartError> {
    let state = journal.catalog().state();
    let root = state.keys.values().find(|key| key.operator);
    let root = root.ok_or(StartError::Given("the catalog has no operator's key"))?;
    let secret = secret_of(seal, root).ok_or(StartError::WrongKeyFile)?;
    let differs = |given: &Option<String>, value: &str| given.as_deref().is_some_and(|given| given != value);
    let account_differs = differs(&given.account, root.account.as_str());
    if account_differs
        || differs(&given.access_key_id, &root.access_key_id)
        || differs(&given.secret, &secret)
    {
        return Err(StartError::Given(
            "CAIRN_ACCOUNT_ID, CAIRN_ACCESS_KEY_ID and CAIRN_SECRET_ACCESS_KEY are read at the first start only, and \
             differ from what this data folder was made with; unset them or use another data folder",
        ));
    }
    Ok((AccessKey::clone(root), secret))
}

/// The folder of event history's table.
pub(crate) const HISTORY: &str = "history";

/// The names that a data folder's own files and folders have.
pub(crate) const OWN_NAMES: [&str; 18] = [
    "secret.key",
    "catalog.db",
    shared::FOLLOWS,
    // SQLite would take these for the catalog's, whichever that is.
    "catalog.db-wal",
    "catalog.db-shm",
    "catalog.db-journal",
    INCARNATION,
    "log",
    HISTORY,
    location::MARKER,
    federation::FOLDER,
    stores::FOLDER,
    queries::FOLDER,
    enrichment::FILE,
    "delivery",
    "buckets",
    imports::FOLDER,
    gateway::INTENTS,
];

/// The file that tells a data folder from its backups, none of which has it. What clients remember of positions holds
/// for one incarnation: a restored log goes on differently behind the backup's end.
const INCARNATION: &str = "incarnation";

/// The folder in which a restore gathers what it then gives its place. While it is there, the data folder is not whole.
pub(crate) const RESTORING: &str = "restoring";

/// Takes the lock of the data folder, which makes it if it is missing. The lock goes with the process,
/// however that ends.
pub(crate) fn lock(data: &Path) -> Result<std::fs::File, StartError> {
    let lock = lock_for_restore(data)?;
    match data.join(RESTORING).exists() {
        true => Err(StartError::Restoring(data.display().to_string())),
        false => Ok(lock),
    }
}

/// The same for `cairn restore`, which may go on where it was cut off.
pub(crate) fn lock_for_restore(data: &Path) -> Result<std::fs::File, StartError> {
    let failed = |source| StartError::Folder { path: data.display().to_string(), source };
    std::fs::create_dir_all(data).map_err(failed)?;
    let file = std::fs::File::create(data.join("lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {
            // The address of an earlier run: whoever waits for this one's must not find it.
            match std::fs::remove_file(data.join("endpoint")) {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(failed(source)),
                _ => Ok(file),
            }
        }
        Err(std::fs::TryLockError::WouldBlock) => Err(StartError::InUse(data.display().to_string())),
        Err(std::fs::TryLockError::Error(source)) => Err(failed(source)),
    }
}
