//! Where a service is.

use crate::error::AwsError;
use http::Uri;
use http::uri::Scheme;
use std::fmt;
use std::str::FromStr;

/// The base URL of a service, such as `http://127.0.0.1:9000` or `https://s3.eu-west-1.amazonaws.com`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    is_tls: bool,
    /// Host and port.
    authority: String,
    /// What every path starts with: empty, or `/like/this`.
    path: String,
}

/// A text is not a base URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a URL like http://host:port or https://host")]
pub struct NotAnEndpoint;

impl Endpoint {
    /// AWS's own endpoint of a service in a region. What comes from callers goes through [`Endpoint::or_aws`].
    pub(crate) fn of_aws(service: &str, region: &str) -> Endpoint {
        Endpoint {
            is_tls: true,
            authority: format!("{service}.{region}.{}", domain(region)),
            path: String::new(),
        }
    }

    /// Host and port.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// This endpoint, or AWS's own of a service in a region that a caller named.
    ///
    /// Errors: [`AwsError::Unwritable`] if that is no region.
    pub(crate) fn or_aws(
        endpoint: Option<&Endpoint>,
        service: &str,
        region: &str,
    ) -> Result<Endpoint, AwsError> {
        match endpoint {
            Some(endpoint) => Ok(endpoint.clone()),
            None if is_region(region) => Ok(Endpoint::of_aws(service, region)),
            None => Err(AwsError::Unwritable { authority: service.to_owned() }),
        }
    }

    /// The same place with a label before its host, as buckets have it.
    pub(crate) fn with_label(&self, label: &str) -> Endpoint {
        Endpoint { authority: format!("{label}.{}", self.authority), ..self.clone() }
    }

    /// The URL of `path`, which starts with `/` and is percent-encoded, as the query is.
    pub(crate) fn url(&self, path: &str, query: &str) -> String {
        let separator = if query.is_empty() { "" } else { "?" };
        format!("{self}{path}{separator}{query}")
    }
}

/// Whether a text can be a region's name. Others must not become part of a host: they come from callers.
pub(crate) fn is_region(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(is_allowed)
}

/// The domain of a region's partition.
fn domain(region: &str) -> &'static str {
    let partitions = [
        ("cn-", "amazonaws.com.cn"),
        ("us-iso-", "c2s.ic.gov"),
        ("us-isob-", "sc2s.sgov.gov"),
        ("us-isof-", "csp.hci.ic.gov"),
        ("eu-isoe-", "cloud.adc-e.uk"),
        ("eusc-", "amazonaws.eu"),
    ];
    let found = partitions.iter().find(|(prefix, _)| region.starts_with(prefix));
    found.map_or("amazonaws.com", |(_, domain)| domain)
}

impl FromStr for Endpoint {
    type Err = NotAnEndpoint;

    fn from_str(text: &str) -> Result<Endpoint, NotAnEndpoint> {
        let url: Uri = text.parse().map_err(|_| NotAnEndpoint)?;
        let is_tls = match url.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(NotAnEndpoint),
        };
        let authority = url.authority().ok_or(NotAnEndpoint)?;
        if authority.host().is_empty() || authority.as_str().contains('@') || url.query().is_some() {
            return Err(NotAnEndpoint);
        }
        Ok(Endpoint {
            is_tls,
            authority: authority.as_str().to_owned(),
            path: url.path().trim_end_matches('/').to_owned(),
        })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_tls { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority, self.path)
    }
}

#[cfg(test)]
mod tests;
