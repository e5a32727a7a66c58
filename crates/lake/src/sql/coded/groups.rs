//! Rows by groups: a number for each key, a number for each combination of keys, and what is aggregated of each.

use super::expression::{Expression, Values, is_same};
use ahash::RandomState;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Int32Array, RecordBatch, UInt32Array, new_empty_array,
};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::error::Result;
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};
use datafusion::physical_plan::aggregates::group_values::{GroupValues, new_group_values};
use datafusion::physical_plan::aggregates::order::GroupOrdering;
use std::collections::HashMap;
use std::sync::Arc;

/// No number.
const NONE: u32 = u32::MAX;
/// So many combinations of two keys have a place each; more are looked up by their hashes.
const PLACES: usize = 1 << 20;

/// What is aggregated: an accumulator, its arguments, and a condition on rows.
pub(super) struct Aggregate {
    pub(super) accumulator: Box<dyn GroupsAccumulator>,
    pub(super) arguments: Vec<Expression>,
    pub(super) filter: Option<Expression>,
}

/// Groups of the rows so far.
pub(super) struct Groups {
    keys: Vec<Key>,
    /// Of the first two keys, then of what that gives and the third, and so on. The last gives the group.
    pairs: Vec<Pairs>,
    /// The group of each value of the key, if there is one key.
    singles: Singles,
    aggregates: Vec<Aggregate>,
    schema: SchemaRef,
    /// The group of each row of a batch.
    rows: Vec<usize>,
}

impl Groups {
    /// `schema`: the keys, then the states of the aggregates.
    pub(super) fn new(
        keys: Vec<Expression>,
        aggregates: Vec<Aggregate>,
        schema: SchemaRef,
    ) -> Result<Groups> {
        let pairs = (1..keys.len()).map(|_| Pairs::default()).collect();
        let key = |(expression, field): (Expression, &Arc<Field>)| Key::new(expression, field);
        let keys = keys.into_iter().zip(schema.fields()).map(key).collect::<Result<_>>()?;
        Ok(Groups { keys, pairs, singles: Singles::default(), aggregates, schema, rows: Vec::new() })
    }

    pub(super) fn count(&self) -> usize {
        match (&self.keys[..], self.pairs.last()) {
            ([], _) => 1,
            (_, None) => self.singles.values.len(),
            (_, Some(last)) => last.pairs.len(),
        }
    }

    /// Memory, in bytes.
    pub(super) fn size(&self) -> usize {
        let keys: usize = self.keys.iter().map(|key| key.interner.size() + key.rows.capacity() * 8).sum();
        let pairs: usize = self.pairs.iter().map(Pairs::size).sum();
        let aggregates: usize = self.aggregates.iter().map(|aggregate| aggregate.accumulator.size()).sum();
        keys + pairs + self.singles.size() + aggregates + self.rows.capacity() * size_of::<usize>()
    }

    /// Adds the rows of a batch.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        self.group(batch)?;
        let count = self.count();
        for aggregate in &mut self.aggregates {
            let arguments = aggregate.arguments.iter_mut().map(|argument| argument.array(batch));
            let arguments = arguments.collect::<Result<Vec<_>>>()?;
            let filter = aggregate.filter.as_mut().map(|filter| filter.array(batch)).transpose()?;
            let filter = filter.as_ref().map(|filter| filter.as_boolean());
            aggregate.accumulator.update_batch(&arguments, &self.rows, filter, count)?;
        }
        Ok(())
    }

    /// Finds the group of each row.
    fn group(&mut self, batch: &RecordBatch) -> Result<()> {
        for key in &mut self.keys {
            key.number(batch)?;
        }
        self.rows.clear();
        match &mut self.keys[..] {
            [] => self.rows.resize(batch.num_rows(), 0),
            [only] => {
                let singles = &mut self.singles;
                self.rows.extend(only.rows.iter().map(|value| singles.group(*value) as usize));
            }
            [first, others @ ..] => {
                let left = &mut first.rows;
                for (other, pairs) in others.iter().zip(&mut self.pairs) {
                    pairs.number(left, &other.rows);
                }
                self.rows.extend(left.iter().map(|group| *group as usize));
            }
        }
        Ok(())
    }

    /// All groups with the states of what is aggregated; none are left.
    pub(super) fn emit(&mut self) -> Result<RecordBatch> {
        let mut columns = self.emit_keys()?;
        for aggregate in &mut self.aggregates {
            columns.extend(aggregate.accumulator.state(EmitTo::All)?);
        }
        Ok(RecordBatch::try_new(self.schema.clone(), columns)?)
    }

    fn emit_keys(&mut self) -> Result<Vec<ArrayRef>> {
        let mut left = std::mem::take(&mut self.singles).values;
        let mut chosen = Vec::new();
        for (level, pairs) in self.pairs.iter_mut().map(std::mem::take).enumerate().rev() {
            let at: Vec<usize> = match level + 1 == self.keys.len() - 1 {
                true => (0..pairs.pairs.len()).collect(),
                false => left.iter().map(|pair| *pair as usize).collect(),
            };
            chosen.push(at.iter().map(|pair| pairs.pairs[*pair].1).collect::<Vec<u32>>());
            left = at.iter().map(|pair| pairs.pairs[*pair].0).collect();
        }
        chosen.extend((!self.keys.is_empty()).then_some(left));
        chosen.reverse();
        self.keys.iter_mut().zip(chosen).map(|(key, values)| key.emit(values)).collect()
    }
}

