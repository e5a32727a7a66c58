//! Valid values of every shape, for tests.
#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::{Map, Value, json};

use crate::shape::{Kind, Pattern, Repeat, Shape};

/// A value that fills every member of a shape and meets every limit.
pub(crate) fn whole(shape: &Shape) -> Value {
    match &shape.kind {
        Kind::Structure { members } => {
            members.iter().map(|member| (member.name.to_owned(), whole(member.shape))).collect()
        }
        Kind::List { member, .. } => json!([whole(member)]),
        Kind::Map { key, value, .. } => {
            let key = whole(key).as_str().unwrap().to_owned();
            Value::Object(Map::from_iter([(key, whole(value))]))
        }
        Kind::String { values: [first, ..], .. } => json!(first),
        Kind::String { limits, pattern, .. } => json!(text(limits.min.unwrap_or(1).max(1), *pattern)),
        Kind::Integer { limits } | Kind::Long { limits } => json!(limits.min.unwrap_or(1)),
        Kind::Float | Kind::Double => json!(0.5),
        Kind::Boolean => json!(true),
        Kind::Timestamp => json!(1_794_996_930.25),
        Kind::Blob => json!("AP8="),
    }
}

fn text(length: u32, pattern: Option<&Pattern>) -> String {
    let Some(pattern) = pattern else {
        return "x".repeat(length as usize);
    };
    let sequence = pattern.alternatives[0];
    let extend = |repeat: &Repeat| {
        let (from, to) = repeat.class[repeat.class.len() / 2];
        let character = if from < 'a' && 'a' <= to { 'a' } else { from };
        let times = if repeat.max == Some(repeat.min) { repeat.min } else { repeat.min.max(length) };
        character.to_string().repeat(times as usize)
    };
    sequence.iter().map(extend).collect()
}
