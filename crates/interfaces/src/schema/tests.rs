#![allow(clippy::unwrap_used, reason = "tests")]

use super::Reader;
use crate::document::Node;
use crate::parameters::HIDDEN;
use serde_json::{Value, json};

/// What is shown of `body` by the schema at `/schema`.
fn check(document: Value, body: Value, expected: Value) {
    let root = Node::root(&document);
    let mut reader = Reader::default();
    let id = reader.read(&root.get("schema").unwrap()).unwrap();
    let mut shown = body;
    reader.finish().hide(&mut shown, &[id]);
    assert_eq!(shown, expected, "{document}");
}

#[test]
fn marked_members_are_hidden_at_any_depth() {
    let schema = json!({"properties": {
        "password": {"type": "string", "format": "password"},
        "pin": {"type": "integer", "writeOnly": true},
        "card": {"type": "object", "x-cairn-hide": true},
        "users": {"type": "array", "items": {"properties": {"key": {"x-cairn-hide": true}}}},
    }});
    check(
        json!({"schema": schema}),
        json!({"password": "p", "Pin": 1, "card": {"n": 1}, "users": [{"key": "k", "name": "n"}, 3], "rest": null}),
        json!({"password": HIDDEN, "Pin": HIDDEN, "card": HIDDEN, "users": [{"key": HIDDEN, "name": "n"}, 3], "rest": null}),
    );
}

#[test]
fn every_alternative_counts() {
    let secret = |name: &str| json!({"properties": {name: {"writeOnly": true}}});
    let schema = json!({
        "allOf": [secret("a")], "oneOf": [secret("b")], "anyOf": [secret("c")], "then": secret("d"),
        "patternProperties": {"^e": {"writeOnly": true}}, "properties": {"f": true},
    });
    check(
        json!({"schema": schema}),
        json!({"a": 1, "b": 2, "c": 3, "d": 4, "e5": 5, "f": 6}),
        json!({"a": HIDDEN, "b": HIDDEN, "c": HIDDEN, "d": HIDDEN, "e5": HIDDEN, "f": 6}),
    );
    check(
        json!({"schema": {"additionalProperties": {"format": "password"}}}),
        json!({"x": "y", "z": null}),
        json!({"x": HIDDEN, "z": null}),
    );
}

#[test]
fn references_may_lead_in_circles() {
    let node =
        json!({"properties": {"next": {"$ref": "#/components/schemas/Node"}, "secret": {"writeOnly": true}}});
    check(
        json!({"schema": {"$ref": "#/components/schemas/Node"}, "components": {"schemas": {"Node": node}}}),
        json!({"next": {"next": {"secret": 1, "plain": 2}}}),
        json!({"next": {"next": {"secret": HIDDEN, "plain": 2}}}),
    );
    check(json!({"schema": {"$ref": "#/schema"}}), json!({"a": 1}), json!({"a": 1}));
}

#[test]
fn long_chains_of_references_need_no_stack() {
    let schemas = (0..50_000).map(|at| (format!("S{at}"), json!({"$ref": format!("#/s/S{}", at + 1)})));
    let mut schemas: serde_json::Map<String, Value> = schemas.collect();
    schemas.insert("S50000".to_owned(), json!({"format": "password"}));
    check(json!({"schema": {"$ref": "#/s/S0"}, "s": schemas}), json!("secret"), json!(HIDDEN));
}

#[test]
fn what_a_discriminator_tells_apart_counts() {
    let schemas = json!({
        "Pet": {"discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat", "cow": "Cow"}}},
        "Cat": {"properties": {"c": {"writeOnly": true}}},
        "Cow": {"properties": {"w": {"writeOnly": true}}},
        "Dog": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"d": {"writeOnly": true}}}]},
    });
    check(
        json!({"schema": {"$ref": "#/components/schemas/Pet"}, "components": {"schemas": schemas}}),
        json!({"kind": "cat", "c": 1, "d": 2, "w": 3}),
        json!({"kind": "cat", "c": HIDDEN, "d": HIDDEN, "w": HIDDEN}),
    );
}

#[test]
fn references_out_of_the_document_or_to_nothing_are_faults() {
    for reference in ["other.yaml#/X", "#anchor", "#/nowhere"] {
        let document = json!({"schema": {"properties": {"a": {"$ref": reference}}}});
        let fault = Reader::default().read(&Node::root(&document).get("schema").unwrap()).unwrap_err();
        assert_eq!(fault.pointer, "/schema/properties/a");
        assert!(fault.problem.to_string().contains(reference), "{}", fault.problem);
    }
}
