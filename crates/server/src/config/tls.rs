//! `[tls]`: certificate and key.

use super::ConfigError;
use crate::listener::TlsFiles;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Both files or neither.
pub(super) fn files(values: &BTreeMap<&'static str, String>) -> Result<Option<TlsFiles>, ConfigError> {
    let path = |key| values.get(key).filter(|path| !path.is_empty()).map(PathBuf::from);
    match (path("tls.certificate"), path("tls.key")) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key })),
        _ => Err(ConfigError::Combination("tls.certificate and tls.key go together: give both or neither")),
    }
}
