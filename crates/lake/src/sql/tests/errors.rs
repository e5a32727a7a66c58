//! Mistakes, and where they are shown.

use super::*;
use crate::sql::SqlErrorKind::{self, *};

fn wrong(text: &str, kind: SqlErrorKind, place: Option<(u64, u64)>, message: &str) {
    let error = refused(text);
    assert_eq!(error.kind, kind, "{text}: {error}");
    assert_eq!(error.place.map(|place| (place.line, place.column)), place, "{text}: {error}");
    assert!(error.message.contains(message), "{text}: {error}");
}

#[test]
fn what_is_not_sql_is_shown_where_it_stops_to_be() {
    wrong("SELEC eventid FROM $E", Syntax, Some((1, 1)), "expected");
    wrong("SELECT eventid\nFROM $E WHERE", Syntax, Some((2, 48)), "");
    wrong("SELECT eventid,\n  FROM $E", Syntax, Some((2, 8)), "");
    wrong("SELECT 'open", Syntax, Some((1, 8)), "unterminated");
    wrong("", Syntax, None, "no statement");
    wrong("SELECT x FROM (SELECT eventid x FROM $E WHERE eventname LIKE) y", Syntax, Some((1, 95)), "");
    wrong("SELECT (((1)", Syntax, Some((1, 13)), "");
}

#[test]
fn only_one_select_is_taken() {
    wrong("DELETE FROM $E", Unsupported, Some((1, 1)), "only SELECT");
    wrong("SELECT 1; SELECT 2", Unsupported, None, "one statement");
    wrong("CREATE TABLE x (a int)", Unsupported, Some((1, 1)), "only SELECT");
    wrong("COPY (SELECT 1) TO 'x'", Unsupported, Some((1, 1)), "only SELECT");
    wrong("SELECT 1 INTO x", Unsupported, Some((1, 1)), "INTO");
    wrong("SELECT eventid FROM $E FOR UPDATE", Unsupported, Some((1, 1)), "only SELECT");
    wrong("WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r", Unsupported, Some((1, 1)), "RECURSIVE");
    wrong("SELECT * FROM read_csv('/etc/passwd')", Unsupported, Some((1, 15)), "");
}

#[test]
fn a_statement_that_is_too_long_or_too_deep_is_refused() {
    let long = format!("SELECT '{}'", "é".repeat(10_000));
    assert_eq!(refused(&long).kind, TooLong);
    let deep = format!("SELECT {}1{}", "(".repeat(2_000), ")".repeat(2_000));
    assert_eq!(refused(&deep).kind, Syntax);
    let wide = format!("SELECT count(*) FROM $E WHERE eventid = 'x'{}", " OR 1=2".repeat(1_300));
    check(&wide, &["0"]);
    let plus = format!("SELECT 1{}", "+1".repeat(4_900));
    let error = refused(&plus);
    assert_eq!(error.kind, Syntax, "{error}");
}

#[test]
fn unknown_names_are_shown_with_the_nearest_one() {
    wrong(
        "SELECT eventid FROM $E\n WHERE eventNme = 'x'",
        UnknownColumn,
        Some((2, 8)),
        "did you mean 'eventname'?",
    );
    wrong("SELECT userIdentity.arm FROM $E", UnknownColumn, Some((1, 21)), "did you mean 'arn'?");
    wrong(
        "SELECT userIdentity.sessionContext.issuer FROM $E",
        UnknownColumn,
        Some((1, 36)),
        "no member 'issuer'",
    );
    wrong("SELECT a.eventid FROM $E b", UnknownColumn, Some((1, 8)), "");
    wrong("SELECT eventid, lowr(eventname) FROM $E", UnknownFunction, Some((1, 17)), "did you mean 'lower'?");
    wrong("SELECT * FROM nowhere", UnknownTable, Some((1, 15)), "no table 'nowhere'");
    wrong("SELECT * FROM information_schema.tables", UnknownTable, Some((1, 15)), "");
    wrong("SELECT eventname FROM $E GROUP BY 1 ORDER BY colour", UnknownColumn, Some((1, 80)), "'colour'");
}

#[test]
fn a_store_that_is_not_given_is_not_there() {
    let statement = Statement::parse("SELECT * FROM 99999999-1e5f-4a6b-8c7d-9e0f1a2b3c4d").unwrap();
    assert_eq!(statement.stores().len(), 1);
    let error = rig().engine.prepare(&statement, &rig().tables, now()).unwrap_err();
    assert!(error.message.contains("not found"), "{error}");
}

#[test]
fn the_stores_of_a_statement_are_all_named() {
    let text = "WITH x AS (SELECT * FROM $I) SELECT * FROM $E a JOIN x ON true WHERE a.eventid IN (SELECT eventid FROM $A) AND a.eventname IN (SELECT eventname FROM $E)";
    let statement = Statement::parse(&filled(text)).unwrap();
    let stores: Vec<String> = statement.stores().iter().map(ToString::to_string).collect();
    assert_eq!(stores, [STORES[1].1, STORES[0].1, STORES[2].1]);
}

#[test]
fn wrong_types_and_values_are_explained() {
    wrong("SELECT eventid FROM $E WHERE eventtime > 'soon'", Invalid, Some((1, 76)), "'soon' is not a time");
    wrong("SELECT date_add('day', 'x', eventtime) FROM $E", Invalid, Some((1, 8)), "argument 2");
    wrong(
        "SELECT element_at(eventname, 'x') FROM $E",
        Invalid,
        Some((1, 8)),
        "takes a map or an array, not varchar",
    );
    wrong("SELECT json_extract(eventname) FROM $E", Invalid, Some((1, 8)), "takes 2 arguments");
    wrong("SELECT cast(1 AS colour)", Unsupported, Some((1, 13)), "no type");
    wrong("SELECT cast('x' AS bigint)", Invalid, Some((1, 13)), "'x'");
    wrong("SELECT max_by(eventid) FROM $E", Invalid, Some((1, 8)), "two arguments");
    wrong("SELECT eventname, count(*) FROM $E", Invalid, Some((1, 8)), "");
    wrong("SELECT a.eventid FROM $E a JOIN $E b ON eventid = 'x'", Invalid, Some((1, 109)), "");
    wrong(
        "SELECT x FROM $E CROSS JOIN UNNEST(eventname) AS t(x)",
        Invalid,
        None,
        "UNNEST takes an array or a map",
    );
}

#[test]
fn an_error_is_displayed_as_trino_does() {
    assert!(
        refused("SELECT colour FROM $E").to_string().starts_with("line 1:8: there is no column 'colour'")
    );
}
