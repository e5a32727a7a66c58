//! What is malformed is refused, with its place.

use super::*;

fn check(purpose: Purpose, text: &str, expected: &str) {
    let fault = Policy::parse(text, purpose).expect_err(text).to_string();
    assert!(fault.contains(expected), "{text}: {fault}");
}

#[test]
fn documents_are_refused_with_place_and_reason() {
    for (text, expected) in [
        ("", "Syntax errors in policy"),
        ("nonsense", "Syntax errors in policy"),
        ("[]", "the policy is not an object (the document)"),
        ("{}", "Missing required field Statement"),
        (r#"{"Statement":[]}"#, "Missing required field Statement"),
        (r#"{"Statement":1}"#, "Statement is not an array of objects"),
        (r#"{"Statement":[1]}"#, "a statement is not an object (Statement 1)"),
        (r#"{"Version":"2013-01-01","Statement":[]}"#, "valid version string"),
        (r#"{"Version":2012,"Statement":[]}"#, "valid version string"),
        (r#"{"Stetement":[]}"#, "Unknown field Stetement"),
        (r#"{"Statement":{"Effect":"Allow","Effect":"Deny"}}"#, "duplicate key"),
    ] {
        check(Purpose::Identity, text, expected);
    }
}

#[test]
fn statements_are_refused_with_place_and_reason() {
    let all = r#""Effect":"Allow","Action":"*","Resource":"*""#;
    for (statement, expected) in [
        (r#""Action":"*","Resource":"*""#.to_owned(), "Missing required field Effect (Statement 1, Effect)"),
        (r#""Effect":"allow","Action":"*","Resource":"*""#.to_owned(), "Invalid effect: allow"),
        (r#""Effect":"Allow","Resource":"*""#.to_owned(), "Missing required field Action"),
        (r#""Effect":"Allow","Action":"*""#.to_owned(), "Missing required field Resource"),
        (r#""Effect":"Allow","Action":[],"Resource":"*""#.to_owned(), "Action is not a text"),
        (r#""Effect":"Allow","Action":"GetObject","Resource":"*""#.to_owned(), "prefaced by a vendor"),
        (r#""Effect":"Allow","Action":"s3:","Resource":"*""#.to_owned(), "prefaced by a vendor"),
        (r#""Effect":"Allow","Action":"*","NotAction":"*","Resource":"*""#.to_owned(), "do not go together"),
        (r#""Effect":"Allow","Action":"*","Resource":"bucket""#.to_owned(), "must be in ARN format"),
        (
            r#""Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${x""#.to_owned(),
            "Invalid policy variable",
        ),
        (
            r#""Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${}""#.to_owned(),
            "Invalid policy variable",
        ),
        (
            r#""Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${k, v}""#.to_owned(),
            "Invalid policy variable",
        ),
        (format!(r#"{all},"Principal":"*""#), "Has prohibited field Principal"),
        (format!(r#"{all},"Sid":1"#), "Sid is not a text"),
        (format!(r#"{all},"Conditions":{{}}"#), "Unknown field Conditions"),
        (format!(r#"{all},"Condition":[]"#), "Condition is not an object (Statement 1, Condition)"),
        (format!(r#"{all},"Condition":{{"StringEquals":"x"}}"#), "an operator of Condition is not an object"),
        (format!(r#"{all},"Condition":{{"Bespoke":{{"aws:x":"y"}}}}"#), "Invalid Condition type : Bespoke"),
        (
            format!(r#"{all},"Condition":{{"ForSomeValues:StringLike":{{"aws:x":"y"}}}}"#),
            "Invalid Condition type",
        ),
        (format!(r#"{all},"Condition":{{"NullIfExists":{{"aws:x":"true"}}}}"#), "Invalid Condition type"),
        (format!(r#"{all},"Condition":{{"Null":{{"aws:x":["true","false"]}}}}"#), "the value of Null"),
        (format!(r#"{all},"Condition":{{"NumericLike":{{"aws:x":"1"}}}}"#), "Invalid Condition type"),
        (format!(r#"{all},"Condition":{{"NumericEquals":{{"aws:x":"one"}}}}"#), "Invalid value \"one\""),
        (format!(r#"{all},"Condition":{{"DateLessThan":{{"aws:x":"soon"}}}}"#), "Invalid value \"soon\""),
        (format!(r#"{all},"Condition":{{"IpAddress":{{"aws:x":"10.0.0.0/33"}}}}"#), "Invalid value"),
        (format!(r#"{all},"Condition":{{"Bool":{{"aws:x":"perhaps"}}}}"#), "Invalid value"),
        (format!(r#"{all},"Condition":{{"BinaryEquals":{{"aws:x":"?"}}}}"#), "Invalid value"),
        (format!(r#"{all},"Condition":{{"StringEquals":{{"aws:x":{{}}}}}}"#), "a condition's value"),
        (format!(r#"{all},"Condition":{{"StringEquals":{{"username":"x"}}}}"#), "prefaced by a vendor"),
    ] {
        check(
            Purpose::Identity,
            &format!(r#"{{"Version":"2012-10-17","Statement":[{{{statement}}}]}}"#),
            expected,
        );
    }
    let twice = format!(r#"{{"Statement":[{{"Sid":"A",{all}}},{{"Sid":"A",{all}}}]}}"#);
    check(Purpose::Identity, &twice, "must be unique: A (Statement 2, Sid)");
}

#[test]
fn policies_with_principals_are_refused_likewise() {
    let with = |members: &str| {
        format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"*"{members}}}}}"#)
    };
    for (members, expected) in [
        ("", "Missing required field Principal"),
        (r#","Principal":{}"#, "Principal is not"),
        (r#","Principal":"ann""#, "Principal is not"),
        (r#","Principal":{"AWS":"ann"}"#, "Invalid principal in policy: \"AWS\":\"ann\""),
        (r#","Principal":{"AWS":"arn:aws:iam::111122223333:user/*"}"#, "Invalid principal"),
        (r#","Principal":{"AWS":"arn:aws:iam::111122223333:group/all"}"#, "Invalid principal"),
        (r#","Principal":{"Service":"*"}"#, "Invalid principal"),
        (r#","Principal":{"Human":"ann"}"#, "Invalid principal"),
        (r#","NotPrincipal":{"AWS":"111122223333"}"#, "NotPrincipal goes with Deny only"),
    ] {
        check(Purpose::Resource, &with(members), expected);
    }
    check(Purpose::Trust, &with(r#","Principal":"*""#), "Has prohibited field Resource");
}
