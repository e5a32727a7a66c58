#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

fn column(kind: ColumnKind) -> Column {
    Column { name: "x".to_owned(), kind, type_name: String::new() }
}

fn sent(cell: &str, kind: ColumnKind, format: &Format) -> Vec<u8> {
    let row = row(&vec![Some(cell.to_owned())], &[column(kind)], Some(format)).unwrap();
    let (length, value) = row.data.split_at(4);
    assert_eq!(i32::from_be_bytes(length.try_into().unwrap()) as usize, value.len());
    value.to_vec()
}

#[test]
fn texts_are_as_postgresql_writes_them() {
    let text = |cell, kind| String::from_utf8(sent(cell, kind, &Format::UnifiedText)).unwrap();
    assert_eq!(text("true", ColumnKind::Boolean), "t");
    assert_eq!(text("2026-01-05 13:51:00.000", ColumnKind::Time), "2026-01-05 13:51:00+00");
    assert_eq!(text("2026-01-05 13:51:00.120", ColumnKind::Time), "2026-01-05 13:51:00.120+00");
    assert_eq!(text("1.0E7", ColumnKind::Double), "1.0E7");
    assert_eq!(text("{\"a\":1}", ColumnKind::Json), "{\"a\":1}");
}

#[test]
fn binary_values_count_from_the_year_2000() {
    let binary = |cell, kind| sent(cell, kind, &Format::UnifiedBinary);
    assert_eq!(binary("2000-01-01 00:00:01.000", ColumnKind::Time), 1_000_000_i64.to_be_bytes());
    assert_eq!(binary("1999-12-31", ColumnKind::Date), (-1_i32).to_be_bytes());
    assert_eq!(binary("2026-01-05", ColumnKind::Date), 9_501_i32.to_be_bytes());
    assert_eq!(binary("-5", ColumnKind::Integer), (-5_i64).to_be_bytes());
    assert_eq!(binary("Infinity", ColumnKind::Double), f64::INFINITY.to_be_bytes());
    assert_eq!(binary("false", ColumnKind::Boolean), [0]);
    assert_eq!(
        row(&vec![Some("x".into())], &[column(ColumnKind::Integer)], Some(&Format::UnifiedBinary)),
        None
    );
}

#[test]
fn a_format_that_is_missing_is_text() {
    let columns = [column(ColumnKind::Integer), column(ColumnKind::Integer)];
    let format = Format::Individual(vec![1]);
    let formats: Vec<_> = fields(&columns, Some(&format)).iter().map(FieldInfo::format).collect();
    assert_eq!(formats, [FieldFormat::Binary, FieldFormat::Text]);
}

#[test]
fn parameters_become_literals_of_their_type() {
    let literal = |text: &str| Ok(Value::Literal(text.to_owned()));
    let text = |bytes: &str, kind: Type| parameter(Some(bytes.as_bytes()), Some(&kind), false);
    assert_eq!(text("5", Type::INT4), literal("5"));
    assert_eq!(text("t", Type::BOOL), literal("true"));
    assert_eq!(text("1.5", Type::NUMERIC), literal("1.5E0"));
    assert_eq!(
        text("2026-01-05 13:51:00+00", Type::TIMESTAMPTZ),
        literal("CAST('2026-01-05 13:51:00+00' AS timestamp)")
    );
    assert_eq!(text("it's", Type::TEXT), Ok(Value::Text("it's".to_owned())));
    assert_eq!(parameter(None, None, false), literal("NULL"));
    let binary = |bytes: &[u8], kind: Type| parameter(Some(bytes), Some(&kind), true);
    assert_eq!(binary(&7_i64.to_be_bytes(), Type::INT8), literal("7"));
    assert_eq!(binary(&0_i32.to_be_bytes(), Type::DATE), literal("CAST('2000-01-01' AS date)"));
    assert_eq!(
        binary(&0_i64.to_be_bytes(), Type::TIMESTAMPTZ),
        literal("CAST('2000-01-01T00:00:00Z' AS timestamp)")
    );
}

#[test]
fn what_is_no_value_of_its_type_is_refused() {
    for (text, kind) in [
        ("1; DROP", Type::INT8),
        ("maybe", Type::BOOL),
        ("1e999", Type::FLOAT8),
        ("NaN", Type::NUMERIC),
        ("a\0b", Type::TEXT),
    ] {
        let taken = parameter(Some(text.as_bytes()), Some(&kind), false);
        assert_eq!(taken, Err(ParameterError::Value(kind.name().to_owned())), "{text}");
    }
    assert!(matches!(parameter(Some(&[1]), Some(&Type::INT8), true), Err(ParameterError::Value(_))));
    assert!(matches!(parameter(Some(&[1]), Some(&Type::INTERVAL), true), Err(ParameterError::Type(_))));
    // A time's text cannot leave its quotes.
    let time = parameter(Some(b"x' OR '1"), Some(&Type::TIMESTAMPTZ), false);
    assert_eq!(time, Ok(Value::Literal("CAST('x'' OR ''1' AS timestamp)".to_owned())));
}
