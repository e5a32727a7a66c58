#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use proptest::prelude::*;

fn steadily(pattern: &str, text: &str) -> bool {
    steady::fits(&Pattern::new(pattern).0, text.as_bytes(), as_it_is)
}

fn quickly(pattern: &str, text: &str) -> Option<bool> {
    quickly_fits(&Pattern::new(pattern).0, text.as_bytes(), as_it_is)
}

proptest! {
    #[test]
    fn both_ways_find_the_same(pattern in "[ab?*é€]{0,10}", text in "[abé€]{0,12}") {
        prop_assert_eq!(quickly(&pattern, &text), Some(steadily(&pattern, &text)));
    }

    #[test]
    fn both_ways_find_the_same_in_patterns_of_several_words(
        pattern in "[ab?*€]{55,70}[ab*]{55,70}",
        stretch in prop::collection::vec("[ab€]{0,3}", 140),
    ) {
        // A text that fits, so that words are crossed, and one that ends otherwise.
        let mut stretch = stretch.iter();
        let text: String = pattern.chars().map(|token| match token {
            '*' => stretch.next().unwrap().clone(),
            '?' => "€".to_owned(),
            other => other.to_string(),
        }).collect();
        prop_assert!(steadily(&pattern, &text));
        let other = format!("{text}c");
        prop_assert_eq!(steadily(&pattern, &other), quickly(&pattern, &other).unwrap_or(pattern.ends_with('*')));
    }
}

#[test]
fn what_would_take_the_product_of_both_lengths_goes_the_steady_way() {
    let (pattern, text) = (format!("*{}b", "a".repeat(1000)), "a".repeat(2000));
    assert_eq!(quickly(&pattern, &text), None);
    assert!(!Pattern::new(&pattern).matches(&text));
    assert!(Pattern::new(&pattern).matches(&format!("{text}b")));
    assert!(Pattern::new(&pattern.to_uppercase()).matches_ignoring_case(&format!("{text}b")));
}

#[test]
fn a_question_mark_is_one_character_wherever_a_star_ends() {
    assert!(!Pattern::new("*??b*").matches("€bx"));
    assert!(Pattern::new("*??b*").matches("€€bx"));
}
