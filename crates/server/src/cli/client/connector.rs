//! How clients connect: plain, or over TLS with the system's authorities or those of a file.

use super::super::Failure;
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::time::Duration;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection is silent before it is asked whether the other side is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

pub(super) type Connector = HttpsConnector<HttpConnector>;

/// Connects to `endpoint`, which says by its scheme whether over TLS.
pub(super) fn connector(endpoint: &str, ca_bundle: Option<&Path>) -> Result<Connector, Failure> {
    let tls = if endpoint.starts_with("https://") {
        tls(ca_bundle)?
    } else if endpoint.starts_with("http://") {
        // Never asked: plain connections need no authorities, which take a while to read.
        ClientConfig::builder().with_root_certificates(RootCertStore::empty()).with_no_client_auth()
    } else {
        let message = format!("the endpoint {endpoint:?} begins with neither http:// nor https://");
        return Err(Failure::Usage(message));
    };
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_nodelay(true);
    http.set_connect_timeout(Some(CONNECT_TIMEOUT));
    http.set_keepalive(Some(KEEP_ALIVE));
    Ok(HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(http))
}

fn tls(ca_bundle: Option<&Path>) -> Result<ClientConfig, Failure> {
    let builder = ClientConfig::builder();
    let builder = match ca_bundle.filter(|path| !path.as_os_str().is_empty()) {
        Some(path) => builder.with_root_certificates(authorities(path)?),
        None => builder.with_native_roots().map_err(|error| {
            Failure::Failed(format!("the system's certificate authorities cannot be read: {error}"))
        })?,
    };
    Ok(builder.with_no_client_auth())
}

fn authorities(path: &Path) -> Result<RootCertStore, Failure> {
    let failed = |why: &dyn std::fmt::Display| Failure::Usage(format!("{}: {why}", path.display()));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| failed(&error))? {
        let certificate = certificate.map_err(|error| failed(&error))?;
        roots.add(certificate).map_err(|error| failed(&error))?;
    }
    match roots.is_empty() {
        true => Err(failed(&"no certificates in it")),
        false => Ok(roots),
    }
}
