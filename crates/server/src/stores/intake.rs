//! What has been offered to the stores, and who has taken it.

use super::open::OpenStore;
use super::state::State;
use super::{Counts, Shared, Stores, TAILS_BYTES, key};
use cairn_decide::taking::{Definitions, Taker, Taking};
use cairn_lake::{History, TailFull};
use cairn_model::record::{NotARecord, StoreId};
use cairn_model::{Event, EventDataStore, Position, Record};
use cairn_store::log::{Chunk, ReadError, Reader};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use tokio::runtime::Handle;
use uuid::Uuid;

/// Bytes of the log that are taken at once.
pub(super) const CHUNK_BYTES: usize = 1 << 20;

/// The stores as of one position of the log.
pub(super) struct Intake {
    /// As of `position`.
    definitions: Arc<Definitions>,
    /// All events below have been offered.
    position: Position,
    /// The stores whose tables are open, or about to be. All others have all their events in their tables.
    open: HashMap<StoreId, Member>,
}

struct Member {
    store: Arc<OpenStore>,
    /// What it has to catch up with; `None`: it takes what is offered.
    behind: Option<Backlog>,
}

/// A part of the log, up to the intake's position, that a store has yet to take its events of.
#[derive(Clone)]
pub(super) struct Backlog {
    pub(super) from: Position,
    /// In order; each up to the next.
    stretches: VecDeque<Stretch>,
}

/// A part of the log over which a store takes the same events.
#[derive(Clone)]
struct Stretch {
    from: Position,
    taker: Arc<Taker>,
    /// What it was before: an event by whose call it changed is for the store if it was or is for it.
    before: Option<Arc<Taker>>,
}

/// What a step of the follower did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A part of the log was offered.
    Offered,
    /// There is nothing new.
    CaughtUp,
}

/// Why the log cannot be followed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Record(#[from] NotARecord),
}

/// What of a chunk is for one store.
struct Share<'c> {
    /// Where the store begins to read if it has to do so by itself.
    stretch: Stretch,
    events: Vec<(Position, Event<'c>)>,
    /// Events that it left out.
    too_large: u64,
}

/// Events of one chunk, by the stores that take them.
type Gathered<'c> = BTreeMap<StoreId, Share<'c>>;

impl Stores {
    /// Offers what comes next in the log to the stores. One thread calls this, which may block.
    pub(crate) fn step(&self, reader: &mut Reader) -> Result<Step, Stopped> {
        match reader.next(CHUNK_BYTES)? {
            None => Ok(Step::CaughtUp),
            Some(chunk) => {
                self.shared.offer(&chunk)?;
                Ok(Step::Offered)
            }
        }
    }
}

impl Shared {
    /// Offers the records of a chunk. Those of a call that changes stores are offered one by one.
    pub(super) fn offer(self: &Arc<Self>, chunk: &Chunk) -> Result<(), NotARecord> {
        let mut definitions = Arc::clone(&self.intake().definitions);
        let mut gathered = Gathered::new();
        let mut records = chunk.iter().peekable();
        while let Some((at, payload)) = records.next() {
            let record = Record::decode(payload)?;
            if !record.has_changes() {
                self.gather(&definitions, at, &record, &mut gathered);
                continue;
            }
            self.deliver(std::mem::take(&mut gathered), at);
            let next = records.peek().map_or(chunk.next(), |(next, _)| *next);
            definitions = self.change(&definitions, at, &record, next)?;
        }
        self.deliver(gathered, chunk.next());
        Ok(())
    }

