//! Settings: one table says what each is called in the file, as a flag and in the environment.
//!
//! Flags beat the environment, the environment beats the file. A setting is honoured or refused,
//! never read and ignored.

mod aws;
mod duration;
mod file;
mod gateway;
mod imports;
mod lake;
mod limits;
mod organization;
mod place;
mod settings;
mod tls;
mod upstream;

pub(crate) use aws::TargetSettings;
pub(crate) use duration::parse_duration;
pub(crate) use gateway::{GatewaySettings, RecordMode};
pub(crate) use imports::{FollowedSource, ImportSettings};
pub(crate) use lake::{LakeLocation, LakeSettings};
pub(crate) use limits::Profile;
pub(crate) use settings::{Kind, SETTINGS, Setting};
pub(crate) use upstream::{ApiSettings, UpstreamSettings};

use crate::listener::TlsFiles;
use place::Given;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The settings of `cairn serve`.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// The data folder.
    pub(crate) data: PathBuf,
    /// The home region.
    pub(crate) region: String,
    /// How often trails cut log files.
    pub(crate) deliver_every: Duration,
    /// How often trails make digests.
    pub(crate) digest_every: Duration,
    /// How often the keys that sign digests are replaced.
    pub(crate) rotate_every: Duration,
    /// Whether the first start makes the default trail.
    pub(crate) default_trail: bool,
    /// How long delivered objects may not be overwritten or deleted.
    pub(crate) lock: Duration,
    /// How long event history keeps an event.
    pub(crate) history: Duration,
    /// Bytes of log files that may wait for their buckets.
    pub(crate) outbox_bytes: u64,
    /// Free disk space below which events are refused, in bytes.
    pub(crate) reserve_bytes: u64,
    /// The shared catalog, if there is one.
    pub(crate) catalog_url: Option<String>,
    /// Below which every bucket has a host name of its own.
    pub(crate) bucket_domain: Option<String>,
    /// The organization and its accounts, if there is one.
    pub(crate) organization: Option<cairn_decide::organization::Settings>,
    /// Quotas, throttles and checks.
    pub(crate) limits: Profile,
    /// Certificate and key, if TLS is spoken.
    pub(crate) tls: Option<TlsFiles>,
    /// Log lines as JSON instead of text.
    pub(crate) log_json: bool,
    /// Services that trails deliver to.
    pub(crate) targets: TargetSettings,
    /// What is forwarded where, and how it is recorded.
    pub(crate) gateway: GatewaySettings,
    /// Buckets that are imported from for ever.
    pub(crate) imports: ImportSettings,
    /// What queries may take.
    pub(crate) lake: LakeSettings,
}

