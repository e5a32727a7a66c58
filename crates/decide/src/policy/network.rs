//! IP networks, as `aws:SourceIp` conditions name them.

use ipnet::IpNet;
use std::net::IpAddr;

/// Reads a network in CIDR notation, or one address.
pub(super) fn parse(text: &str) -> Option<IpNet> {
    match text.contains('/') {
        true => text.parse().ok(),
        false => text.parse::<IpAddr>().ok().map(IpNet::from),
    }
}

/// Whether it is so large that it narrows nothing down, by S3's measure: beyond an IPv4 /8 or IPv6 /32.
pub(super) fn is_nearly_everything(network: &IpNet) -> bool {
    network.prefix_len() < if network.addr().is_ipv4() { 8 } else { 32 }
}
