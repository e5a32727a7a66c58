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
    /// Whether it does anything yet.
    pub(crate) built: bool,
    /// For `--help`.
    pub(crate) help: &'static str,
}

const fn setting(
    key: &'static str,
    flags: &'static [&'static str],
    variables: &'static [&'static str],
    default: &'static str,
    help: &'static str,
) -> Setting {
    Setting { key, flags, variables, default, built: true, help }
}

const fn later(
    key: &'static str,
    flags: &'static [&'static str],
    variables: &'static [&'static str],
) -> Setting {
    Setting { key, flags, variables, default: "", built: false, help: "not built yet" }
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
        "history.days",
        &["history-days"],
        &["CAIRN_HISTORY_DAYS"],
        "90",
        "Days that event history keeps an event",
    ),
    setting(
        "limits.profile",
        &["limits-profile"],
        &["CAIRN_LIMITS_PROFILE"],
        "open",
        "open: wide quotas, no throttles; aws is not built yet",
    ),
    setting(
        "log.reserve_bytes",
        &["log-reserve-bytes"],
        &["CAIRN_LOG_RESERVE_BYTES"],
        "268435456",
        "Free disk space below which events are refused, in bytes",
    ),
    later("server.upstream", &["upstream", "server-upstream"], &["CAIRN_UPSTREAM", "CAIRN_SERVER_UPSTREAM"]),
    later("history.categories", &["history-categories"], &["CAIRN_HISTORY_CATEGORIES"]),
    later(
        "targets.s3_endpoint",
        &["targets-s3-endpoint"],
        &["CAIRN_S3_ENDPOINT", "CAIRN_TARGETS_S3_ENDPOINT"],
    ),
    later(
        "targets.sns_endpoint",
        &["targets-sns-endpoint"],
        &["CAIRN_SNS_ENDPOINT", "CAIRN_TARGETS_SNS_ENDPOINT"],
    ),
    later(
        "targets.logs_endpoint",
        &["targets-logs-endpoint"],
        &["CAIRN_LOGS_ENDPOINT", "CAIRN_TARGETS_LOGS_ENDPOINT"],
    ),
    later(
        "targets.events_endpoint",
        &["targets-events-endpoint"],
        &["CAIRN_EVENTS_ENDPOINT", "CAIRN_TARGETS_EVENTS_ENDPOINT"],
    ),
    later(
        "targets.kms_endpoint",
        &["targets-kms-endpoint"],
        &["CAIRN_KMS_ENDPOINT", "CAIRN_TARGETS_KMS_ENDPOINT"],
    ),
    later("aws.access_key_id", &["aws-access-key-id"], &["CAIRN_AWS_ACCESS_KEY_ID"]),
    later("aws.secret_access_key", &["aws-secret-access-key"], &["CAIRN_AWS_SECRET_ACCESS_KEY"]),
    later("aws.profile", &["aws-profile"], &["CAIRN_AWS_PROFILE"]),
    later("aws.ambient", &["aws-ambient"], &["CAIRN_AWS_AMBIENT"]),
    later("tls.certificate", &["tls-certificate"], &["CAIRN_TLS_CERTIFICATE"]),
    later("tls.key", &["tls-key"], &["CAIRN_TLS_KEY"]),
];

/// The setting of this key.
pub(super) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// The known key that looks most like `key`, if one does.
pub(super) fn nearest(key: &str) -> Option<&'static str> {
    SETTINGS
        .iter()
        .map(|setting| (strsim::jaro_winkler(setting.key, key), setting.key))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, key)| key)
}