    fn gather<'c>(
        &self,
        definitions: &Definitions,
        at: Position,
        record: &Record<'c>,
        gathered: &mut Gathered<'c>,
    ) {
        definitions.each_taking(record, &self.home_region, |taker, taking| {
            let none = || Share::none(Stretch::from(at, Arc::clone(taker)));
            let share = gathered.entry(taker.id()).or_insert_with(none);
            match taking {
                Taking::Taken => share.events.push((at, record.event())),
                Taking::TooLarge => share.too_large += 1,
                Taking::Passed => {}
            }
        });
    }

    /// Gives the stores their events; all below `next` has been offered then.
    fn deliver(self: &Arc<Self>, gathered: Gathered<'_>, next: Position) {
        self.deliver_to(&mut self.intake(), gathered, next);
    }

    fn deliver_to(self: &Arc<Self>, intake: &mut Intake, gathered: Gathered<'_>, next: Position) {
        let mut bytes: usize = match gathered.is_empty() {
            true => 0,
            false => intake.tail_bytes(),
        };
        for (id, Share { stretch, events, too_large }) in gathered {
            let count = events.len() as u64;
            let taken = match intake.open.get(&id) {
                Some(Member { behind: Some(_), .. }) => continue,
                None if events.is_empty() => Ok(()),
                Some(Member { store, behind: None }) => {
                    store.note_use();
                    append(store, &mut bytes, &mut events.into_iter(), next)
                }
                None => Err(TailFull),
            };
            match taken {
                Ok(()) => self.counts.add(count, too_large),
                Err(TailFull) => self.fall_behind(intake, stretch),
            }
        }
        intake.position = next;
    }

    /// Applies the changes of a record and offers its event: a store that the call stops, or starts, takes it.
    fn change(
        self: &Arc<Self>,
        before: &Arc<Definitions>,
        at: Position,
        record: &Record<'_>,
        next: Position,
    ) -> Result<Arc<Definitions>, NotARecord> {
        let mut after = Definitions::clone(before);
        let changed = after.apply(record.changes()?);
        let after = Arc::new(after);
        let mut gathered = Gathered::new();
        for definitions in [&**before, &*after] {
            definitions.each_taking(record, &self.home_region, |taker, taking| {
                if taking == Taking::Taken
                    && let Some(taker) = after.taker(taker.id())
                {
                    let before = before.taker(taker.id()).cloned();
                    let stretch = Stretch { from: at, taker: Arc::clone(taker), before };
                    let events = vec![(at, record.event())];
                    gathered.insert(taker.id(), Share { events, ..Share::none(stretch) });
                }
            });
        }
        {
            let mut intake = self.intake();
            for id in &changed {
                intake.redefine(*id, before.taker(*id), after.taker(*id), at);
            }
            intake.definitions = Arc::clone(&after);
            // Under one lock: nobody may meet the new definitions without the event.
            self.deliver_to(&mut intake, gathered, next);
        }
        Ok(after)
    }

    /// Notes that a store has to catch up from here on, and lets it.
    fn fall_behind(self: &Arc<Self>, intake: &mut Intake, stretch: Stretch) {
        let (id, from) = (stretch.taker.id(), stretch.from);
        let new = || OpenStore::new(Uuid::from_bytes(id), Arc::new(stretch.taker.store().clone()));
        let member = intake.open.entry(id).or_insert_with(|| Member { store: Arc::new(new()), behind: None });
        member.behind = Some(Backlog { from, stretches: VecDeque::from([stretch.clone()]) });
        self.let_catch_up(&member.store);
    }

    fn let_catch_up(self: &Arc<Self>, store: &Arc<OpenStore>) {
        store.set_behind(true);
        Handle::current().spawn(Arc::clone(self).catch_up(Arc::clone(store)));
    }

    /// The store, about to be opened if it is not.
    pub(super) fn ask_for(self: &Arc<Self>, store: &EventDataStore) -> Arc<OpenStore> {
        let id = super::id_of(store);
        let mut intake = self.intake();
        let known = intake.definitions.taker(key(id)).cloned();
        if let Some(member) = intake.open.get(&key(id)) {
            member.store.note_use();
            return Arc::clone(&member.store);
        }
        // As the follower knows it: what it meets later changes it where that stands in the log.
        let definition = known.as_ref().map_or(store, |taker| taker.store());
        let open = Arc::new(OpenStore::new(id, Arc::new(definition.clone())));
        let from = intake.position;
        // One that the follower has not met yet gets its first stretch when it does.
        let stretches = known.map(|taker| Stretch::from(from, taker)).into_iter().collect();
        let behind = Some(Backlog { from, stretches });
        intake.open.insert(key(id), Member { store: Arc::clone(&open), behind });
        self.let_catch_up(&open);
        open
    }

    /// Where a store has to catch up from; `None` if it has, and takes what is offered from now on.
    pub(super) fn backlog(&self, store: &OpenStore) -> Option<(Backlog, Position)> {
        let mut intake = self.intake();
        let position = intake.position;
        let member = intake.open.get_mut(&key(store.id))?;
        let backlog = member.behind.as_ref()?;
        if backlog.from < position {
            return Some((backlog.clone(), position));
        }
        member.behind = None;
        store.set_behind(false);
        None
    }

    /// A store that catches up has got as far as this.
    pub(super) fn has_caught_up_to(&self, store: &OpenStore, next: Position) {
        let mut intake = self.intake();
        let member = intake.open.get_mut(&key(store.id));
        if let Some(backlog) = member.and_then(|member| member.behind.as_mut()) {
            backlog.pass(next);
        }
    }
}

