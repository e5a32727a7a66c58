//! Why a request did not get what it asked for, in words that say what to do.

use super::super::Failure;
use http::StatusCode;
use rustls::CertificateError;
use serde_json::Value;
use std::error::Error;
use std::io;

/// A request that got no answer, or one that says no.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum Refusal {
    /// The server is busy, full or gone for the moment.
    #[error("{0}")]
    Retryable(String),
    /// Asking again would not help.
    #[error("{0}")]
    Final(String),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::failed(refusal)
    }
}

impl Refusal {
    /// The server could not be reached, or the connection broke.
    pub(super) fn unreachable(endpoint: &str, error: &(dyn Error + 'static)) -> Refusal {
        let tls = causes(error).find_map(tls_error);
        if let Some(error) = tls {
            return Refusal::Final(format!("{endpoint}: {}", tls_fault(error)));
        }
        let refused = causes(error).any(|cause| {
            let kind = cause.downcast_ref().map(io::Error::kind);
            kind == Some(io::ErrorKind::ConnectionRefused)
        });
        if refused {
            let message = format!("{endpoint}: nobody listens there; is `cairn serve` running?");
            return Refusal::Retryable(message);
        }
        let cause = causes(error).last().map_or_else(String::new, ToString::to_string);
        Refusal::Retryable(format!("{endpoint}: {cause}"))
    }

    /// The server answered with an error.
    pub(super) fn answered(endpoint: &str, status: StatusCode, body: &[u8]) -> Refusal {
        let answer: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let message = match answer["message"].as_str() {
            Some(message) => format!("{message} ({})", answer["__type"].as_str().unwrap_or("error")),
            None => format!("{endpoint} answered {status}"),
        };
        match status {
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => Refusal::Retryable(message),
            _ => Refusal::Final(message),
        }
    }
}

/// An error, what caused it, what caused that, and so on.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// What TLS says. It comes wrapped in I/O errors, which hand out only the causes of what they wrap.
fn tls_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    let wrapped = || tls_error(error.downcast_ref::<io::Error>()?.get_ref()?);
    error.downcast_ref().or_else(wrapped)
}

fn tls_fault(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "no trusted authority issued the server's certificate; name the file of the one that did with \
             --ca-bundle or AWS_CA_BUNDLE"
                .to_owned()
        }
        rustls::Error::InvalidMessage(_) => {
            format!("it does not speak TLS ({error}); is it http:// instead of https://?")
        }
        error => format!("TLS: {error}"),
    }
}

#[cfg(test)]
mod tests;
