//! Every constraint in the tables, broken alone: what the refusal says, and by which exception.

use serde_json::{Map, Value, json};

use super::check;
use crate::shape::{Kind, Limits, Pattern, Shape};
use crate::{ErrorCode, Operation, samples};

/// A change of one place of a valid request that breaks one constraint, and how the constraint is worded.
struct Broken {
    pointer: String,
    value: Option<Value>,
    /// `None` for a value of the wrong type.
    constraint: Option<String>,
}

#[test]
fn every_constraint_that_is_broken_alone_is_refused_in_its_own_words() {
    let mut count = 0;
    for operation in Operation::ALL {
        let whole = samples::whole(operation.input());
        for broken in broken(operation.input(), "", &whole) {
            let error = check(operation, &changed(&whole, &broken)).unwrap_err();
            judge(operation, &broken, error.code, &error.message);
            count += 1;
        }
    }
    println!("{count} requests that break one constraint each");
    assert!(count > 800, "the tables have more constraints than {count}");
}

fn judge(operation: Operation, broken: &Broken, code: ErrorCode, message: &str) {
    let place = format!("{}{}: {code}: {message}", operation.name(), broken.pointer);
    let Some(constraint) = &broken.constraint else {
        return assert_eq!(code, ErrorCode::SerializationException, "{place}");
    };
    assert!(code == ErrorCode::ValidationException || operation.models(code), "{place}");
    assert_eq!(code.status().as_u16(), 400, "{place}");
    let failures = message.matches(" failed to satisfy constraint: ").count();
    assert!(message.starts_with(&format!("{failures} validation error")), "{place}");
    assert!(message.contains(&format!(" failed to satisfy constraint: {constraint}")), "{place}");
}

fn changed(whole: &Value, broken: &Broken) -> Map<String, Value> {
    let mut request = whole.clone();
    match &broken.value {
        Some(value) => *request.pointer_mut(&broken.pointer).unwrap() = value.clone(),
        None => {
            let (holder, name) = broken.pointer.rsplit_once('/').unwrap();
            request.pointer_mut(holder).unwrap().as_object_mut().unwrap().remove(name);
        }
    }
    request.as_object().unwrap().clone()
}

/// All that can be broken inside of `value`, which is valid and stands at `pointer`.
fn broken(shape: &Shape, pointer: &str, value: &Value) -> Vec<Broken> {
    let at = |part: &str| format!("{pointer}/{part}");
    match &shape.kind {
        Kind::Structure { members } => members
            .iter()
            .flat_map(|member| {
                let missing = Broken {
                    pointer: at(member.name),
                    value: None,
                    constraint: Some("Member must not be null".to_owned()),
                };
                let inside = place(member.shape, at(member.name), &value[member.name]);
                inside.into_iter().chain(member.required.then_some(missing))
            })
            .collect(),
        Kind::List { member, .. } => place(member, at("0"), &value[0]),
        Kind::Map { value: shape, .. } => {
            let (key, entry) = value.as_object().unwrap().iter().next().unwrap();
            place(shape, at(key), entry)
        }
        _ => Vec::new(),
    }
}

fn place(shape: &Shape, pointer: String, value: &Value) -> Vec<Broken> {
    let own = values(shape).into_iter().map(|(value, constraint)| Broken {
        pointer: pointer.clone(),
        value: Some(value),
        constraint,
    });
    own.chain(broken(shape, &pointer, value)).collect()
}

/// Values that break one constraint of the shape itself.
fn values(shape: &Shape) -> Vec<(Value, Option<String>)> {
    let mut values = vec![(wrong_type(shape), None)];
    match &shape.kind {
        Kind::Integer { limits } | Kind::Long { limits } => {
            let worded = |bound: &str, limit: u32| {
                Some(format!("Member must have value {bound} than or equal to {limit}"))
            };
            values.extend(limits.min.map(|min| (json!(i64::from(min) - 1), worded("greater", min))));
            values.extend(limits.max.map(|max| (json!(i64::from(max) + 1), worded("less", max))));
        }
        Kind::String { limits, pattern, values: allowed } => {
            values.extend(lengths(limits, |length| json!("a".repeat(length))));
            values.extend(pattern.and_then(|pattern| unmatched(limits, pattern)));
            if !allowed.is_empty() {
                let set = allowed.join(", ");
                values.push((
                    json!("no-such-value"),
                    Some(format!("Member must satisfy enum value set: [{set}]")),
                ));
            }
        }
        Kind::List { member, limits } => {
            values.extend(lengths(limits, |length| Value::Array(vec![samples::whole(member); length])));
        }
        Kind::Map { key, value, limits } => {
            let keys = |index: usize| match key.kind {
                Kind::String { values: allowed @ [_, ..], .. } => allowed[index].to_owned(),
                _ => format!("key{index}"),
            };
            let entries =
                |length: usize| (0..length).map(|index| (keys(index), samples::whole(value))).collect();
            values.extend(lengths(limits, |length| Value::Object(entries(length))));
        }
        _ => {}
    }
    values
}

fn lengths(limits: &Limits, make: impl Fn(usize) -> Value) -> Vec<(Value, Option<String>)> {
    let worded =
        |bound: &str, limit: u32| Some(format!("Member must have length {bound} than or equal to {limit}"));
    let below = limits.min.filter(|min| *min > 0).map(|min| (make(min as usize - 1), worded("greater", min)));
    let above = limits.max.map(|max| (make(max as usize + 1), worded("less", max)));
    below.into_iter().chain(above).collect()
}

/// A text of a good length that the pattern does not match; some patterns match all texts.
fn unmatched(limits: &Limits, pattern: &Pattern) -> Option<(Value, Option<String>)> {
    let length = limits.min.unwrap_or(1).max(1) as usize;
    let texts = ["\u{20ac}", "\n", "x"].map(|character| character.repeat(length));
    let text = texts.into_iter().find(|text| !pattern.matches(text))?;
    Some((json!(text), Some(format!("Member must satisfy regular expression pattern: {}", pattern.text))))
}

fn wrong_type(shape: &Shape) -> Value {
    match &shape.kind {
        Kind::Structure { .. } => json!("text"),
        Kind::List { .. } => json!({"a": 1}),
        Kind::Map { .. } => json!(["a"]),
        Kind::String { .. } | Kind::Blob => json!(7),
        Kind::Integer { .. } | Kind::Long { .. } => json!(1.5),
        Kind::Boolean => json!("true"),
        Kind::Float | Kind::Double => json!("0.5"),
        Kind::Timestamp => json!("2026-01-01T00:00:00Z"),
    }
}
