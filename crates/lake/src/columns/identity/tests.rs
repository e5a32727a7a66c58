#![allow(clippy::unwrap_used, reason = "tests")]
use super::{IDENTITY, Taken, put_back};
use crate::testing::{admit, event};
use cairn_model::{Event, Field};
use serde_json::Value;

/// What is left of an identity, and the identity put together again.
fn there_and_back(identity: &str) -> Option<(String, String)> {
    let bytes = admit(&event(1, "A", &format!(r#", "userIdentity" : {identity}"#)));
    let event = Event::decode(&bytes).unwrap();
    let (mut taken, mut texts) = (Taken::default(), [const { None }; IDENTITY.len()]);
    for (field, place) in event.places() {
        let column = IDENTITY.iter().position(|(of_column, _)| *of_column == field);
        match (column, event.string(field)) {
            (Some(column), Some(text)) => {
                texts[column] = Some(text);
                taken.take(field, place);
            }
            _ if matches!(field, Field::SessionContext | Field::SessionIssuer) => taken.pass(field, place),
            _ if field == Field::UserIdentity => {
                let (mut rest, mut back) = (String::new(), Vec::new());
                if !taken.leave_out(&event, &place, &mut rest) {
                    assert_eq!(rest, "");
                    return None;
                }
                put_back(&rest, &texts.each_ref().map(|text| text.as_deref()), &mut back);
                return Some((rest, String::from_utf8(back).unwrap()));
            }
            _ => {}
        }
    }
    unreachable!("the event has an identity");
}

fn check(identity: &str, rest: &str) {
    let (left, back) = there_and_back(identity).unwrap();
    assert_eq!(left, rest);
    let (sent, back): (Value, Value) =
        (serde_json::from_str(identity).unwrap(), serde_json::from_str(&back).unwrap());
    assert_eq!(sent, back);
}

#[test]
fn texts_with_columns_are_left_out_and_come_back() {
    check(r#"{"type":"Root"}"#, "{}");
    check(r#"{ "type" : "Root" , "arn" : "a" }"#, "{ }");
    check(r#"{"zebra":1,"type":"Root"}"#, r#"{"zebra":1}"#);
    check(r#"{"type":"Root","zebra":1}"#, r#"{"zebra":1}"#);
    check(r#"{"zebra":[],"type":"Root" , "arn":"a\"\\"}"#, r#"{"zebra":[]}"#);
    check("{ }", "{ }");
}

#[test]
fn members_of_the_issuer_go_back_to_the_issuer() {
    check(
        r#"{"arn":"a","sessionContext":{"sessionIssuer":{"arn":"b","type":"Role","userName":"c"},"x":{}},"userName":"d"}"#,
        r#"{"sessionContext":{"sessionIssuer":{"type":"Role"},"x":{}}}"#,
    );
    check(
        r#"{"sessionContext": {"attributes":{},"sessionIssuer": {"principalId":"p"} } }"#,
        r#"{"sessionContext": {"attributes":{},"sessionIssuer": {} } }"#,
    );
}

#[test]
fn values_of_other_types_stay() {
    check(r#"{"type":7,"arn":null,"accountId":"1"}"#, r#"{"type":7,"arn":null}"#);
    check(r#"{"sessionContext":"none","type":"Root"}"#, r#"{"sessionContext":"none"}"#);
}

#[test]
fn an_identity_whose_keys_have_escapes_is_kept_whole() {
    assert_eq!(there_and_back(r#"{"\u0061rn":"a"}"#), None);
    assert_eq!(there_and_back(r#"{"\u0073essionContext":{"sessionIssuer":{"arn":"a"}}}"#), None);
    assert_eq!(there_and_back(r#"{"sessionContext":{"session\u0049ssuer":{"arn":"a"}}}"#), None);
}