/// One of the keys, with a number for each of its values.
struct Key {
    expression: Expression,
    kind: DataType,
    interner: Box<dyn GroupValues>,
    /// What the codes of the latest dictionary stand for.
    of_codes: Option<ArrayRef>,
    /// The number of each code that has come, and behind them that of rows without one.
    numbers: Vec<u32>,
    interned: Vec<usize>,
    /// The number of each row of a batch.
    rows: Vec<u32>,
}

impl Key {
    fn new(expression: Expression, field: &Arc<Field>) -> Result<Key> {
        let schema = Arc::new(Schema::new(vec![field.clone()]));
        let interner = new_group_values(schema, &GroupOrdering::None)?;
        let kind = field.data_type().clone();
        let (of_codes, numbers, interned, rows) = (None, Vec::new(), Vec::new(), Vec::new());
        Ok(Key { expression, kind, interner, of_codes, numbers, interned, rows })
    }

    fn number(&mut self, batch: &RecordBatch) -> Result<()> {
        self.rows.clear();
        match self.expression.values(batch)? {
            Values::Plain(array) => {
                self.interner.intern(&[array], &mut self.interned)?;
                self.rows.extend(self.interned.iter().map(|number| *number as u32));
            }
            Values::Coded { codes, of_codes } => {
                if self.of_codes.as_ref().is_none_or(|known| !is_same(known, &of_codes)) {
                    self.numbers.clear();
                    self.numbers.resize(of_codes.len(), NONE);
                    self.of_codes = Some(of_codes.clone());
                }
                self.number_new(&codes, &of_codes)?;
                self.number_codes(&codes);
            }
        }
        Ok(())
    }

