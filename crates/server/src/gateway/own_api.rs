//! An upstream that is an API of one's own: its document, and the keys of those who call it.

use super::reloaded::{FileError, Reloaded};
use crate::config::ApiSettings;
use cairn_interfaces::{Api, ApiCaller, DocumentError, Jwks, Matched, grpc};
use cairn_model::Timestamp;
use http::HeaderMap;
use http::request::Parts;
use std::io;
use std::sync::Arc;

/// An API of one's own.
pub(crate) struct OwnApi {
    api: Api,
    grpc: bool,
    jwks: Option<Arc<Reloaded<Jwks>>>,
}

/// Why it cannot be read. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OwnApiError {
    #[error("{path}: {source}")]
    Unreadable { path: String, source: io::Error },
    #[error(transparent)]
    Document(#[from] Box<DocumentError>),
    #[error(transparent)]
    Jwks(#[from] FileError),
}

/// `eventSource` of what no document and no path names.
const SOURCE: &str = "api.local";

impl OwnApi {
    /// Reads its document and keys.
    pub(crate) fn load(settings: &ApiSettings) -> Result<OwnApi, OwnApiError> {
        let source = settings.source.as_deref();
        let api = match &settings.openapi {
            None => Api::undocumented(source.unwrap_or(SOURCE)),
            Some(path) => {
                let shown = path.display().to_string();
                let unreadable = |source| OwnApiError::Unreadable { path: shown.clone(), source };
                let text = std::fs::read_to_string(path).map_err(unreadable)?;
                let api = Api::parse(&text, &shown).map_err(Box::new)?;
                match source {
                    Some(source) => api.with_event_source(source),
                    None => api,
                }
            }
        };
        let parse = |text: &str| Jwks::parse(text).map_err(|error| error.to_string());
        let jwks = settings.jwks.as_deref().map(|path| Reloaded::load(path, parse)).transpose()?;
        Ok(OwnApi { api, grpc: settings.grpc, jwks: jwks.map(Arc::new) })
    }

    /// What a request calls.
    pub(crate) fn recognize(&self, parts: &Parts) -> Matched {
        let path = parts.uri.path();
        let content_type =
            parts.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_grpc = self.grpc && content_type.is_some_and(grpc::is_grpc);
        let by_path = if is_grpc { grpc::recognize(path) } else { None };
        by_path.unwrap_or_else(|| self.api.recognize(&parts.method, path))
    }

    /// Who calls.
    pub(crate) async fn caller(&self, headers: &HeaderMap, now: Timestamp) -> Option<ApiCaller> {
        let jwks = match &self.jwks {
            Some(jwks) => Some(jwks.current(now).await),
            None => None,
        };
        self.api.caller(headers, jwks.as_deref(), now.as_micros() / 1_000_000)
    }

    pub(crate) fn api(&self) -> &Api {
        &self.api
    }
}
