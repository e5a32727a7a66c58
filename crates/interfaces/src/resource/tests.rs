#![allow(clippy::unwrap_used, reason = "tests")]

use super::ResourceTemplate;
use crate::document::{Node, Problem};
use crate::parameters::HIDDEN;
use serde_json::{Value, json};

fn check(arn: &str, parameters: Value, expected: Option<&str>) {
    let document = json!({"type": "T", "arn": arn});
    let template = ResourceTemplate::read(&Node::root(&document), &["id".to_owned()]).unwrap();
    let resource = template.resource(&parameters);
    assert_eq!(resource.as_ref().map(|resource| resource.arn.as_str()), expected, "{arn}");
}

#[test]
fn an_arn_is_made_of_label_query_and_body() {
    let parameters = json!({"path": {"id": "a/7"}, "query": {"q": "x"}, "body": {"order": {"number": 12}}});
    check("arn:e:s:::{id}-{query.q}/{request.body.order.number}", parameters, Some("arn:e:s:::a/7-x/12"));
    check("arn:e:s:::all", Value::Null, Some("arn:e:s:::all"));
}

#[test]
fn without_all_of_its_parts_there_is_no_resource() {
    check("x/{id}", Value::Null, None);
    check("x/{id}", json!({"path": {"id": HIDDEN}}), None);
    check("x/{query.q}", json!({"query": {"q": ["a", "b"]}}), None);
    check("x/{request.body.a.b}", json!({"body": {"a": "text"}}), None);
}

#[test]
fn a_label_that_is_none_is_a_fault() {
    let fault = |document: Value| {
        let fault = ResourceTemplate::read(&Node::root(&document), &["id".to_owned()]).unwrap_err();
        (fault.pointer, fault.problem)
    };
    let unknown = Problem::UnknownLabel("other".to_owned());
    assert_eq!(fault(json!({"type": "T", "arn": "x/{other}"})), ("/arn".to_owned(), unknown));
    assert!(matches!(fault(json!({"type": "T", "arn": "x/{id"})).1, Problem::Template(_)));
    assert!(matches!(fault(json!({"type": "T"})).1, Problem::Expected(_)));
    assert!(matches!(
        fault(json!({"type": "T", "arn": "x", "ARN": "y"})).1,
        Problem::UnknownExtension { .. }
    ));
}