    /// Gives numbers to codes that have none yet: many texts of a dictionary may be of rows that are not chosen.
    fn number_new(&mut self, codes: &Int32Array, of_codes: &ArrayRef) -> Result<()> {
        let of_null = self.numbers.len() - 1;
        let mut new = Vec::new();
        let mut look = |place: usize| {
            if self.numbers[place] == NONE {
                // No longer new; it gets its number below.
                self.numbers[place] = 0;
                new.push(place as u32);
            }
        };
        match codes.nulls().filter(|nulls| nulls.null_count() > 0) {
            None => codes.values().iter().for_each(|code| look(*code as usize)),
            Some(nulls) => {
                look(of_null);
                nulls.valid_indices().for_each(|row| look(codes.value(row) as usize));
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        let new = UInt32Array::from(new);
        self.interner.intern(&[take(of_codes, &new, None)?], &mut self.interned)?;
        for (place, number) in new.values().iter().zip(&self.interned) {
            self.numbers[*place as usize] = *number as u32;
        }
        Ok(())
    }

    fn number_codes(&mut self, codes: &Int32Array) {
        let (null, numbers) = self.numbers.split_last().expect("that of rows without a code is there");
        match codes.nulls().filter(|nulls| nulls.null_count() > 0) {
            None => self.rows.extend(codes.values().iter().map(|code| numbers[*code as usize])),
            Some(nulls) => {
                let rows = codes.values().iter().zip(nulls);
                self.rows.extend(rows.map(|(code, is_there)| match is_there {
                    true => numbers[*code as usize],
                    false => *null,
                }));
            }
        }
    }

    /// The values that have these numbers; all numbers are given anew then.
    fn emit(&mut self, numbers: Vec<u32>) -> Result<ArrayRef> {
        self.of_codes = None;
        let values = match self.interner.is_empty() {
            true => return Ok(new_empty_array(&self.kind)),
            false => self.interner.emit(EmitTo::All)?,
        };
        self.interner.clear_shrink(0);
        Ok(take(&values[0], &UInt32Array::from(numbers), None)?)
    }
}

/// The groups of values of one key.
#[derive(Default)]
struct Singles {
    groups: Vec<u32>,
    /// The value of each group.
    values: Vec<u32>,
}

impl Singles {
    #[inline]
    fn group(&mut self, value: u32) -> u32 {
        match self.groups.get(value as usize) {
            Some(group) if *group != NONE => *group,
            _ => self.add(value),
        }
    }

    #[cold]
    fn add(&mut self, value: u32) -> u32 {
        let place = value as usize;
        if self.groups.len() <= place {
            self.groups.resize((place + 1).next_power_of_two(), NONE);
        }
        self.groups[place] = self.values.len() as u32;
        self.values.push(value);
        self.groups[place]
    }

    fn size(&self) -> usize {
        (self.groups.capacity() + self.values.capacity()) * 4
    }
}

/// Numbers of pairs of numbers.
#[derive(Default)]
struct Pairs {
    /// By the left number, then the right one; empty when there are too many.
    places: Vec<u32>,
    /// Bits of a right number in a place.
    bits: u32,
    /// The greatest left number so far.
    left: u32,
    hashed: HashMap<u64, u32, RandomState>,
    pairs: Vec<(u32, u32)>,
}

impl Pairs {
    /// Puts the number of each pair into `left`.
    fn number(&mut self, left: &mut [u32], right: &[u32]) {
        let greatest = |numbers: &[u32]| numbers.iter().copied().max().unwrap_or(0);
        self.make_room(greatest(left), greatest(right));
        for (left, right) in left.iter_mut().zip(right) {
            *left = match self.places.is_empty() {
                true => self.by_hash(*left, *right),
                false => self.by_place(*left, *right),
            };
        }
    }

    #[inline]
    fn by_place(&mut self, left: u32, right: u32) -> u32 {
        let number = &mut self.places[(left as usize) << self.bits | right as usize];
        if *number == NONE {
            *number = self.pairs.len() as u32;
            self.pairs.push((left, right));
        }
        *number
    }

    fn by_hash(&mut self, left: u32, right: u32) -> u32 {
        let pairs = &mut self.pairs;
        *self.hashed.entry(u64::from(left) << 32 | u64::from(right)).or_insert_with(|| {
            pairs.push((left, right));
            pairs.len() as u32 - 1
        })
    }

    fn make_room(&mut self, left: u32, right: u32) {
        if !self.hashed.is_empty() {
            return;
        }
        let bits = (u32::BITS - right.leading_zeros()).max(self.bits);
        self.left = self.left.max(left);
        let needed = (self.left as usize + 1) << bits;
        if needed > PLACES {
            self.places = Vec::new();
            let pairs = self.pairs.iter().zip(0..);
            self.hashed =
                pairs.map(|((l, r), number)| (u64::from(*l) << 32 | u64::from(*r), number)).collect();
        } else if needed > self.places.len() || bits > self.bits {
            self.bits = bits;
            self.places = vec![NONE; needed.next_power_of_two().max(self.places.len())];
            for ((left, right), number) in self.pairs.iter().zip(0..) {
                self.places[(*left as usize) << bits | *right as usize] = number;
            }
        }
    }

    fn size(&self) -> usize {
        self.places.capacity() * 4 + self.hashed.capacity() * 17 + self.pairs.capacity() * 8
    }
}

#[cfg(test)]
mod tests;
