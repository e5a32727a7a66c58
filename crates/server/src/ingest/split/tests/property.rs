//! Whatever records are wrapped in, they come out as they went in.

use super::split;
use crate::ingest::Shape;
use proptest::prelude::*;

/// JSON of any shape, without the names that would make a list of it.
fn json(depth: u32) -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("-12.50e3".to_owned()),
        any::<bool>().prop_map(|word| word.to_string()),
        any::<String>().prop_map(|text| serde_json::to_string(&text).expect("a string is JSON")),
        Just("\"\\\\\\\"}]{[,\\u005d\"".to_owned()),
    ];
    leaf.prop_recursive(depth, 32, 5, |inner| {
        let members = prop::collection::vec(("[a-z\\]\\[}{,\\\\]{0,4}", inner.clone()), 0..4);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|values| format!("[{}]", values.join(" , "))),
            members.prop_map(|members| object(&members)),
        ]
    })
}

fn object(members: &[(String, String)]) -> String {
    let member = |(key, value): &(String, String)| {
        format!("{} :{value}", serde_json::to_string(key).expect("a string is JSON"))
    };
    format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(",\t"))
}

/// A record as CloudTrail might write it: its first member tells it from a list.
fn record() -> impl Strategy<Value = String> {
    let members = prop::collection::vec(("[a-z]{1,5}", json(3)), 0..4);
    (0u32..1000, members).prop_map(|(number, members)| {
        let mut all = vec![("eventVersion".to_owned(), number.to_string())];
        all.extend(members.into_iter().map(|(key, value)| (format!("x{key}"), value)));
        object(&all)
    })
}

/// White space between values.
fn space() -> impl Strategy<Value = String> {
    "[ \t\r\n]{0,3}"
}

fn list() -> impl Strategy<Value = (String, Vec<String>)> {
    let records = prop::collection::vec(record(), 0..5);
    let name = prop::option::of(prop_oneof![Just("Records"), Just("Events"), Just("logEvents")]);
    (records, name, space(), space(), json(2)).prop_map(|(records, name, before, between, other)| {
        let separator = format!("{between},{before}");
        let array = format!("[{before}{}{between}]", records.join(&separator));
        let body = match name {
            None => array,
            Some(name) => {
                format!("{{{before}\"zzz\":{other},\"{name}\"{between}:{array}{before},\"other\":{other}}}")
            }
        };
        (body, records)
    })
}

/// Lists in a list, or one behind the other.
fn lists() -> impl Strategy<Value = (String, Vec<String>)> {
    (prop::collection::vec(list(), 1..4), any::<bool>(), space()).prop_map(|(lists, nested, between)| {
        let records = lists.iter().flat_map(|(_, records)| records.clone()).collect();
        let bodies: Vec<String> = lists.into_iter().map(|(body, _)| body).collect();
        let body = match nested {
            true => format!("{between}[{}]", bodies.join(&format!("{between},"))),
            false => bodies.join(&between),
        };
        (body, records)
    })
}

fn texts(body: &str, shape: Shape, step: usize) -> Vec<String> {
    split(body.as_bytes(), shape, step).into_iter().map(|(_, text)| text.trim().to_owned()).collect()
}

proptest! {
    #[test]
    fn lists_give_back_their_records((body, records) in lists(), step in 1usize..200) {
        prop_assert_eq!(texts(&body, Shape::Any, step), records);
    }

    #[test]
    fn values_one_behind_the_other_give_back_themselves(
        records in prop::collection::vec(record(), 2..6),
        between in "[ \r\n]{0,3}",
        step in 1usize..200,
    ) {
        prop_assert_eq!(texts(&records.join(&between), Shape::Any, step), records);
    }

    #[test]
    fn lines_give_back_themselves(records in prop::collection::vec(record(), 0..6), step in 1usize..200) {
        let body = records.join("\n");
        prop_assert_eq!(texts(&body, Shape::Any, step), records.clone());
        prop_assert_eq!(texts(&body, Shape::Lines, step), records);
    }

    #[test]
    fn any_bytes_come_to_an_end_and_split_the_same_way(
        body in "[\\[\\]{},:\"\\\\ \naR0]{0,60}|\\{\"Records\":\\[[\\[\\]{},:\"\\\\ \n0]{0,60}",
        step in 1usize..20,
    ) {
        prop_assert_eq!(split(body.as_bytes(), Shape::Any, step), split(body.as_bytes(), Shape::Any, 1000));
    }
}
