#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Property, Shape, Standard, TEXTS};
use crate::document::load;
use serde_json::json;

const INNER: [Property; 2] =
    [Property::new("Name", Shape::Text).required(), Property::new("List", TEXTS).or(Standard::EmptyList)];
const SHAPE: Shape = Shape::List(&Shape::Structure(&INNER));

#[test]
fn filling_adds_what_was_left_out_and_drops_what_is_not_known() {
    let filled =
        SHAPE.filled(&json!([{"Name": "a", "Other": 1}, {"Name": "b", "List": ["x"]}, {"List": null}]));
    assert_eq!(filled, json!([{"Name": "a", "List": []}, {"Name": "b", "List": ["x"]}, {"List": []}]));
    assert_eq!(SHAPE.filled(&filled), filled);
}

#[test]
fn policies_are_maps_or_their_text() {
    let read = |text: &str| Shape::Policy.read(&load(text).unwrap()).map_err(|fault| fault.to_string());
    let policy = json!({"Version": "2012-10-17", "Statement": []});
    assert_eq!(read("Version: 2012-10-17\nStatement: []").unwrap(), policy);
    assert_eq!(read(r#"'{"Version":"2012-10-17","Statement":[]}'"#).unwrap(), policy);
    assert_eq!(read("'[1]'").unwrap_err(), "1:1: a policy is expected");
}

#[test]
fn maps_of_texts_take_scalars() {
    let read = Shape::Texts.read(&load("a: 1\nb: x").unwrap()).unwrap();
    assert_eq!(read, json!({"a": "1", "b": "x"}));
}
