//! Sets of values agree with trying one value after the other, however many there are.

use super::super::texts::{Prefixes, Suffixes, Texts};
use proptest::prelude::*;

/// Short texts over few letters, so that many start or end with others; some are longer in bytes than in letters.
fn any_text() -> impl Strategy<Value = String> {
    "[abé]{0,5}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn sets_agree_with_trying_each_value(
        values in prop::collection::vec(any_text(), 0..40),
        text in any_text(),
    ) {
        prop_assert_eq!(Texts::new(&values).have(&text), values.contains(&text));
        prop_assert_eq!(
            Prefixes::new(&values).begin(&text),
            values.iter().any(|value| text.starts_with(value))
        );
        prop_assert_eq!(Suffixes::new(&values).end(&text), values.iter().any(|value| text.ends_with(value)));
    }
}

#[test]
fn five_hundred_prefixes_are_told_apart() {
    let values: Vec<String> = (0..500).map(|number| format!("arn:aws:s3:::bucket-{number}/")).collect();
    let prefixes = Prefixes::new(&values);
    assert!(prefixes.begin("arn:aws:s3:::bucket-499/a"));
    assert!(prefixes.begin("arn:aws:s3:::bucket-4/"));
    assert!(!prefixes.begin("arn:aws:s3:::bucket-4"));
    assert!(!prefixes.begin("arn:aws:s3:::bucket-500/a"));
}
