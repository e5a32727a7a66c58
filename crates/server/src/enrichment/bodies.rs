//! The log as an event data store reads it: its events with context.

use super::{Knowledge, Moment};
use bytes::Bytes;
use cairn_decide::enrichment::Enrichment;
use cairn_lake::{Bodies, BodyError};
use cairn_model::{EventDataStore, Position, Record};
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

/// Changes of what one store's events are enriched with that are remembered. Events that wait for their table while there are
/// more of them count as of the oldest that is known.
const RULES_MAX: usize = 256;

/// What a store's events are enriched with, by where they stand in the log.
#[derive(Debug)]
pub(crate) struct Rules(RwLock<Vec<Rule>>);

/// What holds from a position on.
#[derive(Clone, Debug)]
struct Rule {
    from: Position,
    enrichment: Option<Arc<Enrichment>>,
}

impl Rules {
    /// What a store asks for, from the log's start.
    pub(crate) fn of(store: &EventDataStore) -> Rules {
        Rules(RwLock::new(vec![Rule::of(store, Position::ZERO)]))
    }

    /// From a position on the store asks for something else, or the same.
    pub(crate) fn change(&self, store: &EventDataStore, from: Position) {
        let rule = Rule::of(store, from);
        let mut rules = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if rules.last().is_none_or(|last| last.enrichment != rule.enrichment) {
            if rules.len() == RULES_MAX {
                rules.remove(0);
            }
            rules.push(rule);
        }
    }

    /// What the event at a position is enriched with.
    fn at(&self, at: Position) -> Option<Arc<Enrichment>> {
        let rules = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let rule = rules.iter().rev().find(|rule| rule.from <= at).or(rules.first())?;
        rule.enrichment.clone()
    }

    /// Whether any event is enriched.
    fn enrich(&self) -> bool {
        let rules = self.0.read().unwrap_or_else(PoisonError::into_inner);
        rules.iter().any(|rule| rule.enrichment.is_some())
    }
}

impl Rule {
    fn of(store: &EventDataStore, from: Position) -> Rule {
        Rule { from, enrichment: Enrichment::new(&store.context_keys).map(Arc::new) }
    }
}

/// The log with the context that a store asks for in its events.
pub(crate) struct Enriched<B> {
    log: B,
    rules: Arc<Rules>,
    knowledge: Arc<Knowledge>,
}

impl<B: Bodies> Enriched<B> {
    pub(crate) fn new(log: B, rules: Arc<Rules>, knowledge: Arc<Knowledge>) -> Enriched<B> {
        Enriched { log, rules, knowledge }
    }

    fn enriched(&self, at: Position, payload: Bytes, moment: &Moment) -> Bytes {
        let enrichment = self.rules.at(at);
        enrichment.and_then(|enrichment| with_context(&payload, &enrichment, moment)).unwrap_or(payload)
    }
}

impl<B: Bodies> Bodies for Enriched<B> {
    fn read(&self, at: Position) -> Result<Bytes, BodyError> {
        let payload = self.log.read(at)?;
        match self.rules.enrich() {
            true => Ok(self.enriched(at, payload, &self.knowledge.now())),
            false => Ok(payload),
        }
    }

    fn read_all(
        &self,
        range: Range<Position>,
        take: &mut dyn FnMut(Position, Bytes),
    ) -> Result<(), BodyError> {
        if !self.rules.enrich() {
            return self.log.read_all(range, take);
        }
        let moment = self.knowledge.now();
        self.log.read_all(range, &mut |at, payload| take(at, self.enriched(at, payload, &moment)))
    }
}

/// The record with its event's context; `None` if the event gets none. What is no record stays as it is, for its reader to
/// refuse.
fn with_context(payload: &Bytes, enrichment: &Enrichment, moment: &Moment) -> Option<Bytes> {
    let event = Record::decode(payload).ok()?.event();
    let context = moment.with(|known| enrichment.context(&event, known))?;
    let mut out = payload[..payload.len() - event.encoded_len()].to_vec();
    event.write_with_context(&context, &mut out).then(|| out.into())
}
