//! The way of one file: as it is if it is small, else batch by batch.

use super::batches::{Batch, Batches, BrokenOff};
use super::journal::Begun;
use super::run::{FileError, Run};
use super::sender::SendError;
use super::source::Item;
use super::tally::Tally;
use crate::imports::content::{Content, Packing, content};
use crate::ingest::{Format, Shape};
use bytes::Bytes;
use cairn_decide::imports::Kind;
use futures::stream::{self, StreamExt};
use std::io::{self, Read};
use std::pin::pin;
use tokio::sync::mpsc;

/// Files up to this size are read whole, and sent as they are unless they unpack to much.
const WHOLE_BYTES_MAX: u64 = 8 << 20;
/// Bytes of a larger file that are looked at to tell what it holds.
const START_BYTES: usize = 64 << 10;
/// Batches of one large file that wait to be sent, and that are on their way at once.
const BATCHES_WAITING: usize = 2;
const BATCHES_PARALLEL: usize = 2;

impl Run {
    /// Sends a file, of which `begun` may be in. `None` if it holds no events.
    pub(super) async fn transfer(
        &self,
        item: &Item,
        kind: Kind,
        begun: Option<&Begun>,
    ) -> Result<Option<Tally>, FileError> {
        let is_small = item.bytes <= WHOLE_BYTES_MAX && begun.is_none_or(|begun| begun.batches == 0);
        if is_small {
            self.send_small(item, kind, begun).await
        } else {
            self.send_large(item, kind, begun).await
        }
    }

    /// A file that is read whole. `None` if it holds no events.
    async fn send_small(
        &self,
        item: &Item,
        kind: Kind,
        begun: Option<&Begun>,
    ) -> Result<Option<Tally>, FileError> {
        let file = item.read().await?;
        if !self.holds_events(item, kind, &file)? {
            return Ok(None);
        }
        let packing = Packing::of(&file);
        let in_batches = |file| self.send_batches(item, file, Box::new(io::empty()), begun);
        if !packing.is_small(&file) {
            return in_batches(file).await.map(Some);
        }
        self.note(|journal| journal.begin(item, self.sender.end()))?;
        let receipt = match self.sender.post(file.clone(), begun.map(|begun| begun.from)).await {
            Ok(receipt) => receipt,
            // It is damaged, or larger than it says: in pieces what can be read of it is in.
            Err(SendError::Refused(_)) if packing != Packing::Plain => {
                return in_batches(file).await.map(Some);
            }
            Err(error) => return Err(bad_or_stopped(item, error)),
        };
        let tally = receipt.tally();
        self.counts.borrow_mut().events.add(&tally);
        self.tell_refused(item, &receipt, |line| line);
        Ok(Some(tally))
    }

    /// A file that is read in pieces. `None` if it holds no events.
    async fn send_large(
        &self,
        item: &Item,
        kind: Kind,
        begun: Option<&Begun>,
    ) -> Result<Option<Tally>, FileError> {
        let mut reader = item.open().await?;
        let read = tokio::task::spawn_blocking(move || {
            let mut start = Vec::with_capacity(START_BYTES);
            let read = reader.by_ref().take(START_BYTES as u64).read_to_end(&mut start);
            read.map(|_| (Bytes::from(start), reader))
        });
        let (start, rest) = read.await.expect("reading does not panic").map_err(|error| bad(item, error))?;
        if !self.holds_events(item, kind, &start)? {
            return Ok(None);
        }
        self.send_batches(item, start, rest, begun).await.map(Some)
    }

    /// Whether a file that begins so is to be sent. It is counted if not. What has the name of an event file,
    /// or was named by itself, must hold events.
    fn holds_events(&self, item: &Item, kind: Kind, start: &[u8]) -> Result<bool, FileError> {
        if self.format != Format::Auto {
            return Ok(true);
        }
        match content(start).map_err(|error| bad(item, format!("it does not unpack: {error}")))? {
            Content::Events => Ok(true),
            Content::Digest => {
                self.counts.borrow_mut().files.digests += 1;
                Ok(false)
            }
            Content::Utf16 => Err(bad(item, "its text is UTF-16; convert it to UTF-8")),
            Content::Other if item.is_named || kind != Kind::Unknown => {
                Err(bad(item, "it holds no events of CloudTrail; --format takes it whatever it looks like"))
            }
            Content::Other => {
                self.counts.borrow_mut().files.pass_other(&item.name);
                Ok(false)
            }
        }
    }

