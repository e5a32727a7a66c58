//! The table of settings.

/// One setting under all its names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    /// `table.key` in the file.
    pub(crate) key: &'static str,
    /// Flags, without dashes; the first is shown.
    pub(crate) flags: &'static [&'static str],
    /// Environment variables; the first wins.
    pub(crate) variables: &'static [&'static str],
    /// The value if none is given.
    pub(crate) default: &'static str,
    /// What its value looks like.
    pub(crate) kind: Kind,
    /// Whether it does anything yet.
    pub(crate) built: bool,
    /// For `--help`.
    pub(crate) help: &'static str,
}

/// What a setting's value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One value.
    Value,
    /// `true` or `false`; the bare flag means `true`.
    Switch,
    /// Several values: an array in the file, commas between them elsewhere.
    List,
}

const fn setting(
    key: &'static str,
    flags: &'static [&'static str],
    variables: &'static [&'static str],
    default: &'static str,
    help: &'static str,
) -> Setting {
    Setting { key, flags, variables, default, kind: Kind::Value, built: true, help }
}

const fn switch(
    key: &'static str,
    flags: &'static [&'static str],
    variables: &'static [&'static str],
    help: &'static str,
) -> Setting {
    Setting { key, flags, variables, default: "false", kind: Kind::Switch, built: true, help }
}

const fn list(
    key: &'static str,
    flags: &'static [&'static str],
    variables: &'static [&'static str],
    help: &'static str,
) -> Setting {
    Setting { key, flags, variables, default: "", kind: Kind::List, built: true, help }
}

const fn later(
    key: &'static str,
    flags: &'static [&'static str],
    variables: &'static [&'static str],
) -> Setting {
    Setting { key, flags, variables, default: "", kind: Kind::Value, built: false, help: "not built yet" }
}

