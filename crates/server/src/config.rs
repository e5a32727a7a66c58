//! Settings: one table says what each is called in the file, as a flag and in the environment.
//!
//! Flags beat the environment, the environment beats the file. A setting is honoured or refused,
//! never read and ignored.

mod duration;
mod file;
mod settings;

pub(crate) use duration::parse_duration;
pub(crate) use settings::{SETTINGS, Setting};

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
    /// Whether the first start makes the default trail.
    pub(crate) default_trail: bool,
    /// How long delivered objects may not be overwritten or deleted.
    pub(crate) lock: Duration,
    /// How long event history keeps an event.
    pub(crate) history: Duration,
    /// Free disk space below which events are refused, in bytes.
    pub(crate) reserve_bytes: u64,
    /// Log lines as JSON instead of text.
    pub(crate) log_json: bool,
}

/// Why the settings cannot be used. The text is for the person who wrote them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("{path}: {source}")]
    File { path: String, source: Box<figment::Error> },
    #[error("{path}: unknown key {key:?}{}", did_you_mean(.nearest))]
    UnknownKey { path: String, key: String, nearest: Option<&'static str> },
    #[error("{name}: {value:?} is not {expected}")]
    Value { name: &'static str, value: String, expected: &'static str },
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
        let mut values = file::read(file)?;
        values.extend(variables.iter().map(|(key, value)| (*key, value.clone())));
        values.extend(flags.iter().map(|(key, value)| (*key, value.clone())));
        Config::from_values(&values)
    }

    fn from_values(values: &BTreeMap<&'static str, String>) -> Result<Config, ConfigError> {
        if let Some(setting) =
            SETTINGS.iter().find(|setting| !setting.built && values.contains_key(setting.key))
        {
            return Err(ConfigError::NotBuilt { name: setting.key });
        }
        check_limits(values.get("limits.profile").map(String::as_str))?;
        let text = |key: &'static str| {
            let default = settings::find(key).map_or("", |setting| setting.default);
            values.get(key).cloned().unwrap_or_else(|| default.to_owned())
        };
        Ok(Config {
            listen: parsed("server.listen", &text("server.listen"), "an address like 127.0.0.1:4580")?,
            data: PathBuf::from(text("server.data")),
            region: region(&text("server.region"))?,
            deliver_every: duration("trails.deliver_every", &text("trails.deliver_every"))?,
            digest_every: duration("trails.digest_every", &text("trails.digest_every"))?,
            default_trail: parsed("trails.default", &text("trails.default"), "true or false")?,
            lock: duration("trails.lock", &text("trails.lock"))?,
            history: days("history.days", &text("history.days"))?,
            reserve_bytes: parsed("log.reserve_bytes", &text("log.reserve_bytes"), "a number of bytes")?,
            log_json: parsed("server.log_json", &text("server.log_json"), "true or false")?,
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

fn region(value: &str) -> Result<String, ConfigError> {
    if crate::auth::is_region(value) {
        Ok(value.to_owned())
    } else {
        Err(refused("server.region", value, "a region like us-east-1"))
    }
}

/// AWS's throttles and its bucket policy check are not built, so its profile cannot be honoured.
fn check_limits(profile: Option<&str>) -> Result<(), ConfigError> {
    match profile {
        None | Some("open") => Ok(()),
        Some("aws") => Err(ConfigError::NotBuilt { name: "limits.profile = aws" }),
        Some(other) => Err(refused("limits.profile", other, "open or aws")),
    }
}

#[cfg(test)]
mod tests;
