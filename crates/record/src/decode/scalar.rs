//! Values that are written as text: in forms, in XML, in headers, paths and queries.

use cairn_operations::{Kind, Shape};
use serde_json::{Number, Value};

/// The value that `text` stands for. Text that is none of its kind is kept as text: whoever answers may be more
/// lenient than we are, and what was sent shall be told.
pub(super) fn scalar(shape: Shape, text: &str) -> Value {
    let read = match shape.kind() {
        Kind::Boolean => boolean(text),
        Kind::Integer | Kind::Long => text.trim().parse::<i64>().ok().map(Value::from),
        Kind::Float | Kind::Double => number(text),
        _ => None,
    };
    read.unwrap_or_else(|| Value::from(text))
}

fn boolean(text: &str) -> Option<Value> {
    match text.trim() {
        "true" | "True" | "TRUE" => Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => Some(Value::Bool(false)),
        _ => None,
    }
}

/// JSON has no word for infinities and for what is not a number.
fn number(text: &str) -> Option<Value> {
    let text = text.trim();
    let finite = text.parse::<f64>().ok().filter(|value| value.is_finite())?;
    match text.parse::<Number>() {
        Ok(as_written) => Some(Value::Number(as_written)),
        Err(_) => Number::from_f64(finite).map(Value::Number),
    }
}