/// Why the settings cannot be used. The text is for the person who wrote them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("{0} does not exist")]
    Missing(String),
    #[error("{path}: {source}")]
    Unreadable { path: String, source: std::io::Error },
    #[error("{path}:{line}: {message}")]
    NotToml { path: String, line: usize, message: String },
    #[error("{path}:{line}: unknown key {key:?}{}", did_you_mean(.nearest))]
    UnknownKey { path: String, line: usize, key: String, nearest: Option<&'static str> },
    /// What is wrong with a value, and where it was given.
    #[error("{place}: {source}")]
    At { place: String, source: Box<ConfigError> },
    #[error("{name}: {value:?} is not {expected}")]
    Value { name: &'static str, value: String, expected: &'static str },
    #[error("{0}")]
    Combination(&'static str),
    /// What is wrong in an `[[upstream]]`.
    #[error("upstream.{key}: {message}")]
    Upstream { key: &'static str, message: &'static str },
    #[error("{name} is not built yet, so it cannot be honoured; leave it out")]
    NotBuilt { name: &'static str },
}

fn did_you_mean(nearest: &Option<&'static str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean {name:?}?"))
}

impl Config {
    /// Joins flags, environment and file. `flags` and `variables` are by key, as [`SETTINGS`] names
    /// them; the file may be absent only if it was not asked for by name.
    pub(crate) fn load(
        file: Option<&Path>,
        flags: &BTreeMap<&'static str, String>,
        variables: &BTreeMap<&'static str, String>,
    ) -> Result<Config, ConfigError> {
        let given = Given::join(file::read(file)?, flags, variables);
        Config::from_values(&given.values, &given.upstreams).map_err(|error| given.locate(error))
    }

    fn from_values(
        values: &BTreeMap<&'static str, String>,
        upstreams: &[upstream::Table],
    ) -> Result<Config, ConfigError> {
        if let Some(setting) =
            SETTINGS.iter().find(|setting| !setting.built && values.contains_key(setting.key))
        {
            return Err(ConfigError::NotBuilt { name: setting.key });
        }
        let text = |key: &'static str| {
            let default = settings::find(key).map_or("", |setting| setting.default);
            values.get(key).cloned().unwrap_or_else(|| default.to_owned())
        };
        let targets = aws::targets(values)?;
        Ok(Config {
            listen: parsed("server.listen", &text("server.listen"), "an address like 127.0.0.1:4580")?,
            data: PathBuf::from(text("server.data")),
            region: region("server.region", &text("server.region"))?,
            deliver_every: duration("trails.deliver_every", &text("trails.deliver_every"))?,
            digest_every: duration("trails.digest_every", &text("trails.digest_every"))?,
            rotate_every: rotation("trails.rotate_every", &text("trails.rotate_every"))?,
            default_trail: parsed("trails.default", &text("trails.default"), "true or false")?,
            lock: duration("trails.lock", &text("trails.lock"))?,
            history: days("history.days", &text("history.days"))?,
            outbox_bytes: parsed("trails.outbox_bytes", &text("trails.outbox_bytes"), "a number of bytes")?,
            reserve_bytes: parsed("log.reserve_bytes", &text("log.reserve_bytes"), "a number of bytes")?,
            catalog_url: catalog_url("catalog.url", &text("catalog.url"))?,
            bucket_domain: domain("buckets.domain", &text("buckets.domain"))?,
            organization: organization::settings(values)?,
            limits: parsed("limits.profile", &text("limits.profile"), "open or aws")?,
            tls: tls::files(values)?,
            imports: imports::settings(&text)?,
            lake: lake::settings(&text)?,
            log_json: parsed("server.log_json", &text("server.log_json"), "true or false")?,
            gateway: gateway::settings(values, upstreams, &text, targets.credentials.as_ref())?,
            targets,
        })
    }
}

fn refused(name: &'static str, value: &str, expected: &'static str) -> ConfigError {
    ConfigError::Value { name, value: value.to_owned(), expected }
}

fn parsed<T: std::str::FromStr>(
    name: &'static str,
    value: &str,
    expected: &'static str,
) -> Result<T, ConfigError> {
    value.parse().map_err(|_| refused(name, value, expected))
}

/// A URL, which no error shows: it may hold a password.
fn catalog_url(name: &'static str, value: &str) -> Result<Option<String>, ConfigError> {
    match value {
        "" => Ok(None),
        value if cairn_store::catalog::shared::check_url(value).is_ok() => Ok(Some(value.to_owned())),
        _ => Err(refused(name, "(not shown)", "a URL like postgres://user@host/database")),
    }
}

/// A domain without a port; nothing if it is empty.
fn domain(name: &'static str, value: &str) -> Result<Option<String>, ConfigError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    match value {
        "" => Ok(None),
        value if value.bytes().all(allowed) && !value.contains("..") => Ok(Some(value.to_owned())),
        value => Err(refused(name, value, "a domain like s3.example.com")),
    }
}

fn duration(name: &'static str, value: &str) -> Result<Duration, ConfigError> {
    parse_duration(value)
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| refused(name, value, "a duration like 250ms, 5s, 5m, 1h or 90d"))
}

fn days(name: &'static str, value: &str) -> Result<Duration, ConfigError> {
    let expected = "a number of days from 1 to 36500";
    let days: u64 = parsed(name, value, expected)?;
    if !(1..=36_500).contains(&days) {
        return Err(refused(name, value, expected));
    }
    Ok(Duration::from_secs(days * 86_400))
}

fn region(name: &'static str, value: &str) -> Result<String, ConfigError> {
    if crate::auth::is_region(value) {
        Ok(value.to_owned())
    } else {
        Err(refused(name, value, "a region like us-east-1"))
    }
}

/// Keys are valid from and to whole seconds, so a key must live some of them.
fn rotation(name: &'static str, value: &str) -> Result<Duration, ConfigError> {
    let every = duration(name, value)?;
    if every < Duration::from_secs(4) {
        return Err(refused(name, value, "a duration of 4s or more"));
    }
    Ok(every)
}

#[cfg(test)]
mod tests;
