//! What Cairn itself puts into batches.

use crate::clock;
use cairn_model::event::{Admission, Door, Refusal};
use cairn_model::record::Mark;
use cairn_model::{AccountId, Change, Origin, Record, Timestamp};
use cairn_store::log::Batch;

/// A batch of one record.
pub(super) fn batch_of(
    mark: Option<Mark>,
    changes: &[Change],
    account: AccountId,
    event: &[u8],
) -> Result<Batch, Refusal> {
    let mut batch = Batch::with_capacity(event.len() + 1024);
    admit_with(&mut batch, mark, changes, account, event)?;
    Ok(batch)
}

/// Adds the event of a call and its changes to a batch, as one record. The mark is [`super::Control::mark`]'s.
pub(crate) fn admit_with(
    batch: &mut Batch,
    mark: Option<Mark>,
    changes: &[Change],
    account: AccountId,
    event: &[u8],
) -> Result<(), Refusal> {
    push(batch, account, clock::now(), event, |out| match (changes, mark) {
        // What rectifies is told even if it changes nothing.
        ([], None | Some(Mark::Decided { .. } | Mark::Adopted { .. })) => Record::start_event(out),
        (changes, None) => Record::start_changes(changes, out),
        (changes, Some(mark)) => Record::start_marked(mark, changes, out),
    })
}

/// Adds an event that Cairn itself wrote to a batch.
pub(crate) fn admit(
    batch: &mut Batch,
    account: AccountId,
    arrival: Timestamp,
    event: &[u8],
) -> Result<(), Refusal> {
    push(batch, account, arrival, event, Record::start_event)
}

fn push(
    batch: &mut Batch,
    account: AccountId,
    arrival: Timestamp,
    event: &[u8],
    start: impl FnOnce(&mut Vec<u8>),
) -> Result<(), Refusal> {
    let admission = Admission { origin: Origin::Recorded, account, arrival };
    let added = batch.push_with(|out| {
        start(out);
        Door::default().admit(event, &admission, clock::random_bits, out).map(drop)
    });
    added.map(drop)
}
