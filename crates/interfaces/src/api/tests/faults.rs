//! Documents that are refused, and where they are said to be wrong.

use super::super::Api;

/// Refuses the document with this text, the document's name aside.
fn check(body: &str, expected: &str) {
    let text = format!("openapi: 3.0.0\ninfo: {{title: T}}\n{body}");
    let fault = Api::parse(&text, "t.yaml").map(|_| ()).map_err(|fault| fault.to_string());
    assert_eq!(
        fault.map_err(|fault| fault.strip_prefix("t.yaml").unwrap().to_owned()),
        Err(expected.to_owned())
    );
}

#[test]
fn another_version_is_refused() {
    for text in ["swagger: '2.0'", "openapi: 4.0.0", "a: b", "[]", "openapi: {}"] {
        let fault = Api::parse(text, "t.yaml").unwrap_err().to_string();
        assert!(fault.contains("not an OpenAPI 3 document"), "{fault}");
    }
}

#[test]
fn extensions_that_nothing_reads_are_refused() {
    check(
        "paths:\n  /a:\n    post:\n      x-cairn-hdie: true\n",
        ":6: /paths/~1a/post/x-cairn-hdie: \"x-cairn-hdie\" is not known here: \
         x-cairn-source, -category, -read-only, -resource, -record-response, -caller and -hide are known",
    );
    check(
        "x-cairn-read-only: true\n",
        ":3: /x-cairn-read-only: \"x-cairn-read-only\" is not known here: it belongs to an operation or a path",
    );
    check(
        "paths:\n  /a:\n    get:\n      x-cairn-caller: {header: a}\n",
        ":6: /paths/~1a/get/x-cairn-caller: \"x-cairn-caller\" is not known here: it belongs to the root of the document",
    );
}

#[test]
fn values_of_another_kind_are_refused() {
    check(
        "paths: {/a: {get: {x-cairn-read-only: yes}}}",
        ":3: /paths/~1a/get/x-cairn-read-only: true or false is expected",
    );
    check("x-cairn-category: secret", ":3: /x-cairn-category: management or data is expected");
    check(
        "x-cairn-caller:\n  - {header: a}\n  - {claim: a, header: b}",
        ":5: /x-cairn-caller/1: {header, name} or {claim, name, token, issuer, audience} is expected",
    );
    check("paths: {/a: {get: 7}}", ":3: /paths/~1a/get: a map is expected");
}

#[test]
fn operations_that_cannot_be_told_apart_are_refused() {
    check(
        "paths:\n  /a: {get: {operationId: A}}\n  /b: {get: {operationId: A}}",
        ":5: /paths/~1b/get: another operation has the id \"A\" already",
    );
    check(
        "paths:\n  /a/{x}: {get: {}}\n  /a/{y}: {get: {}}",
        ":5: /paths/~1a~1{y}/get: another operation has this method and path already",
    );
    check(
        "paths: {'/a/{b': {get: {}}}",
        ":3: /paths/~1a~1{b/get: not a path template: a brace is not closed",
    );
}

#[test]
fn references_that_lead_nowhere_are_refused() {
    check(
        "paths:\n  /a:\n    get:\n      parameters:\n        - $ref: 'p.yaml#/X'\n",
        ":7: /paths/~1a/get/parameters/0: the reference \"p.yaml#/X\" leads out of the document: \
         bundle it into one file first",
    );
    check(
        "paths: {/a: {$ref: '#/paths/~1b'}, /b: {$ref: '#/paths/~1a'}}",
        ":3: /paths/~1a: the reference \"#/paths/~1b\" leads in a circle",
    );
}

#[test]
fn too_many_servers_are_refused() {
    let values: Vec<String> = (0..65).map(|value| format!("v{value}")).collect();
    let server = format!("{{url: '/{{v}}', variables: {{v: {{enum: [{}]}}}}}}", values.join(", "));
    check(
        &format!("servers:\n  - {server}\n"),
        ":4: /servers/0: more than 64 servers and values of their variables",
    );
}
