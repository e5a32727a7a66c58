#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Format, Page, Printer};
use serde_json::json;

fn page(names: &[&str]) -> Page {
    let events: Vec<_> = names.iter().map(|name| json!({ "eventName": name, "n": 1 })).collect();
    let text = json!({ "events": events, "positions": [], "next": null, "reached": null }).to_string();
    serde_json::from_str(&text).unwrap()
}

fn printed(format: Format, pages: &[&[&str]]) -> String {
    let mut printer = Printer::new(format);
    let mut text = printer.start();
    for names in pages {
        text.push_str(&printer.page(&page(names)));
    }
    text + printer.end()
}

#[test]
fn pages_of_json_make_one_array() {
    assert_eq!(printed(Format::Json, &[]), "[]\n");
    assert_eq!(printed(Format::Json, &[&[], &[]]), "[]\n");
    let text = printed(Format::Json, &[&["a"], &[], &["b", "c"]]);
    let names: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(names.iter().map(|event| event["eventName"].as_str().unwrap()).collect::<String>(), "abc");
}

#[test]
fn pages_of_rows_have_one_head() {
    for format in [Format::Table, Format::Csv] {
        let text = printed(format, &[&["a"], &["a-much-longer-name"]]);
        assert_eq!(text.matches("EVENT ID").count(), 1);
        assert_eq!(text.lines().count(), 3, "{text}");
    }
    assert_eq!(printed(Format::Table, &[&[]]).lines().count(), 1, "the head alone");
}
