//! How a connection is secured, in the words of an event's `tlsDetails`.

use rustls::{CipherSuite, NamedGroup, ProtocolVersion, ServerConnection};

/// What a client and the server agreed on. Requests that came over TLS carry it among their extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TlsSession {
    /// `tlsVersion`.
    pub(crate) version: &'static str,
    /// `cipherSuite`.
    pub(crate) cipher_suite: &'static str,
    /// `keyExchange`; a resumed session may have none.
    pub(crate) key_exchange: Option<&'static str>,
}

impl TlsSession {
    /// What was agreed on; `None` before the handshake has ended.
    pub(super) fn of(connection: &ServerConnection) -> Option<TlsSession> {
        let group = connection.negotiated_key_exchange_group().map(|group| group.name());
        Some(TlsSession {
            version: version(connection.protocol_version()?),
            cipher_suite: cipher_suite(connection.negotiated_cipher_suite()?.suite()),
            key_exchange: group.map(key_exchange),
        })
    }
}

fn version(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::TLSv1_3 => "TLSv1.3",
        ProtocolVersion::TLSv1_2 => "TLSv1.2",
        other => other.as_str().unwrap_or("unknown"),
    }
}

/// CloudTrail names TLS 1.3's suites as the standard does, and older ones as OpenSSL does.
fn cipher_suite(suite: CipherSuite) -> &'static str {
    match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS13_AES_256_GCM_SHA384 => "TLS_AES_256_GCM_SHA384",
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => "ECDHE-RSA-AES128-GCM-SHA256",
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => "ECDHE-RSA-AES256-GCM-SHA384",
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => "ECDHE-RSA-CHACHA20-POLY1305",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => "ECDHE-ECDSA-AES128-GCM-SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => "ECDHE-ECDSA-AES256-GCM-SHA384",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 => "ECDHE-ECDSA-CHACHA20-POLY1305",
        other => other.as_str().unwrap_or("unknown"),
    }
}

fn key_exchange(group: NamedGroup) -> &'static str {
    match group {
        NamedGroup::X25519 => "x25519",
        other => other.as_str().unwrap_or("unknown"),
    }
}