/// Every setting of `cairn serve`.
pub(crate) const SETTINGS: &[Setting] = &[
    setting(
        "server.listen",
        &["listen", "server-listen"],
        &["CAIRN_LISTEN", "CAIRN_SERVER_LISTEN"],
        "127.0.0.1:4580",
        "Address to listen on; port 0 picks a free one",
    ),
    setting(
        "server.data",
        &["data", "server-data"],
        &["CAIRN_DATA", "CAIRN_SERVER_DATA"],
        "./cairn-data",
        "Data folder",
    ),
    setting(
        "server.region",
        &["region", "server-region"],
        &["CAIRN_REGION", "CAIRN_SERVER_REGION"],
        "us-east-1",
        "Home region: of the default trail and of what carries none",
    ),
    setting(
        "server.log_json",
        &["server-log-json"],
        &["CAIRN_SERVER_LOG_JSON"],
        "false",
        "Write log lines as JSON (true or false)",
    ),
    setting(
        "trails.deliver_every",
        &["deliver-every", "trails-deliver-every"],
        &["CAIRN_DELIVER_EVERY", "CAIRN_TRAILS_DELIVER_EVERY"],
        "5m",
        "How often trails deliver log files",
    ),
    setting(
        "trails.digest_every",
        &["digest-every", "trails-digest-every"],
        &["CAIRN_DIGEST_EVERY", "CAIRN_TRAILS_DIGEST_EVERY"],
        "1h",
        "How often trails deliver digests",
    ),
    setting(
        "trails.rotate_every",
        &["trails-rotate-every"],
        &["CAIRN_TRAILS_ROTATE_EVERY"],
        "30d",
        "How often the keys that sign digests are replaced",
    ),
    setting(
        "trails.default",
        &["trails-default"],
        &["CAIRN_TRAILS_DEFAULT"],
        "true",
        "Make the trail `default` at first start (true or false)",
    ),
    setting(
        "trails.lock",
        &["trails-lock"],
        &["CAIRN_TRAILS_LOCK"],
        "365d",
        "How long delivered objects can be neither overwritten nor deleted",
    ),
    setting(
        "trails.outbox_bytes",
        &["trails-outbox-bytes"],
        &["CAIRN_TRAILS_OUTBOX_BYTES"],
        "10737418240",
        "Bytes of log files that may wait for buckets that take nothing; beyond, their trails skip events",
    ),
    setting(
        "history.days",
        &["history-days"],
        &["CAIRN_HISTORY_DAYS"],
        "90",
        "Days that event history keeps an event",
    ),
    setting(
        "catalog.url",
        &["catalog-url"],
        &["CAIRN_CATALOG_URL"],
        "",
        "postgres:// URL of a catalog that several processes share (default: SQLite in the data folder); one with a password \
         rather in the file or the variable",
    ),
    setting(
        "buckets.domain",
        &["buckets-domain"],
        &["CAIRN_BUCKETS_DOMAIN"],
        "",
        "Domain below which each bucket has a host name of its own, such as s3.example.com",
    ),
    setting(
        "limits.profile",
        &["limits-profile"],
        &["CAIRN_LIMITS_PROFILE"],
        "open",
        "open: wide quotas, no throttles; aws: AWS's quotas, throttles and check of bucket policies",
    ),
    setting(
        "log.reserve_bytes",
        &["log-reserve-bytes"],
        &["CAIRN_LOG_RESERVE_BYTES"],
        "268435456",
        "Free disk space below which events are refused, in bytes",
    ),
    setting(
        "server.upstream",
        &["upstream", "server-upstream"],
        &["CAIRN_UPSTREAM", "CAIRN_SERVER_UPSTREAM"],
        "",
        "URL of the services that calls are forwarded to and recorded; [[upstream]] tables choose by service and region",
    ),
    setting(
        "gateway.openapi",
        &["openapi", "gateway-openapi"],
        &["CAIRN_OPENAPI", "CAIRN_GATEWAY_OPENAPI"],
        "",
        "OpenAPI document of the API at the upstream, if it is your own",
    ),
    setting(
        "gateway.jwks",
        &["gateway-jwks"],
        &["CAIRN_GATEWAY_JWKS"],
        "",
        "File of the keys (JWKS) that the API's callers' tokens are verified with; read again when it changes",
    ),
    setting(
        "gateway.record",
        &["gateway-record"],
        &["CAIRN_GATEWAY_RECORD"],
        "before-response",
        "before-response: no answer ends before its event is on disk; intent: no write begins before that it will is on \
         disk; async: answers wait for nothing",
    ),
    switch(
        "gateway.require_known_keys",
        &["require-known-keys", "gateway-require-known-keys"],
        &["CAIRN_REQUIRE_KNOWN_KEYS", "CAIRN_GATEWAY_REQUIRE_KNOWN_KEYS"],
        "Refuse calls that are not signed by a key of Cairn's own",
    ),
    list(
        "gateway.trusted_proxies",
        &["trusted-proxies", "gateway-trusted-proxies"],
        &["CAIRN_TRUSTED_PROXIES", "CAIRN_GATEWAY_TRUSTED_PROXIES"],
        "Networks of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8",
    ),
    setting(
        "gateway.capture_bytes",
        &["gateway-capture-bytes"],
        &["CAIRN_GATEWAY_CAPTURE_BYTES"],
        "1048576",
        "Bytes of a request's and of an answer's body that are read for the record",
    ),
    setting(
        "gateway.queue_bytes",
        &["gateway-queue-bytes"],
        &["CAIRN_GATEWAY_QUEUE_BYTES"],
        "67108864",
        "Bytes of events that may wait for the disk with gateway.record = async; further ones are dropped and counted",
    ),
    setting(
        "gateway.connections",
        &["gateway-connections"],
        &["CAIRN_GATEWAY_CONNECTIONS"],
        "1024",
        "Calls that may be under way to one upstream; further ones wait",
    ),
    setting(
        "gateway.connect_timeout",
        &["gateway-connect-timeout"],
        &["CAIRN_GATEWAY_CONNECT_TIMEOUT"],
        "5s",
        "How long a connection to an upstream may take to come about",
    ),
    setting(
        "gateway.answer_timeout",
        &["gateway-answer-timeout"],
        &["CAIRN_GATEWAY_ANSWER_TIMEOUT"],
        "5m",
        "How long an upstream may take to begin its answer once it has the request",
    ),
    setting(
        "gateway.idle_timeout",
        &["gateway-idle-timeout"],
        &["CAIRN_GATEWAY_IDLE_TIMEOUT"],
        "15m",
        "How long the body of a request may stand still; answers may for ever",
    ),
    later("history.categories", &["history-categories"], &["CAIRN_HISTORY_CATEGORIES"]),
    setting(
        "targets.s3_endpoint",
        &["targets-s3-endpoint"],
        &["CAIRN_S3_ENDPOINT", "CAIRN_TARGETS_S3_ENDPOINT"],
        "",
        "URL of S3, where a bucket is looked for that is none of Cairn's own",
    ),
    setting(
        "targets.sns_endpoint",
        &["targets-sns-endpoint"],
        &["CAIRN_SNS_ENDPOINT", "CAIRN_TARGETS_SNS_ENDPOINT"],
        "",
        "URL of SNS",
    ),
    setting(
        "targets.sqs_endpoint",
        &["targets-sqs-endpoint"],
        &["CAIRN_SQS_ENDPOINT", "CAIRN_TARGETS_SQS_ENDPOINT"],
        "",
        "URL of SQS, where queues tell of new files to import",
    ),
    setting(
        "targets.logs_endpoint",
        &["targets-logs-endpoint"],
        &["CAIRN_LOGS_ENDPOINT", "CAIRN_TARGETS_LOGS_ENDPOINT"],
        "",
        "URL of CloudWatch Logs",
    ),
    later(
        "targets.events_endpoint",
        &["targets-events-endpoint"],
        &["CAIRN_EVENTS_ENDPOINT", "CAIRN_TARGETS_EVENTS_ENDPOINT"],
    ),
    setting(
        "targets.kms_endpoint",
        &["targets-kms-endpoint"],
        &["CAIRN_KMS_ENDPOINT", "CAIRN_TARGETS_KMS_ENDPOINT"],
        "",
        "URL of KMS",
    ),
    setting(
        "aws.access_key_id",
        &["aws-access-key-id"],
        &["CAIRN_AWS_ACCESS_KEY_ID"],
        "",
        "Access key for AWS services as targets",
    ),
    setting(
        "aws.secret_access_key",
        &["aws-secret-access-key"],
        &["CAIRN_AWS_SECRET_ACCESS_KEY"],
        "",
        "Its secret; as a flag every user of the machine sees it, so rather in the file or the variable",
    ),
    setting(
        "aws.session_token",
        &["aws-session-token"],
        &["CAIRN_AWS_SESSION_TOKEN"],
        "",
        "The session token of a temporary access key",
    ),
    setting(
        "aws.profile",
        &["aws-profile"],
        &["CAIRN_AWS_PROFILE"],
        "",
        "Profile of ~/.aws that gives credentials for AWS services",
    ),
    setting(
        "aws.region",
        &["aws-region"],
        &["CAIRN_AWS_REGION"],
        "",
        "Region of AWS services where no name tells it (default: the home region)",
    ),
    setting(
        "aws.ambient",
        &["aws-ambient"],
        &["CAIRN_AWS_AMBIENT"],
        "false",
        "Take credentials where the AWS CLI would (true or false)",
    ),
    setting(
        "organization.id",
        &["organization-id"],
        &["CAIRN_ORGANIZATION_ID"],
        "",
        "The organization's id, such as o-exampleorgid",
    ),
    setting(
        "organization.management_account",
        &["organization-management-account"],
        &["CAIRN_ORGANIZATION_MANAGEMENT_ACCOUNT"],
        "",
        "The account that manages the organization",
    ),
    list(
        "organization.members",
        &["organization-members"],
        &["CAIRN_ORGANIZATION_MEMBERS"],
        "Its accounts, each alone or as account=mail address",
    ),
    list(
        "imports.follow",
        &["imports-follow"],
        &["CAIRN_IMPORTS_FOLLOW"],
        "Buckets of live trails whose new files are imported: s3://BUCKET/PREFIX, looked through now and then, or \
         s3://BUCKET/PREFIX@URL-OF-AN-SQS-QUEUE that tells of new files",
    ),
    setting(
        "imports.every",
        &["imports-every"],
        &["CAIRN_IMPORTS_EVERY"],
        "5m",
        "How often followed buckets without a queue are looked through",
    ),
    setting(
        "imports.look_back",
        &["imports-look-back"],
        &["CAIRN_IMPORTS_LOOK_BACK"],
        "7d",
        "How long after its day a file of a followed bucket may come, and how far back the first look goes",
    ),
    setting(
        "lake.commit_every",
        &["lake-commit-every"],
        &["CAIRN_LAKE_COMMIT_EVERY"],
        "60s",
        "How often what event data stores took goes into their tables; queries see it before",
    ),
    setting(
        "lake.query_memory",
        &["lake-query-memory"],
        &["CAIRN_LAKE_QUERY_MEMORY"],
        "1073741824",
        "Memory of all queries of event data stores together, in bytes; beyond it they spill to disk",
    ),
    setting(
        "lake.query_threads",
        &["lake-query-threads"],
        &["CAIRN_LAKE_QUERY_THREADS"],
        "",
        "Threads that run queries (default: as many as the machine has processors)",
    ),
    setting(
        "lake.queries_at_once",
        &["lake-queries-at-once"],
        &["CAIRN_LAKE_QUERIES_AT_ONCE"],
        "10",
        "Queries that may be queued and running at once, for each account and region",
    ),
    setting(
        "lake.query_limit",
        &["lake-query-limit"],
        &["CAIRN_LAKE_QUERY_LIMIT"],
        "1h",
        "How long a query may run; its rows until then are kept",
    ),
    setting(
        "lake.spill_bytes",
        &["lake-spill-bytes"],
        &["CAIRN_LAKE_SPILL_BYTES"],
        "10737418240",
        "Bytes that queries may spill to disk together",
    ),
    setting(
        "lake.results_bytes",
        &["lake-results-bytes"],
        &["CAIRN_LAKE_RESULTS_BYTES"],
        "10737418240",
        "Bytes that the results of queries may take on disk together",
    ),
    setting(
        "lake.tags_file",
        &["lake-tags-file"],
        &["CAIRN_LAKE_TAGS_FILE"],
        "",
        "JSON file of tags by ARN, for the context of events; read again when it changes",
    ),
    setting(
        "lake.location",
        &["lake-location"],
        &["CAIRN_LAKE_LOCATION"],
        "",
        "Bucket that tables are kept in, s3://bucket/prefix (default: the data folder)",
    ),
    setting(
        "lake.copies_bytes",
        &["lake-copies-bytes"],
        &["CAIRN_LAKE_COPIES_BYTES"],
        "21474836480",
        "Bytes that copies of one table's files may take in the data folder, if it is in a bucket",
    ),
    setting(
        "lake.postgres_listen",
        &["lake-postgres-listen"],
        &["CAIRN_LAKE_POSTGRES_LISTEN"],
        "",
        "Address to speak PostgreSQL's protocol on, read only, such as 127.0.0.1:5432",
    ),
    setting(
        "tls.certificate",
        &["tls-certificate"],
        &["CAIRN_TLS_CERTIFICATE"],
        "",
        "PEM file of the certificate, and of those up to its authority: speak TLS; read again when it changes",
    ),
    setting("tls.key", &["tls-key"], &["CAIRN_TLS_KEY"], "", "PEM file of its private key, not encrypted"),
];

/// The setting of this key.
pub(super) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// The known key that looks most like `key`, if one does. A key whose table was forgotten looks like its last
/// part.
pub(super) fn nearest(key: &str) -> Option<&'static str> {
    nearest_of(SETTINGS.iter().map(|setting| setting.key), key)
}

/// The one of `known` that looks most like `key`, if one does.
pub(super) fn nearest_of(known: impl Iterator<Item = &'static str>, key: &str) -> Option<&'static str> {
    let likeness = |known: &'static str| {
        let last = known.rsplit('.').next().unwrap_or(known);
        let bare = if key.contains('.') { 0.0 } else { strsim::jaro_winkler(last, key) };
        strsim::jaro_winkler(known, key).max(bare)
    };
    known
        .map(|known| (likeness(known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}
