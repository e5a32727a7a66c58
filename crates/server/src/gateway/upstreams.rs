//! Which upstream a call goes to.

use super::identities::{self, Identities};
use super::own_api::{OwnApi, OwnApiError};
use super::reloaded::{FileError, Reloaded};
use super::resign::Resigner;
use crate::config::{GatewaySettings, UpstreamSettings};
use cairn_gateway::{HostHeader, NotAnUpstream, Protocol, Resign, Timeouts, Trust, UpstreamOptions};
use std::sync::Arc;

/// How long an unused connection to an upstream is kept.
const UNUSED: std::time::Duration = std::time::Duration::from_secs(4);

/// One upstream, ready to be forwarded to.
pub(crate) struct Upstream {
    pub(crate) settings: UpstreamSettings,
    pub(crate) link: cairn_gateway::Upstream,
    /// Whose its access keys are.
    pub(crate) identities: Option<Arc<Reloaded<Identities>>>,
    /// What it looks like, if it is an API of one's own.
    pub(crate) api: Option<OwnApi>,
}

/// Why an upstream cannot be used. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpstreamError {
    #[error("upstream {name}: {source}")]
    Url { name: String, source: NotAnUpstream },
    #[error("upstream {name}: {path}: {source}")]
    Authorities { name: String, path: String, source: std::io::Error },
    #[error("upstream {name}: {source}")]
    Identities { name: String, source: FileError },
    #[error("upstream {name}: {source}")]
    Api { name: String, source: OwnApiError },
}

/// All upstreams.
pub(crate) struct Upstreams(Vec<Arc<Upstream>>);

impl Upstreams {
    /// Reads the files that the settings name. No connection is made yet.
    pub(crate) fn open(settings: &GatewaySettings, home_region: &str) -> Result<Upstreams, UpstreamError> {
        let open = |one: &UpstreamSettings| Upstream::open(one, settings, home_region).map(Arc::new);
        Ok(Upstreams(settings.upstreams.iter().map(open).collect::<Result<_, _>>()?))
    }

    /// The upstream of a service in a region: of those that serve it, one that names the service before one that does
    /// not, then one that names the region, then the first.
    pub(crate) fn serving(&self, service: &str, region: Option<&str>) -> Option<&Arc<Upstream>> {
        let fitting = self.0.iter().filter_map(|upstream| Some((upstream.fit(service, region)?, upstream)));
        // `max_by_key` gives the last of several; the first is wanted.
        fitting.rev().max_by_key(|(fit, _)| *fit).map(|(_, upstream)| upstream)
    }

    /// Whether the region of a request may decide where it goes.
    pub(crate) fn ask_for_region(&self) -> bool {
        self.0.iter().any(|upstream| !upstream.settings.regions.is_empty())
    }

    /// The API of one's own that names this host or the start of this path, host before path.
    pub(crate) fn named_api(&self, host: &str, path: &str) -> Option<&Arc<Upstream>> {
        self.apis().filter(|api| !api.takes_any()).find(|api| api.names(host, path))
    }

    /// The API of one's own that takes what nobody else does.
    pub(crate) fn any_api(&self) -> Option<&Arc<Upstream>> {
        self.apis().find(|api| api.takes_any())
    }

    fn apis(&self) -> impl Iterator<Item = &Arc<Upstream>> {
        self.0.iter().filter(|upstream| upstream.api.is_some())
    }
}

impl Upstream {
    fn open(
        settings: &UpstreamSettings,
        gateway: &GatewaySettings,
        home_region: &str,
    ) -> Result<Upstream, UpstreamError> {
        let name = || settings.name.clone();
        let load = |path| Reloaded::load(path, identities::parse);
        let identities = settings.identities.as_deref().map(load).transpose();
        let api = settings.api.as_ref().map(OwnApi::load).transpose();
        let url = settings.url.to_string();
        let options = options(settings, gateway, home_region)?;
        let link = cairn_gateway::Upstream::new(&url, options);
        Ok(Upstream {
            link: link.map_err(|source| UpstreamError::Url { name: name(), source })?,
            identities: identities
                .map_err(|source| UpstreamError::Identities { name: name(), source })?
                .map(Arc::new),
            api: api.map_err(|source| UpstreamError::Api { name: name(), source })?,
            settings: settings.clone(),
        })
    }

    /// How well a service of AWS fits: whether the upstream names it, and whether it names the region.
    fn fit(&self, service: &str, region: Option<&str>) -> Option<(bool, bool)> {
        let UpstreamSettings { services, regions, .. } = &self.settings;
        let service_fits = services.is_empty() || services.iter().any(|known| known == service);
        let region_fits =
            regions.is_empty() || region.is_some_and(|region| regions.iter().any(|known| known == region));
        let fits = self.api.is_none() && service_fits && region_fits;
        fits.then_some((!services.is_empty(), !regions.is_empty()))
    }

    fn takes_any(&self) -> bool {
        self.settings.hosts.is_empty() && self.settings.paths.is_empty()
    }

    fn names(&self, host: &str, path: &str) -> bool {
        let bare = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
        let bare = bare.map_or(host, |(bare, _)| bare);
        let UpstreamSettings { hosts, paths, .. } = &self.settings;
        let host_fits = hosts.is_empty() || hosts.iter().any(|known| known.eq_ignore_ascii_case(bare));
        host_fits && (paths.is_empty() || paths.iter().any(|start| is_below(path, start)))
    }

    /// Whether a call of nobody that Cairn knows may go there. What is signed anew, with the operator's own credentials,
    /// may not.
    pub(crate) fn takes_strangers(&self, require_known_keys: bool) -> bool {
        self.settings.resign.is_none() && !require_known_keys
    }
}

/// Whether a path is `start`, or below it.
fn is_below(path: &str, start: &str) -> bool {
    let start = start.trim_end_matches('/');
    path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn options(
    settings: &UpstreamSettings,
    gateway: &GatewaySettings,
    home_region: &str,
) -> Result<UpstreamOptions, UpstreamError> {
    let resign = settings.resign.clone().map(|credentials| {
        let resigner: Arc<dyn Resign> = Arc::new(Resigner::new(credentials, home_region));
        resigner
    });
    let trust = match &settings.ca {
        None => Trust::Machine,
        Some(path) => {
            let unreadable = |source| {
                let (name, path) = (settings.name.clone(), path.display().to_string());
                UpstreamError::Authorities { name, path, source }
            };
            Trust::Authorities(std::fs::read(path).map_err(unreadable)?.into())
        }
    };
    Ok(UpstreamOptions {
        host: if resign.is_some() { HostHeader::Upstream } else { HostHeader::Kept },
        protocol: if settings.http2 { Protocol::Http2 } else { Protocol::Negotiated },
        trust,
        timeouts: Timeouts {
            connect: settings.timeouts.connect,
            answer: settings.timeouts.answer,
            stalled: settings.timeouts.idle,
            unused: UNUSED,
        },
        under_way_max: gateway.connections,
        waiting_max: gateway.connections,
        resign,
    })
}

#[cfg(test)]
mod tests;
