//! Where a request comes from, behind proxies that are trusted to say so.

use http::HeaderMap;
use ipnet::IpNet;
use std::net::IpAddr;
use std::str::FromStr;

/// Networks of proxies that are trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Networks(Vec<IpNet>);

/// The text is no list of networks and addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotNetworks;

impl FromStr for Networks {
    type Err = NotNetworks;

    /// Reads `10.0.0.0/8,::1`.
    fn from_str(text: &str) -> Result<Networks, NotNetworks> {
        let network = |text: &str| match text.contains('/') {
            true => text.parse().map_err(|_| NotNetworks),
            false => text.parse::<IpAddr>().map(IpNet::from).map_err(|_| NotNetworks),
        };
        let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
        Ok(Networks(texts.map(network).collect::<Result<_, _>>()?))
    }
}

impl Networks {
    fn hold(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The address that a request comes from: the peer, unless it is a trusted proxy. Then it is the right-most address
    /// of `X-Forwarded-For` that is none; what stands left of it anybody may have written.
    pub(crate) fn source(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut source = peer;
        let values: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
        let mut hops = values.iter().rev().flat_map(|value| {
            let text = value.to_str().unwrap_or_default();
            text.rsplit(',').map(|hop| address(hop.trim()))
        });
        while self.hold(source) {
            match hops.next() {
                Some(Some(hop)) => source = hop,
                // The proxy does not know, or does not say: it is itself the last that is known.
                Some(None) | None => break,
            }
        }
        source
    }
}

/// An address, with a port or without.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split(']').next()).unwrap_or(text);
    let parsed = bare.parse().ok().or_else(|| text.rsplit_once(':')?.0.parse().ok());
    parsed.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests;
