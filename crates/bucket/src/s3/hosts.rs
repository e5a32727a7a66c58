//! Buckets named by the host (`bucket.s3.localhost`) instead of by the path.

use crate::name::is_bucket_name;
use s3s::S3Result;
use s3s::host::{S3Host, VirtualHost};

/// Domains below which every bucket has a name of its own.
#[derive(Debug, Clone)]
pub(super) struct Hosts {
    /// In lower case, without a port; the longest first, so that `s3.localhost` is no bucket of `localhost`.
    domains: Vec<String>,
}

/// Names below `localhost` are this machine (RFC 6761, 6.3).
const USUAL: [&str; 2] = ["s3.localhost", "localhost"];

impl Hosts {
    /// Those that always are, and `domain`.
    pub(super) fn new(domain: Option<&str>) -> Hosts {
        let own = domain.map(|domain| domain.trim_matches('.').to_ascii_lowercase());
        let mut domains: Vec<String> = USUAL.into_iter().map(str::to_owned).collect();
        domains.extend(own.filter(|own| !own.is_empty() && !USUAL.contains(&own.as_str())));
        domains.sort_by_key(|domain| std::cmp::Reverse(domain.len()));
        Hosts { domains }
    }

    /// The bucket that a `Host` header names; nothing if the path names it.
    pub(super) fn bucket(&self, host: &str) -> Option<String> {
        let host = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        let host = host.to_ascii_lowercase();
        if self.domains.contains(&host) {
            return None;
        }
        let below = self.domains.iter().find_map(|domain| host.strip_suffix(domain)?.strip_suffix('.'));
        below.filter(|name| is_bucket_name(name)).map(str::to_owned)
    }
}

impl S3Host for Hosts {
    fn parse_host_header<'a>(&'a self, host: &'a str) -> S3Result<VirtualHost<'a>> {
        let named = VirtualHost::new(host);
        Ok(match self.bucket(host) {
            Some(bucket) => named.with_bucket(bucket),
            None => named,
        })
    }
}

#[cfg(test)]
mod tests;
