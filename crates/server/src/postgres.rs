//! The Lake for tools that speak PostgreSQL's protocol (version 3): psql, psycopg, Grafana. Read only.
//!
//! The user is an access key id, the password its secret, proved by SCRAM-SHA-256; the database may be a region. What is asked
//! is the same SQL as everywhere ([`crate::queries`]), under the same rights, and on the record as `Query`. What tools ask of
//! PostgreSQL's catalogs is answered by [`catalog`].

mod bounded;
mod cancelling;
mod catalog;
mod faults;
mod ledger;
mod lexer;
mod scram;
mod session;
mod settings;
mod startup;
mod statement;
mod values;
mod wire;

use crate::app::App;
use crate::listener::Tls;
use cancelling::Cancelling;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Connections at once; further ones are told so.
const CONNECTIONS_MAX: usize = 128;
/// So many further ones are told so at the same time; what comes beyond them is closed at once.
const TOLD_MAX: usize = 32;
/// How long connections may take to end at the stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// What all connections share.
struct Shared {
    app: Arc<App>,
    tls: Option<Arc<Tls>>,
    cancelling: Cancelling,
    stop: CancellationToken,
}

/// Serves until `stop`; then statements are cut.
pub(crate) async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    stop: CancellationToken,
) {
    let connections = TaskTracker::new();
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let told = Arc::new(Semaphore::new(TOLD_MAX));
    let shared = Arc::new(Shared { app, tls, cancelling: Cancelling::default(), stop: stop.clone() });
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection for PostgreSQL's protocol could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let slot = Arc::clone(&slots).try_acquire_owned();
        let has_room = slot.is_ok();
        let Ok(slot) = slot.or_else(|_| Arc::clone(&told).try_acquire_owned()) else { continue };
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            talk(&shared, stream, peer, has_room).await;
            drop(slot);
        });
    }
    connections.close();
    if tokio::time::timeout(DRAIN_TIMEOUT, connections.wait()).await.is_err() {
        tracing::warn!("some connections of PostgreSQL's protocol did not end");
    }
}

async fn talk(shared: &Arc<Shared>, stream: TcpStream, peer: SocketAddr, has_room: bool) {
    if let Err(error) = wire::talk(shared, stream, peer, has_room).await {
        tracing::debug!(%error, %peer, "a connection of PostgreSQL's protocol ended early");
    }
}
