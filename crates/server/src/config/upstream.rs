//! `[[upstream]]`: services that calls are forwarded to.

use super::file::{self, Members, Value};
use super::settings::nearest_of;
use super::{ConfigError, parse_duration};
use cairn_aws::Credentials;
use http::Uri;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// One upstream.
#[derive(Clone, Debug)]
pub(crate) struct UpstreamSettings {
    /// For log lines and metrics; the authority of its URL unless it is given.
    pub(crate) name: String,
    /// `http` or `https`, with an authority and perhaps a path before all others.
    pub(crate) url: Uri,
    /// Signing names of the services that it serves; all if there are none.
    pub(crate) services: Vec<String>,
    /// Regions that it serves; all if there are none.
    pub(crate) regions: Vec<String>,
    /// For an API of one's own: hosts that requests for it name.
    pub(crate) hosts: Vec<String>,
    /// For an API of one's own: what the paths of requests for it begin with.
    pub(crate) paths: Vec<String>,
    /// What requests are signed with anew.
    pub(crate) resign: Option<Credentials>,
    /// Whether it verifies signatures itself.
    pub(crate) verifies: bool,
    /// Who its access keys belong to, if it verifies them.
    pub(crate) identities: Option<PathBuf>,
    /// What an API of one's own looks like.
    pub(crate) api: Option<ApiSettings>,
    /// Whether it takes HTTP/2 without TLS, and no HTTP/1.
    pub(crate) http2: bool,
    /// PEM file of the authorities that its certificate is checked against, instead of the machine's.
    pub(crate) ca: Option<PathBuf>,
    /// How long it may take.
    pub(crate) timeouts: Timeouts,
}

/// An API of one's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct ApiSettings {
    /// Its OpenAPI document.
    pub(crate) openapi: Option<PathBuf>,
    /// `eventSource`, if not what the document says.
    pub(crate) source: Option<String>,
    /// Keys that its callers' tokens are verified with.
    pub(crate) jwks: Option<PathBuf>,
    /// Whether it speaks gRPC.
    pub(crate) grpc: bool,
}

/// How long an upstream may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timeouts {
    /// To take a connection.
    pub(crate) connect: Duration,
    /// To begin its answer once it has the request.
    pub(crate) answer: Duration,
    /// For the next bytes of a body.
    pub(crate) idle: Duration,
}

/// Keys of the table.
const KEYS: [&str; 18] = [
    "name",
    "url",
    "services",
    "regions",
    "hosts",
    "paths",
    "resign",
    "verifies",
    "identities",
    "openapi",
    "source",
    "jwks",
    "grpc",
    "http2",
    "ca",
    "connect_timeout",
    "answer_timeout",
    "idle_timeout",
];

/// One `[[upstream]]` as it stands in the file.
#[derive(Debug)]
pub(super) struct Table {
    path: String,
    /// The line of its first key.
    line: usize,
    values: BTreeMap<&'static str, (Value, usize)>,
}

impl Table {
    /// Refuses keys that are not known.
    pub(super) fn of(
        path: &str,
        members: Members,
        line: &impl Fn(usize) -> usize,
    ) -> Result<Table, ConfigError> {
        let mut found = Vec::new();
        file::collect(members, "", &mut found);
        let first = found.iter().map(|(_, at, _)| line(*at)).min().unwrap_or(1);
        let mut table = Table { path: path.to_owned(), line: first, values: BTreeMap::new() };
        for (key, at, value) in found {
            let Some(known) = KEYS.iter().find(|known| **known == key) else {
                let nearest = nearest_of(KEYS.into_iter(), &key);
                let key = format!("upstream.{key}");
                return Err(ConfigError::UnknownKey { path: table.path, line: line(at), key, nearest });
            };
            table.values.insert(known, (value, line(at)));
        }
        Ok(table)
    }

