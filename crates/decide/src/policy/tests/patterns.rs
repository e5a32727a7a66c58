//! Wildcards, against the rules as plainly as they can be written.

use super::*;
use crate::policy::template::Template;
use proptest::prelude::*;

fn naive(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['*', rest @ ..], _) => naive(rest, text) || (!text.is_empty() && naive(pattern, &text[1..])),
        (['?', rest @ ..], [_, more @ ..]) => naive(rest, more),
        ([one, rest @ ..], [other, more @ ..]) => one == other && naive(rest, more),
        _ => false,
    }
}

fn characters(text: &str) -> Vec<char> {
    text.chars().collect()
}

proptest! {
    #[test]
    fn patterns_match_as_a_naive_matcher_does(pattern in "[ab?*é€]{0,8}", text in "[abé€*?]{0,10}") {
        let expected = naive(&characters(&pattern), &characters(&text));
        prop_assert_eq!(Pattern::new(&pattern).matches(&text), expected);
    }

    #[test]
    fn case_is_nothing_to_actions(pattern in "[aBc?*]{0,6}", text in "[AbC]{0,8}") {
        let expected = naive(&characters(&pattern.to_lowercase()), &characters(&text.to_lowercase()));
        prop_assert_eq!(Pattern::new(&pattern).matches_ignoring_case(&text), expected);
    }

    #[test]
    fn arns_match_part_by_part(parts in proptest::collection::vec("[a*?]{0,3}", 6), text in "[a:]{0,14}") {
        let asked: Vec<&str> = text.splitn(6, ':').collect();
        let expected = asked.len() == 6
            && parts.iter().zip(&asked).all(|(part, asked)| naive(&characters(part), &characters(asked)));
        prop_assert_eq!(Pattern::new(&parts.join(":")).matches_arn(&text), expected);
    }

    #[test]
    fn what_a_variable_stands_for_is_no_pattern(before in "[a*?]{0,4}", value in "[ab*?]{0,4}", text in "[ab*?]{0,8}") {
        let template = Template::with_variables(&format!("{before}${{k:v}}")).unwrap();
        let mut context = Context::default();
        context.set("k:v", value.clone());
        let found = template.pattern(&context).unwrap().matches(&text);
        let expected = text.strip_suffix(value.as_str()).is_some_and(|rest| naive(&characters(&before), &characters(rest)));
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,60}") {
        let _ = Policy::parse(&text, Purpose::Resource);
        let _ = Template::with_variables(&text);
    }
}
