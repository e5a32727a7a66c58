#![allow(clippy::unwrap_used, reason = "tests")]
use super::{
    BLOCK_ROWS, Blocks, Texts, WordIndex, WordNumber, WordsBuilder, number_of, numbers_in, whole_number_of,
    whole_numbers_in,
};
use crate::text::Words;
use datafusion::arrow::array::StringArray;
use proptest::prelude::*;
use serde_json::json;

/// An index with all of its bytes in memory.
struct Whole {
    index: WordIndex,
    bytes: Vec<u8>,
}

impl Whole {
    fn read(bytes: Vec<u8>) -> Option<Whole> {
        let directory = bytes.get(..WordIndex::directory_bytes(&bytes)?)?;
        Some(Whole { index: WordIndex::read(0, directory)?, bytes })
    }

    /// Of one column of JSON, a text a row.
    fn of(rows: &[String]) -> Whole {
        let mut builder = WordsBuilder::new();
        for rows in rows.chunks(5) {
            builder.add(&[(&StringArray::from_iter_values(rows), Texts::Json)]);
        }
        Whole::read(builder.finish().unwrap()).unwrap()
    }

    fn blocks(&self, word: WordNumber) -> Option<Blocks> {
        let bucket = self.index.bucket(word);
        self.index.blocks(word, self.bytes.get(bucket.start as usize..bucket.end as usize)?)
    }

    fn may_hold(&self, words: &[WordNumber], row: usize) -> bool {
        let block = row as u32 / BLOCK_ROWS;
        words.iter().all(|word| match self.blocks(*word).unwrap() {
            Blocks::All => true,
            Blocks::Some(blocks) => blocks.contains(&block),
        })
    }
}

/// Texts with whatever may hide a word.
fn any_value() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "alice",
        "BOB",
        "Straße",
        "\u{212a}elvin",
        "\n",
        "\\n",
        "\"",
        "-",
        "/",
        "::",
        " ",
        "İx",
        "12",
        "20Z",
        "10T30",
        "0a1b2c3d",
        "9e0f1a2b3c4d",
        "true",
        "ΣΑΣ",
        "e\u{301}",
        "i-0123456789abcdef0",
        "\u{1}",
    ]);
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn a_block_with_a_value_is_never_left_out(
        values in prop::collection::vec((any_value(), any_value(), any::<u32>()), 1..150),
        cut in 0..12usize,
    ) {
        let rows: Vec<String> = values
            .iter()
            .map(|(one, other, number)| json!({"Key": [one, {other.as_str(): [number, null]}]}).to_string())
            .collect();
        let whole = Whole::of(&rows);
        for (row, (one, other, number)) in values.iter().enumerate() {
            for value in [one, other, &number.to_string()] {
                prop_assert!(whole.may_hold(&numbers_in(value), row), "{value:?}");
                let start = value.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(0);
                let pattern = format!("%{}%", &value[start..]);
                prop_assert!(whole.may_hold(&whole_numbers_in(&pattern, &['%']), row), "{pattern:?}");
                if let Ok(words) = Words::parse(value) && words.match_record(&rows[row]) {
                    prop_assert!(whole.may_hold(&words.numbers(), row), "{value:?}");
                }
            }
        }
    }

    #[test]
    fn damaged_indexes_are_refused_or_read_but_never_break_the_reader(
        mut bytes in prop::collection::vec(any::<u8>(), 0..200),
        buckets in 0..20u32,
        word in any::<u64>(),
    ) {
        if let Some(count) = bytes.get_mut(4..8) {
            count.copy_from_slice(&buckets.to_le_bytes());
        }
        if let Some(whole) = Whole::read(bytes) {
            let _ = whole.blocks(word);
        }
    }
}