    /// Reads it. `usual` are the timeouts of upstreams that name none, `credentials` what `[aws]` gives.
    pub(super) fn read(
        &self,
        usual: Timeouts,
        credentials: Option<&Credentials>,
    ) -> Result<UpstreamSettings, ConfigError> {
        let url = self.text("url")?.ok_or_else(|| self.refuse("url", "it is missing"))?;
        let url = upstream_url("upstream.url", url).map_err(|error| self.at("url", error))?;
        let authority = url.authority().map_or("", |authority| authority.as_str());
        let is_resigned = self.switch("resign")?;
        let resign = credentials.filter(|_| is_resigned).cloned();
        if is_resigned && resign.is_none() {
            return Err(self.refuse("resign", "upstream.resign needs credentials, which [aws] gives"));
        }
        let (verifies, identities) = (self.switch("verifies")?, self.file("identities")?);
        if identities.is_some() && !verifies {
            let message =
                "upstream.identities goes with verifies = true: else nobody looks whose key it really is";
            return Err(self.refuse("identities", message));
        }
        Ok(UpstreamSettings {
            name: self.text("name")?.unwrap_or(authority).to_owned(),
            services: self.list("services")?,
            regions: self.list("regions")?,
            hosts: self.list("hosts")?.iter().map(|host| host.to_ascii_lowercase()).collect(),
            paths: self.list("paths")?,
            resign,
            verifies,
            identities,
            api: self.api()?,
            http2: self.switch("http2")?,
            ca: self.file("ca")?,
            timeouts: Timeouts {
                connect: self.duration("connect_timeout", usual.connect)?,
                answer: self.duration("answer_timeout", usual.answer)?,
                idle: self.duration("idle_timeout", usual.idle)?,
            },
            url,
        })
    }

    fn api(&self) -> Result<Option<ApiSettings>, ConfigError> {
        let api = ApiSettings {
            openapi: self.file("openapi")?,
            source: self.text("source")?.map(str::to_owned),
            jwks: self.file("jwks")?,
            grpc: self.switch("grpc")?,
        };
        let is_own = api.openapi.is_some() || api.grpc || api.source.is_some();
        for key in ["jwks", "hosts", "paths"] {
            if !is_own && self.values.contains_key(key) {
                return Err(self.refuse(key, "this goes with an API of your own: openapi, grpc or source"));
            }
        }
        for key in ["services", "regions", "resign", "verifies"] {
            if is_own && self.values.contains_key(key) {
                return Err(self.refuse(key, "this is for services of AWS, openapi, grpc and source are not"));
            }
        }
        Ok(is_own.then_some(api))
    }

    fn text(&self, key: &'static str) -> Result<Option<&str>, ConfigError> {
        match self.values.get(key) {
            None => Ok(None),
            Some((Value::Plain(text), _)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(self.refuse(key, "this is one text, and not an empty one")),
        }
    }

    fn list(&self, key: &'static str) -> Result<Vec<String>, ConfigError> {
        match self.values.get(key) {
            None => Ok(Vec::new()),
            Some((Value::List(texts), _)) if !texts.is_empty() => Ok(texts.clone()),
            Some(_) => Err(self.refuse(key, "this is an array of texts, and not an empty one")),
        }
    }

    fn switch(&self, key: &'static str) -> Result<bool, ConfigError> {
        let text = self.text(key)?.unwrap_or("false");
        text.parse().map_err(|_| self.refuse(key, "this is true or false"))
    }

    fn file(&self, key: &'static str) -> Result<Option<PathBuf>, ConfigError> {
        Ok(self.text(key)?.map(PathBuf::from))
    }

    fn duration(&self, key: &'static str, usual: Duration) -> Result<Duration, ConfigError> {
        let Some(text) = self.text(key)? else { return Ok(usual) };
        let read = parse_duration(text).filter(|duration| !duration.is_zero());
        read.ok_or_else(|| self.refuse(key, "this is a duration like 250ms, 5s, 5m or 1h"))
    }

    fn refuse(&self, key: &'static str, message: &'static str) -> ConfigError {
        self.at(key, ConfigError::Upstream { key, message })
    }

    /// What is wrong with a key's value, with its line, or that of the table if the key is not there.
    fn at(&self, key: &'static str, source: ConfigError) -> ConfigError {
        let line = self.values.get(key).map_or(self.line, |(_, line)| *line);
        ConfigError::At { place: format!("{}:{line}", self.path), source: Box::new(source) }
    }
}

/// Reads the URL of an upstream.
pub(super) fn upstream_url(name: &'static str, url: &str) -> Result<Uri, ConfigError> {
    let expected = "a URL like http://127.0.0.1:5000 or https://host/prefix";
    let refused = || super::refused(name, &without_password(url), expected);
    let url: Uri = url.parse().map_err(|_| refused())?;
    let is_http = matches!(url.scheme_str(), Some("http" | "https"));
    let is_whole = url.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    if is_http && is_whole && url.query().is_none() { Ok(url) } else { Err(refused()) }
}

/// A URL as messages show it: whose user and password it holds is nobody's business.
fn without_password(url: &str) -> Cow<'_, str> {
    match url.rsplit_once('@') {
        Some((_, host)) => Cow::Owned(format!("***@{host}")),
        None => Cow::Borrowed(url),
    }
}

#[cfg(test)]
mod tests;
