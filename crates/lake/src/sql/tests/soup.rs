//! Statements that nobody would write: none may take the process down, or long.

use super::{filled, prepare};
use crate::sql::Statement;
use proptest::prelude::*;

/// Words that mean something to some part of what reads statements.
const WORDS: [&str; 72] = [
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "ORDER BY",
    "LIMIT",
    "HAVING",
    "WITH x AS (",
    "UNION ALL",
    "EXCEPT",
    "CASE WHEN",
    "THEN",
    "ELSE",
    "END",
    "CAST(",
    "AS",
    "OVER (",
    "PARTITION BY",
    "CROSS JOIN UNNEST(",
    "LEFT JOIN",
    "ON",
    "IN",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    ";",
    "*",
    "->",
    "=>",
    "::",
    "||",
    "=",
    "<>",
    "<=",
    "-",
    "+",
    "/",
    "%",
    "?",
    "'",
    "\"",
    "`",
    "--",
    "/*",
    "$E",
    "$I",
    "eventName",
    "userIdentity",
    "requestParameters",
    "x",
    "t(r)",
    "NULL",
    "TRUE",
    "1",
    "0.5e400",
    "'a'",
    "'$.a[0]'",
    "'(a+)+$'",
    "timestamp '2026-01-01'",
    "interval '1' day",
    "json_extract(",
    "transform(",
    "date_add(",
    "map(varchar, json)",
    "array(",
    "EXPLAIN",
    "\u{4e2d}\u{200b}\0",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn words_in_any_order_are_refused_or_planned_but_break_nothing(
        words in prop::collection::vec(prop::sample::select(&WORDS), 1..40),
        glue in prop::sample::select(&[" ", "", "\n"]),
    ) {
        let _ = prepare(&words.join(glue));
    }

    #[test]
    fn a_statement_with_words_taken_out_or_put_in_breaks_nothing(
        cut in 0..24usize,
        word in prop::sample::select(&WORDS),
        twice in any::<bool>(),
    ) {
        const WHOLE: &str = "WITH x AS ( SELECT userIdentity.arn AS who , count(*) AS n FROM $E WHERE element_at( requestParameters , \
                             'k' ) = 'v' GROUP BY 1 ) SELECT who , rank() OVER ( ORDER BY n ) FROM x";
        let mut words: Vec<&str> = WHOLE.split(' ').collect();
        let at = cut % words.len();
        if !twice {
            words.remove(at);
        }
        words.insert(at, word);
        let _ = prepare(&words.join(" "));
    }

    #[test]
    fn any_text_is_refused_or_read(text in ".{0,400}") {
        let _ = Statement::parse(&filled(&text));
    }
}

/// To read these takes as long as to write them, or for ever.
#[test]
fn what_is_nested_deeply_is_refused_or_planned_soon() {
    const NESTED: [(&str, &str, &str, &str); 16] = [
        ("SELECT", "(", "1", ")"),
        ("SELECT", "f(", "1", ")"),
        ("SELECT", "cast(", "1", " AS varchar)"),
        ("SELECT", "ceil(", "1", ")"),
        ("SELECT", "substring(", "1", ")"),
        ("SELECT", "extract(", "1", ")"),
        ("SELECT", "NOT", "true", ""),
        ("SELECT", "interval", "1", ""),
        ("SELECT", "ARRAY[", "1", "]"),
        ("SELECT", "CASE WHEN", "true", " THEN 1 END"),
        ("SELECT", "x ->", "x", ""),
        ("SELECT", "-", "1", ""),
        ("SELECT a", "[ a", "1", "]"),
        ("SELECT * FROM", "(", "$E", ")"),
        ("SELECT * FROM", "($E JOIN", "$E", ")"),
        ("SELECT * FROM", "(SELECT * FROM", "$E", ")"),
    ];
    for (start, open, middle, close) in NESTED {
        for (depth, is_closed) in [(1_000, true), (90, true), (90, false), (40, false)] {
            let depth = depth.min(9_000 / (open.len() + close.len() + 1));
            let close = if is_closed { close.repeat(depth) } else { String::new() };
            let _ = prepare(&format!("{start} {}{middle}{close}", format!("{open} ").repeat(depth)));
        }
    }
}