#[test]
fn nearly_every_word_that_is_not_there_is_in_no_block() {
    let rows: Vec<String> = (0..3_000).map(|row| format!(r#"{{"id":"common w{row}x"}}"#)).collect();
    let whole = Whole::of(&rows);
    assert_eq!(whole.blocks(number_of("common").unwrap()), Some(Blocks::All));
    let word = |number: usize| number_of(&format!("w{number}x")).unwrap();
    for row in 0..3_000 {
        assert!(whole.may_hold(&[word(row)], row));
    }
    let found = (3_000..13_000).filter(|other| !whole.blocks(word(*other)).unwrap().is_none()).count();
    // One in 128 is taken for another.
    assert!(found < 160, "{found}");
}

#[test]
fn words_of_some_blocks_are_found_in_these_alone() {
    let is_there = |row: usize| row.is_multiple_of(7 * BLOCK_ROWS as usize);
    let rows: Vec<String> = (0..40 * BLOCK_ROWS as usize)
        .map(|row| if is_there(row) { r#""needle hay""# } else { r#""hay""# }.to_owned())
        .collect();
    let whole = Whole::of(&rows);
    assert_eq!(whole.blocks(number_of("needle").unwrap()), Some(Blocks::Some(vec![0, 7, 14, 21, 28, 35])));
}

#[test]
fn values_of_some_columns_are_words_as_a_whole() {
    let mut builder = WordsBuilder::new();
    let addresses: Vec<String> = (0..1_000).map(|row| format!("10.0.{}.{}", row / 250, row % 250)).collect();
    builder.add(&[(&StringArray::from_iter_values(&addresses), Texts::Whole)]);
    let whole = Whole::read(builder.finish().unwrap()).unwrap();
    for (row, address) in addresses.iter().enumerate() {
        let number = whole_number_of(address).unwrap();
        assert!(whole.may_hold(&[number], row), "{address}");
        // Its own block, and seldom that of another with its place.
        assert!(matches!(whole.blocks(number), Some(Blocks::Some(blocks)) if blocks.len() < 4), "{address}");
    }
    assert_eq!([whole_number_of("alice"), whole_number_of("")], [None, None]);
}

#[test]
fn words_that_would_fill_the_index_or_stand_in_no_text_are_left_out() {
    let kept = |word| number_of(word).is_some();
    assert!(["abc", "9e0f1a2b3c4d", "akia", "0a1b2c3", "123456789012", "20zz", "null"].into_iter().all(kept));
    let left_out = ["", "ab", "0a1b", "0a1b2c3d", "2026", "25t06", "20z", "true", "false", "12"];
    assert!(!left_out.into_iter().any(kept));
}

#[test]
fn whole_words_of_a_pattern_do_not_touch_its_wildcards() {
    let whole = |pattern| whole_numbers_in(pattern, &['%', '_']);
    assert_eq!(whole("%abc/def/ghi%"), numbers_in("def"));
    assert_eq!(whole("abc/def%"), numbers_in("abc"));
    assert!(whole("abc_def").is_empty());
    assert_eq!(whole("%/abc/%"), numbers_in("abc"));
}

#[test]
fn what_is_on_disk_never_changes() {
    assert_eq!(number_of("foobar"), Some(3_180_132_088_784_447_275));
    let whole = Whole::of(&["\"foobar other\"".to_owned(), "\"foobar\"".to_owned()]);
    // One block, one bucket that ends behind 26 bytes, two words.
    let (head, bits) = whole.bytes.split_at(16);
    assert_eq!(head, [1, 0, 0, 0, 1, 0, 0, 0, 26, 0, 0, 0, 2, 0, 0, 0]);
    let bits: String =
        bits.iter().flat_map(|byte| (0..8).map(move |bit| (byte >> bit & 1).to_string())).collect();
    // 5,649 and 9,812 in their bucket: each a gap, and a zero in front of a block's number of no bits.
    let expected = format!("{}0 100010 0 {}0 010000 0", "1".repeat(88), "1".repeat(65));
    assert_eq!(bits.trim_end_matches('0'), expected.replace(' ', "").trim_end_matches('0'));
}
