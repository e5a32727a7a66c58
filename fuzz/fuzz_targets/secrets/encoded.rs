//! Values as bodies.

use serde_json::Value;

/// A text by itself is the whole body.
pub(crate) fn json(value: &Value) -> Vec<u8> {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned).into_bytes()
}

/// RFC 8949, all lengths in four bytes.
pub(crate) fn cbor(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write_cbor(&mut out, value);
    out
}

fn write_cbor(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.push(0xf6),
        Value::Bool(value) => out.push(0xf4 + u8::from(*value)),
        Value::Number(number) => head(out, 0, number.as_u64().unwrap_or_default() as usize),
        Value::String(text) => write_text(out, text),
        Value::Array(elements) => {
            head(out, 4, elements.len());
            elements.iter().for_each(|element| write_cbor(out, element));
        }
        Value::Object(members) => {
            head(out, 5, members.len());
            for (name, value) in members {
                write_text(out, name);
                write_cbor(out, value);
            }
        }
    }
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    head(out, 3, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// Major type and argument.
fn head(out: &mut Vec<u8>, major: u8, argument: usize) {
    out.push(major << 5 | 26);
    out.extend_from_slice(&(argument as u32).to_be_bytes());
}
