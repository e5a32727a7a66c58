//! `[gateway]`: how calls are forwarded and recorded.

use super::upstream::{ApiSettings, Table, Timeouts, UpstreamSettings, upstream_url};
use super::{ConfigError, duration, parsed, refused};
use crate::origin::Networks;
use cairn_aws::Credentials;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

/// How calls are forwarded and recorded.
#[derive(Clone, Debug)]
pub(crate) struct GatewaySettings {
    /// The `[[upstream]]` tables in their order, then the upstream of everything else.
    pub(crate) upstreams: Vec<UpstreamSettings>,
    /// When answers go out.
    pub(crate) record: RecordMode,
    /// Whether calls are refused that no key of Cairn's own signed.
    pub(crate) require_known_keys: bool,
    /// Bytes of a body that are read for the record.
    pub(crate) capture_bytes: usize,
    /// Bytes of events that may wait with [`RecordMode::Async`].
    pub(crate) queue_bytes: usize,
    /// Calls that may be under way to one upstream.
    pub(crate) connections: usize,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Networks,
}

/// `gateway.record`: what an answer waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordMode {
    /// Its event is on disk.
    BeforeResponse,
    /// Nothing; but a call that writes is not forwarded before it is on disk that it will be.
    Intent,
    /// Nothing.
    Async,
}

/// The text is no mode's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotAMode;

impl FromStr for RecordMode {
    type Err = NotAMode;

    fn from_str(text: &str) -> Result<RecordMode, NotAMode> {
        match text {
            "before-response" => Ok(RecordMode::BeforeResponse),
            "intent" => Ok(RecordMode::Intent),
            "async" => Ok(RecordMode::Async),
            _ => Err(NotAMode),
        }
    }
}

/// Reads all of it. `text` gives a setting's value or its default.
pub(super) fn settings(
    values: &BTreeMap<&'static str, String>,
    tables: &[Table],
    text: &impl Fn(&'static str) -> String,
    credentials: Option<&Credentials>,
) -> Result<GatewaySettings, ConfigError> {
    let time = |key| duration(key, &text(key));
    let usual = Timeouts {
        connect: time("gateway.connect_timeout")?,
        answer: time("gateway.answer_timeout")?,
        idle: time("gateway.idle_timeout")?,
    };
    let read = |table: &Table| table.read(usual, credentials);
    let mut upstreams: Vec<_> = tables.iter().map(read).collect::<Result<_, _>>()?;
    upstreams.extend(whole(values, usual)?);
    let record = "gateway.record";
    Ok(GatewaySettings {
        upstreams,
        record: parsed(record, &text(record), "before-response, intent or async")?,
        require_known_keys: parsed(
            "gateway.require_known_keys",
            &text("gateway.require_known_keys"),
            "true or false",
        )?,
        capture_bytes: bounded("gateway.capture_bytes", text, 4 << 10, 64 << 20)?,
        queue_bytes: bounded("gateway.queue_bytes", text, 1 << 20, 512 << 20)?,
        connections: bounded("gateway.connections", text, 1, 65_536)?,
        trusted_proxies: networks("gateway.trusted_proxies", &text("gateway.trusted_proxies"))?,
    })
}

/// The upstream of `server.upstream`.
fn whole(
    values: &BTreeMap<&'static str, String>,
    timeouts: Timeouts,
) -> Result<Option<UpstreamSettings>, ConfigError> {
    let given = |key| values.get(key).filter(|text| !text.is_empty());
    let file = |key| given(key).map(PathBuf::from);
    let (openapi, jwks) = (file("gateway.openapi"), file("gateway.jwks"));
    let Some(url) = given("server.upstream") else {
        return match openapi.or(jwks) {
            None => Ok(None),
            Some(_) => Err(ConfigError::Combination(
                "gateway.openapi and gateway.jwks go with server.upstream; in [[upstream]] they are openapi and jwks",
            )),
        };
    };
    if jwks.is_some() && openapi.is_none() {
        return Err(ConfigError::Combination("gateway.jwks goes with gateway.openapi"));
    }
    let url = upstream_url("server.upstream", url)?;
    Ok(Some(UpstreamSettings {
        name: url.authority().map_or("", |authority| authority.as_str()).to_owned(),
        services: Vec::new(),
        regions: Vec::new(),
        hosts: Vec::new(),
        paths: Vec::new(),
        resign: None,
        verifies: false,
        identities: None,
        api: openapi.map(|openapi| ApiSettings { openapi: Some(openapi), jwks, ..ApiSettings::default() }),
        http2: false,
        ca: None,
        timeouts,
        url,
    }))
}

fn bounded(
    name: &'static str,
    text: &impl Fn(&'static str) -> String,
    least: usize,
    most: usize,
) -> Result<usize, ConfigError> {
    let text = text(name);
    let number: usize = parsed(name, &text, "a number")?;
    match (least..=most).contains(&number) {
        true => Ok(number),
        false => Err(refused(name, &text, "a number that makes sense here; see docs/gateway.md")),
    }
}

fn networks(name: &'static str, text: &str) -> Result<Networks, ConfigError> {
    text.parse().map_err(|_| refused(name, text, "networks like 10.0.0.0/8 and addresses"))
}
