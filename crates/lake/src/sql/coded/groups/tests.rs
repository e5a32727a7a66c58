#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::columns::SCHEMA;
use datafusion::arrow::array::DictionaryArray;
use datafusion::arrow::datatypes::Int32Type;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use proptest::prelude::*;
use std::collections::BTreeSet;

const NAMES: [&str; 3] = ["region", "event_name", "user_type"];

/// The table's columns that are keys, upwards.
fn columns() -> Vec<usize> {
    let mut columns = NAMES.map(|name| SCHEMA.index_of(name).unwrap()).to_vec();
    columns.sort_unstable();
    columns
}

/// Rows of some keys, each a small number or null, as codes or as texts.
fn batch(rows: &[Vec<Option<u8>>], keys: usize, is_coded: bool) -> RecordBatch {
    let column = |key: usize| -> ArrayRef {
        let texts: Vec<Option<String>> =
            rows.iter().map(|row| row[key].map(|number| format!("text {number}"))).collect();
        let texts = texts.iter().map(Option::as_deref);
        match is_coded {
            true => Arc::new(texts.collect::<DictionaryArray<Int32Type>>()),
            false => Arc::new(texts.collect::<datafusion::arrow::array::StringArray>()),
        }
    };
    let columns: Vec<ArrayRef> = (0..keys).map(column).collect();
    let fields = columns.iter().zip(NAMES);
    let fields = fields.map(|(column, name)| Field::new(name, column.data_type().clone(), true));
    RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), columns).unwrap()
}

fn groups(keys: usize) -> Groups {
    let columns = &columns()[..keys];
    let expressions = columns.iter().map(|column| {
        let column_expr: Arc<dyn PhysicalExpr> = Arc::new(Column::new("key", *column));
        Expression::new(&column_expr, columns).unwrap()
    });
    let fields: Vec<Field> =
        columns.iter().map(|column| SCHEMA.field(*column).clone().with_nullable(true)).collect();
    Groups::new(expressions.collect(), Vec::new(), Arc::new(Schema::new(fields))).unwrap()
}

fn rows(batch: &RecordBatch) -> Vec<Vec<Option<String>>> {
    let cell = |row: usize| {
        move |column: &ArrayRef| {
            let texts = column.as_string::<i32>();
            texts.is_valid(row).then(|| texts.value(row).to_owned())
        }
    };
    (0..batch.num_rows()).map(|row| batch.columns().iter().map(cell(row)).collect()).collect()
}

proptest! {
    #[test]
    fn every_combination_of_keys_is_one_group_however_its_rows_come(
        keys in 1..=3usize,
        batches in prop::collection::vec(
            (prop::collection::vec(prop::collection::vec(prop::option::of(0..9u8), 3), 1..40), any::<bool>(), any::<bool>()),
            1..6,
        ),
    ) {
        let mut groups = groups(keys);
        let mut expected = BTreeSet::new();
        for (texts, is_coded, emits) in &batches {
            groups.add(&batch(texts, keys, *is_coded)).unwrap();
            for row in texts {
                expected.insert(row[..keys].iter().map(|one| one.map(|one| format!("text {one}"))).collect::<Vec<_>>());
            }
            prop_assert_eq!(groups.count(), expected.len());
            if *emits {
                let given = rows(&groups.emit().unwrap());
                prop_assert_eq!(given.len(), expected.len());
                prop_assert_eq!(given.into_iter().collect::<BTreeSet<_>>(), std::mem::take(&mut expected));
                prop_assert_eq!(groups.count(), 0);
            }
        }
    }

    #[test]
    fn a_pair_keeps_its_number_when_there_are_too_many_for_places(
        steps in prop::collection::vec(prop::collection::vec((0..40u32, 0..40u32, 0..4u32), 1..50), 1..8),
    ) {
        let mut pairs = Pairs::default();
        let mut known = HashMap::new();
        for (step, of_step) in steps.iter().enumerate() {
            // From some step on numbers are as large as those of a million texts.
            let grown = |number: u32, by: u32| number << (by * 5 * u32::from(step > 3));
            let (left, right): (Vec<u32>, Vec<u32>) =
                of_step.iter().map(|(left, right, by)| (grown(*left, *by), grown(*right, *by))).unzip();
            let mut numbers = left.clone();
            pairs.number(&mut numbers, &right);
            for ((left, right), number) in left.iter().zip(&right).zip(&numbers) {
                prop_assert_eq!(*known.entry((*left, *right)).or_insert(*number), *number);
                prop_assert_eq!(pairs.pairs[*number as usize], (*left, *right));
            }
            prop_assert_eq!(pairs.pairs.len(), known.len());
        }
    }
}
