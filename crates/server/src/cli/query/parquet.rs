//! A result as a Parquet file.

use super::super::Failure;
use super::super::client::{Answer, Client};
use super::printer::{aside, failed};
use bytes::{Buf, Bytes};
use cairn_lake::sql::{ExportError, parquet_of};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use tokio::sync::mpsc::{Receiver, channel};

/// Parts of the answer that wait for the file.
const WAITING: usize = 8;

/// Writes an answer that is an Arrow stream; the file is there only once it is whole.
pub(super) async fn write(client: &Client, answer: Answer, path: &Path) -> Result<(), Failure> {
    let (sender, parts) = channel(WAITING);
    let (aside, mut body) = (aside(path), answer.into_body());
    let written = tokio::task::spawn_blocking({
        let aside = aside.clone();
        move || convert(Parts { parts, current: Bytes::new() }, &aside)
    });
    let received = async {
        while let Some(part) = client.part(&mut body).await? {
            if sender.send(Ok(part)).await.is_err() {
                break;
            }
        }
        Ok::<(), Failure>(())
    };
    let received = received.await;
    if received.is_err() {
        // Else the file would pass for whole.
        let _ = sender.send(Err(io::ErrorKind::UnexpectedEof.into())).await;
    }
    drop(sender);
    let written = written.await.map_err(Failure::failed)?;
    let done = received
        .and(written)
        .and_then(|()| std::fs::rename(&aside, path).map_err(|error| failed(path, &error)));
    if done.is_err() {
        let _ = std::fs::remove_file(&aside);
    }
    done
}

fn convert(parts: Parts, aside: &Path) -> Result<(), Failure> {
    let file = File::create(aside).map_err(|error| failed(aside, &error))?;
    parquet_of(parts, file).map(drop).map_err(|error: ExportError| Failure::failed(error))
}

/// The parts of an answer for who reads without waiting for others.
struct Parts {
    parts: Receiver<io::Result<Bytes>>,
    current: Bytes,
}

impl Read for Parts {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.parts.blocking_recv() {
                None => return Ok(0),
                Some(part) => self.current = part?,
            }
        }
        let bytes = buffer.len().min(self.current.len());
        self.current.copy_to_slice(&mut buffer[..bytes]);
        Ok(bytes)
    }
}
