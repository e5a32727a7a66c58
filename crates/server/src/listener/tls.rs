//! TLS: certificate and key from files, read again when they change.

mod session;

pub(crate) use session::TlsSession;

use super::patience::{Patience, STALL_TIMEOUT};
use aws_lc_rs::digest::{Context, SHA256};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::signal::unix::{SignalKind, signal};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Where certificate and key are: PEM files, the chain with the server's own certificate first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// Why certificate and key cannot be used. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("{path}: {source}")]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{path} is not a PEM file: {source}")]
    NotPem { path: PathBuf, source: rustls::pki_types::pem::Error },
    #[error("{path} holds no certificate")]
    NoCertificate { path: PathBuf },
    #[error("{path} holds no private key that is not encrypted")]
    NoKey { path: PathBuf },
    #[error("the certificate of {} and the key of {} cannot be used: {source}", files.certificate.display(), files.key.display())]
    Unusable { files: Box<TlsFiles>, source: rustls::Error },
}

/// The server's side of TLS.
pub(crate) struct Tls {
    files: TlsFiles,
    /// What the files held at the start.
    loaded: Fingerprint,
    current: RwLock<Arc<ServerConfig>>,
}

/// What the files hold.
struct Contents {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

/// What two contents are told apart by: SHA-256 over both.
type Fingerprint = [u8; 32];

impl Tls {
    /// Reads the files.
    pub(crate) fn load(files: TlsFiles) -> Result<Tls, TlsError> {
        let contents = Contents::read(&files)?;
        let config = contents.config(&files)?;
        Ok(Tls { files, loaded: contents.fingerprint(), current: RwLock::new(Arc::new(config)) })
    }

    /// Takes on what the files hold whenever that changes, until `stop`: at SIGHUP, and every few seconds. A
    /// pair that cannot be used is told of once, and the one before goes on being used.
    pub(super) async fn keep_fresh(self: Arc<Self>, stop: CancellationToken) {
        let mut hangup = match signal(SignalKind::hangup()) {
            Ok(hangup) => hangup,
            Err(error) => return tracing::error!(%error, "certificates will not be reloaded"),
        };
        let mut tried = Some(self.loaded);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = hangup.recv() => tracing::info!("SIGHUP: looking at certificate and key"),
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            let tls = Arc::clone(&self);
            let looked = tokio::task::spawn_blocking(move || tls.look(tried)).await;
            tried = looked.expect("reading certificates does not panic");
        }
    }

    /// Takes on what the files hold unless that is what was `tried` before. Returns what is tried now; `None`
    /// if the files cannot be read.
    fn look(&self, tried: Option<Fingerprint>) -> Option<Fingerprint> {
        let kept = "the certificate and key from before go on being used";
        let contents = match Contents::read(&self.files) {
            Ok(contents) => contents,
            Err(error) => {
                if tried.is_some() {
                    tracing::error!(%error, "{kept}");
                }
                return None;
            }
        };
        let found = contents.fingerprint();
        if tried != Some(found) {
            match contents.config(&self.files) {
                Ok(config) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
                    tracing::info!("certificate and key were reloaded");
                }
                Err(error) => tracing::error!(%error, "{kept}"),
            }
        }
        Some(found)
    }

    /// Agrees on TLS with a client.
    pub(super) async fn accept(
        &self,
        stream: TcpStream,
    ) -> io::Result<(TlsStream<Patience<TcpStream>>, TlsSession)> {
        let mut first = [0];
        stream.peek(&mut first).await?;
        // A handshake begins with 22, a plain request with the first letter of its method.
        if first[0].is_ascii_uppercase() {
            return refuse_plain(stream).await;
        }
        shake_hands(self.config(), stream).await
    }

    /// Likewise with one that has asked for it in PostgreSQL's protocol.
    pub(crate) async fn accept_postgres(
        &self,
        stream: TcpStream,
    ) -> io::Result<(TlsStream<Patience<TcpStream>>, TlsSession)> {
        let mut config = ServerConfig::clone(&self.config());
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        shake_hands(Arc::new(config), stream).await
    }

    fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn shake_hands(
    config: Arc<ServerConfig>,
    stream: TcpStream,
) -> io::Result<(TlsStream<Patience<TcpStream>>, TlsSession)> {
    let stream = TlsAcceptor::from(config).accept(Patience::new(stream, STALL_TIMEOUT)).await?;
    let session = TlsSession::of(stream.get_ref().1)
        .ok_or_else(|| io::Error::other("the handshake ended without a session"))?;
    Ok((stream, session))
}

/// Tells a client that has taken the wrong scheme, in the form of AWS's errors.
async fn refuse_plain<T>(mut stream: TcpStream) -> io::Result<T> {
    let body = r#"{"__type":"ValidationError","message":"Cairn speaks TLS here: begin the endpoint with https://."}"#;
    let head = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // What has come is taken first: closing with it unread would cut the answer off.
    let mut request = [0; 8192];
    let _ = stream.try_read(&mut request);
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    stream.shutdown().await?;
    Err(io::Error::other("a plain request on the TLS port"))
}

impl Contents {
    fn read(files: &TlsFiles) -> Result<Contents, TlsError> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|source| TlsError::Unreadable { path: path.to_owned(), source })
        };
        Ok(Contents { certificate: read(&files.certificate)?, key: read(&files.key)? })
    }

    fn fingerprint(&self) -> Fingerprint {
        let mut hash = Context::new(&SHA256);
        // The length keeps what moves from one file to the other apart.
        hash.update(&(self.certificate.len() as u64).to_le_bytes());
        hash.update(&self.certificate);
        hash.update(&self.key);
        *hash.finish().as_ref().first_chunk().expect("SHA-256 has 32 bytes")
    }

    /// TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1.
    fn config(&self, files: &TlsFiles) -> Result<ServerConfig, TlsError> {
        let path = files.certificate.clone();
        let chain: Result<Vec<CertificateDer<'static>>, _> =
            CertificateDer::pem_slice_iter(&self.certificate).collect();
        let chain = chain.map_err(|source| TlsError::NotPem { path: path.clone(), source })?;
        if chain.is_empty() {
            return Err(TlsError::NoCertificate { path });
        }
        let path = files.key.clone();
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|source| match source {
            rustls::pki_types::pem::Error::NoItemsFound => TlsError::NoKey { path },
            source => TlsError::NotPem { path, source },
        })?;
        let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key);
        let mut config =
            config.map_err(|source| TlsError::Unusable { files: Box::new(files.clone()), source })?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}

#[cfg(test)]
mod tests;