    /// Sends a file batch by batch. Those that are in, as the journal says, are passed.
    async fn send_batches(
        &self,
        item: &Item,
        start: Bytes,
        rest: Box<dyn Read + Send>,
        begun: Option<&Begun>,
    ) -> Result<Tally, FileError> {
        let shape = if self.format == Format::Ndjson { Shape::Lines } else { Shape::Any };
        let (sender, mut receiver) = mpsc::channel(BATCHES_WAITING);
        let dividing = tokio::task::spawn_blocking(move || divide(start, rest, shape, &sender));
        let mut so_far = begun.cloned().unwrap_or_default();
        self.counts.borrow_mut().events.add(&so_far.tally);
        self.note(|journal| journal.begin(item, self.sender.end()))?;
        let passed = usize::try_from(so_far.batches).unwrap_or(usize::MAX);
        // Of what was sent before, only so many batches can be in without having been noted.
        let again = move |index| begun.filter(|_| index < passed + BATCHES_PARALLEL).map(|begun| begun.from);
        let batches = stream::poll_fn(move |context| receiver.poll_recv(context)).enumerate().skip(passed);
        let sent = batches.map(|(index, batch)| self.send_batch(item, batch, again(index)));
        let mut sent = pin!(sent.buffered(BATCHES_PARALLEL));
        while let Some(sent) = sent.next().await {
            let (from, tally) = sent?;
            self.counts.borrow_mut().events.add(&tally);
            so_far.tally.add(&tally);
            (so_far.from, so_far.batches) = (from, so_far.batches + 1);
            self.note(|journal| journal.part(item, &so_far))?;
        }
        let divided = dividing.await.expect("dividing a file does not panic");
        divided.map_err(|error| bad(item, error))?;
        Ok(so_far.tally)
    }

    /// Sends a batch. Also returns a position that the server's log had reached before: what is sent later
    /// stands beyond it.
    async fn send_batch(
        &self,
        item: &Item,
        batch: Batch,
        again: Option<u64>,
    ) -> Result<(u64, Tally), FileError> {
        let from = again.unwrap_or_else(|| self.sender.end());
        let mut tally = Tally::default();
        if !batch.numbers.is_empty() {
            let receipt = self.sender.post(batch.body, again).await;
            let receipt = receipt.map_err(|error| bad_or_stopped(item, error))?;
            tally = receipt.tally();
            let number = |line: u64| {
                let index = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
                batch.numbers.get(index).copied().unwrap_or(line)
            };
            self.tell_refused(item, &receipt, number);
        }
        for (number, why) in &batch.refused {
            self.tell(&format!("{}: record {number} refused: {why}", item.name));
        }
        tally.refused += batch.refused.len() as u64;
        Ok((from, tally))
    }
}

fn bad(item: &Item, why: impl std::fmt::Display) -> FileError {
    FileError::Bad { name: item.name.clone(), why: why.to_string() }
}

/// What the server does not take is this file's fault; that it takes nothing is not.
fn bad_or_stopped(item: &Item, error: SendError) -> FileError {
    match error {
        SendError::Refused(why) => bad(item, why),
        gave_up @ SendError::GaveUp(_) => FileError::Stopped(gave_up.into()),
    }
}

/// Divides a file into batches until nobody takes them any more. Blocks.
fn divide(
    start: Bytes,
    rest: Box<dyn Read + Send>,
    shape: Shape,
    sender: &mpsc::Sender<Batch>,
) -> Result<(), BrokenOff> {
    let mut batches = Batches::new(start, rest, shape)?;
    while let Some(batch) = batches.next()? {
        if sender.blocking_send(batch).is_err() {
            break;
        }
    }
    Ok(())
}
