#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

fn printed(form: Output, columns: &[(&str, &str)], rows: &[&str]) -> String {
    let mut printer = Printer::new(form);
    let columns = columns.iter().map(|(name, kind)| Column { name: (*name).into(), kind: (*kind).into() });
    let start = printer.start(columns.collect());
    let rows: Vec<Row> = rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect();
    let middle = if rows.is_empty() { String::new() } else { printer.rows(&rows) };
    start + &middle + &printer.end()
}

const COLUMNS: [(&str, &str); 3] = [("name", "text"), ("n", "integer"), ("name", "json")];

#[test]
fn a_table_shows_texts_numbers_and_json() {
    let table = printed(Output::Table, &COLUMNS, &[r#"["a", 12, {"k":1}]"#, "[null, null, null]"]);
    assert_eq!(table, "name  n   name\na     12  {\"k\":1}\n\n");
    assert_eq!(printed(Output::Table, &COLUMNS, &[]), "name  n  name\n");
}

#[test]
fn csv_defuses_formulas_and_leaves_numbers() {
    let csv = printed(Output::Csv, &COLUMNS, &[r#"["=cmd()", -5, ["x","y"]]"#]);
    assert_eq!(csv, "name,n,name\r\n'=cmd(),-5,\"[\"\"x\"\",\"\"y\"\"]\"\r\n");
}

#[test]
fn json_has_an_object_a_row_and_keeps_columns_of_one_name_apart() {
    let rows = [r#"["a", 12, [1]]"#, r#"["b", 9007199254740993, null]"#];
    let json = printed(Output::Json, &COLUMNS, &rows);
    assert_eq!(
        json,
        "[{\"name\": \"a\", \"n\": 12, \"name_2\": [1]},\n{\"name\": \"b\", \"n\": 9007199254740993, \"name_2\": null}]\n"
    );
    assert_eq!(printed(Output::Json, &COLUMNS, &[]), "[]\n");
    let lines = printed(Output::Ndjson, &COLUMNS, &rows);
    assert_eq!(lines.lines().count(), 2);
    assert!(lines.ends_with("}\n"));
    assert_eq!(printed(Output::Ndjson, &COLUMNS, &[]), "");
}

#[test]
fn a_file_is_there_only_once_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.csv");
    let mut target = Target::new(Some(&path)).unwrap();
    target.put("half").unwrap();
    assert!(!path.exists());
    drop(target);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let mut target = Target::new(Some(&path)).unwrap();
    target.put("whole").unwrap();
    target.finish().unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "whole");
}
