//! An import under way: files are looked at, passed or sent, some at a time, and counted.

use super::journal::{Journal, JournalError, Known};
use super::progress::Progress;
use super::sender::{Receipt, SendError, Sender};
use super::source::{Item, Source, SourceError};
use super::tally::{Files, Tally};
use crate::ingest::Format;
use cairn_decide::imports::{Kind, Layout, Wanted};
use futures::stream::{self, StreamExt};
use std::cell::{Cell, RefCell};
use std::pin::pin;

/// Files that are on their way at once.
const PARALLEL: usize = 8;
/// Refused records of one file, and of all, that are told one by one.
const TOLD_OF_FILE: usize = 5;
const TOLD_MAX: usize = 100;

/// Why an import ends before its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stopped {
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// What is the same for all files.
pub(super) struct Run {
    pub(super) sender: Sender,
    pub(super) format: Format,
    pub(super) wanted: Wanted,
    pub(super) known: Known,
    pub(super) journal: RefCell<Option<Journal>>,
    pub(super) progress: Progress,
    pub(super) counts: RefCell<Counts>,
    told: Cell<usize>,
}

/// What became of everything so far.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) files: Files,
    pub(super) events: Tally,
}

/// Why one file is not in, or not all of it.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error(transparent)]
    Stopped(#[from] Stopped),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("{name}: {why}")]
    Bad { name: String, why: String },
}

impl Run {
    pub(super) fn new(
        sender: Sender,
        format: Format,
        wanted: Wanted,
        journal: Option<(Journal, Known)>,
        progress: Progress,
    ) -> Run {
        let (journal, known) =
            journal.map_or_else(Default::default, |(journal, known)| (Some(journal), known));
        let files = Files { imported: known.files.clone(), ..Files::default() };
        let files = Files { resumed: files.took(), ..files };
        let counts = RefCell::new(Counts { files, events: known.tally.clone() });
        let journal = RefCell::new(journal);
        Run { sender, format, wanted, known, journal, progress, counts, told: Cell::new(0) }
    }

    /// Imports all files of all sources. A file that cannot be read is counted, and the rest goes on.
    pub(super) async fn import(&self, sources: &[Source]) -> Result<(), Stopped> {
        let found = stream::iter(sources).flat_map(Source::items);
        let mut ended = pin!(found.map(|item| self.import_found(item)).buffer_unordered(PARALLEL));
        while let Some(ended) = ended.next().await {
            ended?;
        }
        Ok(())
    }

    async fn import_found(&self, found: Result<Item, SourceError>) -> Result<(), Stopped> {
        let item = match found {
            Ok(item) => item,
            Err(error) => {
                self.fail(&error.to_string(), &error.to_string());
                return Ok(());
            }
        };
        let imported = self.import_item(&item).await;
        self.progress.pass(item.bytes, self.counts.borrow().events.accepted);
        match imported {
            Err(FileError::Stopped(stopped)) => return Err(stopped),
            Err(error) => self.fail(&item.name, &error.to_string()),
            Ok(()) => {}
        }
        Ok(())
    }

    fn fail(&self, name: &str, why: &str) {
        self.counts.borrow_mut().files.fail(name, why);
        self.progress.complain(why);
    }

    async fn import_item(&self, item: &Item) -> Result<(), FileError> {
        let layout = item.layout();
        if self.passes(item, &layout) {
            return Ok(());
        }
        if let Some(tally) = self.transfer(item, layout.kind, self.known.begun(item)).await? {
            self.note(|journal| journal.finish(item, layout.kind, &tally))?;
            let files = &mut self.counts.borrow_mut().files;
            *files.imported.entry(layout.kind).or_default() += 1;
            files.bytes += item.bytes;
        }
        Ok(())
    }

    /// Whether a file is passed by what its name and the journal say. It is counted then.
    fn passes(&self, item: &Item, layout: &Layout) -> bool {
        let files = &mut self.counts.borrow_mut().files;
        let done = self.known.done(item);
        match layout.kind {
            Kind::Digest => files.digests += 1,
            Kind::Lake => files.pass_other(&item.name),
            _ if !self.wanted.takes(layout) => files.unwanted += 1,
            // What a completed import brought. The counts of the others are in the tally that this run began
            // with.
            _ if done == Some(true) => files.before += 1,
            _ => return done.is_some(),
        }
        true
    }

    /// Writes to the journal, if there is one.
    pub(super) fn note(
        &self,
        write: impl FnOnce(&mut Journal) -> Result<(), JournalError>,
    ) -> Result<(), FileError> {
        match self.journal.borrow_mut().as_mut() {
            Some(journal) => write(journal).map_err(|error| FileError::Stopped(error.into())),
            None => Ok(()),
        }
    }

    /// Tells of some of the records that the server did not take; `number` is what they have in their file.
    pub(super) fn tell_refused(&self, item: &Item, receipt: &Receipt, number: impl Fn(u64) -> u64) {
        for refused in receipt.refused.iter().take(TOLD_OF_FILE) {
            let number = number(refused.line);
            self.tell(&format!("{}: record {number} refused: {}", item.name, refused.reason));
        }
        let more = receipt.refused_total().saturating_sub(TOLD_OF_FILE as u64);
        if more > 0 {
            self.tell(&format!("{}: {more} more records refused", item.name));
        }
    }

    /// Tells of a refused record, unless much was told already.
    pub(super) fn tell(&self, text: &str) {
        let told = self.told.get();
        self.told.set(told + 1);
        match told {
            ..TOLD_MAX => self.progress.complain(text),
            TOLD_MAX => self.progress.complain("further refused records are counted, not told"),
            _ => {}
        }
    }
}
