#![allow(clippy::unwrap_used, reason = "tests")]

use super::Networks;
use http::HeaderMap;

fn check(peer: &str, forwarded: &[&str], source: &str) {
    let networks: Networks = "10.0.0.0/8, 192.0.2.1,fd00::/8".parse().unwrap();
    let mut headers = HeaderMap::new();
    for value in forwarded {
        headers.append("x-forwarded-for", value.parse().unwrap());
    }
    let found = networks.source(peer.parse().unwrap(), &headers);
    assert_eq!(found, source.parse::<std::net::IpAddr>().unwrap(), "{peer} {forwarded:?}");
}

#[test]
fn only_trusted_proxies_are_believed() {
    check("203.0.113.9", &["198.51.100.1"], "203.0.113.9");
    check("10.1.2.3", &["198.51.100.1"], "198.51.100.1");
    check("192.0.2.1", &["198.51.100.1"], "198.51.100.1");
    check("192.0.2.2", &["198.51.100.1"], "192.0.2.2");
}

#[test]
fn the_right_most_address_that_is_not_trusted_counts() {
    check("10.1.2.3", &["1.2.3.4, 198.51.100.1, 10.9.9.9"], "198.51.100.1");
    check("10.1.2.3", &["1.2.3.4", "198.51.100.1, 10.9.9.9"], "198.51.100.1");
    check("10.1.2.3", &["10.7.7.7"], "10.7.7.7");
}

#[test]
fn what_is_no_address_ends_the_search() {
    check("10.1.2.3", &[], "10.1.2.3");
    check("10.1.2.3", &["198.51.100.1, unknown"], "10.1.2.3");
    check("10.1.2.3", &["198.51.100.1:4711"], "198.51.100.1");
    check("10.1.2.3", &["[2001:db8::1]:4711"], "2001:db8::1");
    check("fd00::7", &["::ffff:198.51.100.1"], "198.51.100.1");
}

#[test]
fn what_is_no_network_is_refused() {
    for text in ["10.0.0.0/33", "ten", "10.0.0.0/8;::1"] {
        assert!(text.parse::<Networks>().is_err(), "{text}");
    }
    assert_eq!("".parse::<Networks>(), Ok(Networks::default()));
}