/// Gives events to a store's table; `bytes` is what all tables hold in memory.
fn append(
    store: &OpenStore,
    bytes: &mut usize,
    events: &mut dyn Iterator<Item = (Position, Event<'_>)>,
    next: Position,
) -> Result<(), TailFull> {
    let Some(history) = store.table().filter(|_| *bytes < TAILS_BYTES) else { return Err(TailFull) };
    let before = history.tail_bytes();
    history.append(events, next)?;
    *bytes += history.tail_bytes().saturating_sub(before);
    Ok(())
}

impl Intake {
    pub(super) fn new(state: State) -> Intake {
        let State { position, definitions } = state;
        Intake { definitions, position, open: HashMap::new() }
    }

    pub(super) fn position(&self) -> Position {
        self.position
    }

    pub(super) fn state(&self) -> State {
        State { position: self.position, definitions: Arc::clone(&self.definitions) }
    }

    pub(super) fn definitions(&self) -> &Definitions {
        &self.definitions
    }

    /// The stores that are open, or about to be.
    pub(super) fn stores(&self) -> impl Iterator<Item = &Arc<OpenStore>> {
        self.open.values().map(|member| &member.store)
    }

    /// The open tables.
    pub(super) fn tables(&self) -> impl Iterator<Item = &History> {
        self.open.values().filter_map(|member| member.store.table())
    }

    /// Memory of what is in no table yet, in bytes.
    pub(super) fn tail_bytes(&self) -> usize {
        self.tables().map(History::tail_bytes).sum()
    }

    /// How many stores have to catch up.
    pub(super) fn behind(&self) -> usize {
        self.open.values().filter(|member| member.behind.is_some()).count()
    }

    /// Whether all events below `position`, which was offered, are in tables.
    pub(super) fn has_in_tables(&self, position: Position) -> bool {
        self.open.values().all(|member| {
            let has_taken = member.behind.as_ref().is_none_or(|backlog| backlog.from >= position);
            let waiting = member.store.table().and_then(History::oldest_waiting);
            has_taken && waiting.is_none_or(|oldest| oldest >= position)
        })
    }

    /// Forgets a store that has taken everything, has it all in its table, and that nobody else holds.
    pub(super) fn close(&mut self, id: Uuid) -> bool {
        let is_idle = |member: &Member| {
            member.behind.is_none()
                && Arc::strong_count(&member.store) == 1
                && member.store.table().is_none_or(|table| table.oldest_waiting().is_none())
        };
        self.open.get(&key(id)).is_some_and(is_idle) && self.open.remove(&key(id)).is_some()
    }

    /// Forgets a store whatever it has: it is gone.
    pub(super) fn forget(&mut self, id: Uuid) {
        self.open.remove(&key(id));
    }

    /// A store takes other events from the record at `at` on, or is gone.
    fn redefine(
        &mut self,
        id: StoreId,
        before: Option<&Arc<Taker>>,
        after: Option<&Arc<Taker>>,
        at: Position,
    ) {
        let Some(after) = after else {
            self.open.remove(&id);
            return;
        };
        if let Some(member) = self.open.get_mut(&id) {
            member.store.redefine(Arc::new(after.store().clone()), at);
            if let Some(backlog) = &mut member.behind {
                let (taker, before) = (Arc::clone(after), before.cloned());
                backlog.stretches.push_back(Stretch { from: at, taker, before });
            }
        }
    }
}

impl<'c> Share<'c> {
    fn none(stretch: Stretch) -> Share<'c> {
        Share { stretch, events: Vec::new(), too_large: 0 }
    }
}

impl Stretch {
    fn from(from: Position, taker: Arc<Taker>) -> Stretch {
        Stretch { from, taker, before: None }
    }

    fn judge(&self, at: Position, record: &Record<'_>, home_region: &str) -> Taking {
        let before = self.before.as_ref().filter(|_| at == self.from);
        match self.taker.judge(record, home_region) {
            Taking::Taken => Taking::Taken,
            taking => match before.map(|before| before.judge(record, home_region)) {
                Some(Taking::Taken) => Taking::Taken,
                _ => taking,
            },
        }
    }
}

impl Backlog {
    /// What becomes of the record at `at`.
    pub(super) fn judge(&self, at: Position, record: &Record<'_>, home_region: &str) -> Taking {
        let stretch = self.stretches.iter().rev().find(|stretch| stretch.from <= at);
        stretch.map_or(Taking::Passed, |stretch| stretch.judge(at, record, home_region))
    }

    fn pass(&mut self, next: Position) {
        self.from = self.from.max(next);
        while self.stretches.get(1).is_some_and(|second| second.from <= self.from) {
            self.stretches.pop_front();
        }
    }
}

impl Counts {
    pub(super) fn add(&self, taken: u64, too_large: u64) {
        self.taken.fetch_add(taken, Relaxed);
        self.too_large.fetch_add(too_large, Relaxed);
    }
}
