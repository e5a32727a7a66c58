//! HTTP/1.1 by hand, so that tests see what is on the wire.

use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Longer than anything here takes: a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// One end of a connection.
pub(super) struct Wire {
    stream: TcpStream,
    /// Read, and not asked for.
    ahead: Vec<u8>,
}

impl Wire {
    pub(super) async fn connect(address: std::net::SocketAddr) -> Wire {
        Wire::new(TcpStream::connect(address).await.unwrap())
    }

    pub(super) async fn accept(listener: &TcpListener) -> Wire {
        let accepted = within(listener.accept()).await;
        Wire::new(accepted.unwrap().0)
    }

    fn new(stream: TcpStream) -> Wire {
        stream.set_nodelay(true).unwrap();
        Wire { stream, ahead: Vec::new() }
    }

    pub(super) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        within(self.stream.write_all(bytes.as_ref())).await.unwrap();
    }

    /// Reads up to the end of a head.
    pub(super) async fn head(&mut self) -> String {
        self.until("\r\n\r\n").await
    }

    /// Reads up to `end`.
    pub(super) async fn until(&mut self, end: &str) -> String {
        loop {
            let found = self.ahead.windows(end.len()).position(|window| window == end.as_bytes());
            if let Some(found) = found {
                let rest = self.ahead.split_off(found + end.len());
                return String::from_utf8(std::mem::replace(&mut self.ahead, rest)).unwrap();
            }
            let so_far = String::from_utf8_lossy(&self.ahead).into_owned();
            assert!(self.more().await, "closed after {so_far:?}");
        }
    }

    pub(super) async fn exactly(&mut self, bytes: usize) -> Vec<u8> {
        while self.ahead.len() < bytes {
            assert!(self.more().await, "closed after {} of {bytes} bytes", self.ahead.len());
        }
        let rest = self.ahead.split_off(bytes);
        std::mem::replace(&mut self.ahead, rest)
    }

    /// Reads until the other end closes or resets.
    pub(super) async fn rest(&mut self) -> Vec<u8> {
        while self.more().await {}
        std::mem::take(&mut self.ahead)
    }

    /// What has come, once nothing more comes for a while.
    pub(super) async fn so_far(&mut self) -> Vec<u8> {
        let quiet = Duration::from_millis(300);
        while let Ok(true) = tokio::time::timeout(quiet, self.more()).await {}
        std::mem::take(&mut self.ahead)
    }

    async fn more(&mut self) -> bool {
        let mut buffer = vec![0; 64 << 10];
        let read = within(self.stream.read(&mut buffer)).await.unwrap_or(0);
        self.ahead.extend_from_slice(&buffer[..read]);
        read > 0
    }
}

pub(super) async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("it takes too long")
}
